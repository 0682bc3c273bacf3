import { useEffect, useRef, useState } from 'preact/hooks';
import type { FailureRun } from '../../../contract/item';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { counted, number } from '../../parts/format';
import { newKey } from '../../parts/newKey';
import { ProblemNote } from '../../parts/ProblemNote';
import { Link, navigate, places } from '../../router';

interface EndOfRunProps {
  batchId: string;
  run: FailureRun;
  /** Of one cause only; what is sent again is of the whole communication. */
  ofCause: boolean;
  mayAct: boolean;
  /** From the first that is left. */
  onAgain(): void;
}

/** After the last failure: what helps now has the focus. */
export function EndOfRun({ batchId, run, ofCause, mayAct, onAgain }: EndOfRunProps) {
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => first.current?.focus(), []);
  const left = run.total - run.corrected;
  const resend = () => {
    setBusy(true);
    setProblem(undefined);
    ask('POST /comunicacoes/{batchId}/acoes/refazer', {
      params: { batchId },
      body: {
        actionId: newKey(),
        scope: 'corrected',
      },
    }).then(
      () => navigate(places.comunicacao(batchId)),
      (error: unknown) => {
        setProblem(asProblem(error));
        setBusy(false);
      },
    );
  };
  return (
    <section class="panel" aria-label="Fim das falhas">
      <p>
        {run.total === 0
          ? 'Nenhum título rejeitado espera correção.'
          : left === 0
            ? `${ofCause ? 'Todas as falhas desta causa foram corrigidas' : 'Todas as falhas foram corrigidas'}: ${number(run.corrected)} de ${number(run.total)}.`
            : `Fim da lista: ${counted(run.corrected, 'corrigido', 'corrigidos')}, e ${counted(left, 'ficou pendente', 'ficaram pendentes')}.`}
      </p>
      <div class="buttons">
        {mayAct && run.corrected > 0 ? (
          <button type="button" class="primary" ref={first} disabled={busy} onClick={resend}>
            {ofCause ? 'Reenviar todos os corrigidos da comunicação' : `Reenviar corrigidos (${number(run.corrected)})`}
          </button>
        ) : null}
        {left > 0 ? (
          <button type="button" {...(run.corrected > 0 ? {} : { class: 'primary', ref: first })} onClick={onAgain}>
            Voltar às pendentes ({number(left)})
          </button>
        ) : null}
        <Link to={places.comunicacao(batchId)} class="button">
          Voltar à comunicação
        </Link>
      </div>
      <ProblemNote problem={problem} />
    </section>
  );
}
