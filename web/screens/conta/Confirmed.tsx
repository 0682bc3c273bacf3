import { useEffect } from 'preact/hooks';
import { useTitle } from '../../parts/useTitle';
import { usePlace } from '../../router';
import { tellConfirmed } from '../../shell/confirmedElsewhere';
import { refusals } from '../../shell/SignIn';

/** Where the company's provider sends back who showed there who it is; another tab waits for it. */
export function Confirmed() {
  useTitle('Confirmação');
  const refused = usePlace().query.get('entrada');
  useEffect(() => {
    if (refused === null) tellConfirmed();
  }, [refused]);
  return (
    <>
      <h1>Confirmação</h1>
      {refused === null ? (
        <p class="note note-good" role="status">
          Você confirmou quem é. Feche esta aba: a outra já continua.
        </p>
      ) : (
        <p class="note note-bad" role="alert">
          {refusals[refused] ?? refusals['entrada_recusada']} Feche esta aba e confirme de novo na outra.
        </p>
      )}
    </>
  );
}
