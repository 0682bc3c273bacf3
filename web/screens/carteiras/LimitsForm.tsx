import { useState } from 'preact/hooks';
import type { Limit } from '../../../contract/account';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { allowanceText } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';

interface LimitsFormProps {
  id: number;
  limits: { register?: Limit; read?: Limit };
  mayChange: boolean;
  onDone(): void;
}

const windows = [
  [1_000, 'segundo'],
  [60_000, 'minuto'],
  [3_600_000, 'hora'],
  [86_400_000, 'dia'],
] as const;

/** What the account may ask of the bank; a change reaches a communication under way at once. */
export function LimitsForm({ id, limits, mayChange, onDone }: LimitsFormProps) {
  return (
    <>
      <h3>Limites do gateway</h3>
      {(['register', 'read'] as const).map((route) => {
        const limit = limits[route] ?? { calls: 1, windowMs: 1_000 };
        const title = route === 'register' ? 'Registros' : 'Consultas';
        return mayChange ? (
          <OneLimit key={route} {...{ id, route, limit, title, onDone }} />
        ) : (
          <p key={route}>
            {title}: {allowanceText(limit)}
          </p>
        );
      })}
    </>
  );
}

interface OneLimitProps {
  id: number;
  route: 'register' | 'read';
  title: string;
  limit: Limit;
  onDone(): void;
}

function OneLimit({ id, route, title, limit, onDone }: OneLimitProps) {
  const [calls, setCalls] = useState(String(limit.calls));
  const [windowMs, setWindowMs] = useState(limit.windowMs);
  const [told, setTold] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const save = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    ask('PATCH /carteiras/{id}/limites', {
      params: { id },
      body: { [route]: { calls: Number(calls), windowMs } },
    }).then(
      () => {
        setTold('Salvo.');
        onDone();
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  return (
    <form class="inline" onSubmit={save}>
      <Field label={`${title}: chamadas`}>
        {(input) => (
          <input
            {...{ id: input, type: 'number', min: 1, max: 1_000_000, required: true, value: calls }}
            onInput={(event) => setCalls(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={`${title}: por`}>
        {(input) => (
          <select id={input} value={windowMs} onChange={(event) => setWindowMs(Number(event.currentTarget.value))}>
            {windows.some(([ms]) => ms === windowMs) ? null : <option value={windowMs}>{windowMs / 1_000} s</option>}
            {windows.map(([ms, name]) => (
              <option key={ms} value={ms}>
                {name}
              </option>
            ))}
          </select>
        )}
      </Field>
      <button>Salvar limite de {title.toLowerCase()}</button>
      <span role="status">{told}</span>
      <ProblemNote problem={problem} />
    </form>
  );
}
