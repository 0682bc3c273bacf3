import { useState } from 'preact/hooks';
import type { TestStep } from '../../../contract/account';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';

/** Asks the bank for a token and one look: nothing is registered. */
export function AccountTest({ id }: { id: number }) {
  const [steps, setSteps] = useState<TestStep[]>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const test = () => {
    setBusy(true);
    setProblem(undefined);
    setSteps(undefined);
    ask('POST /carteiras/{id}/teste', { params: { id } })
      .then(
        (answer) => setSteps(answer.steps),
        (error: unknown) => setProblem(asProblem(error)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <div>
      <button type="button" disabled={busy} onClick={test}>
        Testar
      </button>{' '}
      <span class="hint">Não registra nada no banco.</span>
      <div role="status">
        {busy ? <p class="waiting">Perguntando ao banco…</p> : null}
        {steps ? (
          <ul class="test-steps">
            {steps.map(({ step, stepLabel, ok, message, advice }) => (
              <li key={step}>
                <span class={`badge badge-${ok ? 'good' : 'bad'}`}>{ok ? 'certo' : 'falhou'}</span> <b>{stepLabel}</b>:{' '}
                {message} {advice}
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <ProblemNote problem={problem} />
    </div>
  );
}
