import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api/ask';
import { address, whenConfirmationNeeded, type ApiProblem } from '../api/client';
import { asProblem, useLoad } from '../api/useLoad';
import { Dialog } from '../parts/Dialog';
import { Field } from '../parts/Field';
import { ProblemNote } from '../parts/ProblemNote';
import { whenConfirmed } from './confirmedElsewhere';

/** Shows itself when the API wants to know again who it is; what somebody was doing goes on, or says why not. */
export function Confirmation() {
  const [answer, setAnswer] = useState<(confirmed: boolean) => void>();
  useEffect(() => {
    whenConfirmationNeeded(() => new Promise((resolve) => setAnswer(() => resolve)));
    return () => whenConfirmationNeeded(() => Promise.resolve(false));
  }, []);
  if (!answer) return null;
  return (
    <ConfirmationDialog
      onEnd={(confirmed) => {
        setAnswer(undefined);
        answer(confirmed);
      }}
    />
  );
}

function ConfirmationDialog({ onEnd }: { onEnd(confirmed: boolean): void }) {
  const { data: ways, problem: unknown } = useLoad((signal) => ask('GET /sessao/confirmacao', { signal }), []);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  useEffect(() => whenConfirmed(() => onEnd(true)), []);
  const confirm = (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    ask('POST /sessao/confirmacao', { body: { password } })
      .then(
        () => onEnd(true),
        (error: unknown) => setProblem(asProblem(error)),
      )
      .finally(() => setBusy(false));
  };
  const wrong = problem?.fields.find(({ field }) => field === 'password')?.message;
  return (
    <Dialog title="Confirme que é você" onClose={() => onEnd(false)}>
      <p>Isto dá acesso a outros ou a um banco. Vale por dez minutos; o que você preencheu continua aqui.</p>
      <form onSubmit={confirm}>
        {ways?.password ? (
          <Field label="Sua senha" error={wrong && `Sua senha: ${wrong}`}>
            {(id, aria) => (
              <input
                {...{ id, ...aria, type: 'password', required: true, value: password, autofocus: true }}
                autocomplete="current-password"
                onInput={(event) => setPassword(event.currentTarget.value)}
              />
            )}
          </Field>
        ) : null}
        {problem && !wrong ? <ProblemNote problem={problem} /> : null}
        <ProblemNote problem={unknown} />
        <div class="buttons">
          {ways?.password ? (
            <button class="primary" disabled={busy}>
              Confirmar
            </button>
          ) : null}
          {ways?.oidc ? (
            <a class="button" href={address('/sessao/oidc/confirmacao')} target="_blank" rel="noopener">
              Confirmar com a conta da empresa (outra aba)
            </a>
          ) : null}
          <button type="button" onClick={() => onEnd(false)}>
            Não agora
          </button>
        </div>
      </form>
    </Dialog>
  );
}
