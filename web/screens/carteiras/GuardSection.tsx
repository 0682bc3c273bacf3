import { useState } from 'preact/hooks';
import type { Guard, GuardRule } from '../../../contract/guard';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { date, instant } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { Link, places } from '../../router';

const usual: GuardRule = { daysBefore: 3, fromHour: 8, toHour: 18, businessDays: true };

/** The carteira that communicates by itself: its rule, when it looks next, and what came of each time. */
export function GuardSection({ id, mayChange }: { id: number; mayChange: boolean }) {
  const {
    data: guard,
    problem,
    reload,
  } = useLoad((signal) => ask('GET /carteiras/{id}/guarda', { params: { id }, signal }), [id]);
  const [editing, setEditing] = useState(false);
  const [refused, setRefused] = useState<ApiProblem>();
  const turnOff = () => {
    setRefused(undefined);
    ask('DELETE /carteiras/{id}/guarda', { params: { id } }).then(reload, (error: unknown) =>
      setRefused(asProblem(error)),
    );
  };
  return (
    <section class="panel" aria-labelledby="guarda">
      <h2 id="guarda">Guarda</h2>
      <p class="hint">
        Comunica sozinha n dias antes do vencimento. Em dias úteis, o que cairia em sábado, domingo ou{' '}
        <Link to={places.feriados}>feriado</Link> vai antes.
      </p>
      <ProblemNote problem={problem ?? refused} />
      {guard ? <Standing guard={guard} /> : null}
      {guard && mayChange && editing ? (
        <RuleForm
          id={id}
          rule={guard.rule ?? usual}
          onDone={() => {
            setEditing(false);
            reload();
          }}
          onClose={() => setEditing(false)}
        />
      ) : null}
      {guard && mayChange && !editing ? (
        <div class="buttons">
          <button type="button" onClick={() => setEditing(true)}>
            {guard.rule ? 'Mudar a guarda' : 'Ligar a guarda'}
          </button>
          {guard.rule ? (
            <button type="button" onClick={turnOff}>
              Desligar a guarda
            </button>
          ) : null}
        </div>
      ) : null}
      {guard && guard.runs.length > 0 ? <Runs runs={guard.runs} /> : null}
    </section>
  );
}

function Standing({ guard: { rule, scheduled, nextRunAt } }: { guard: Guard }) {
  if (!rule) return <p>Desligada: os títulos desta carteira só são comunicados por pessoas.</p>;
  const { daysBefore, fromHour, toHour, businessDays } = rule;
  return (
    <dl class="pairs">
      <div>
        <dt>Regra</dt>
        <dd>
          {daysBefore === 0 ? 'No dia do vencimento' : `${daysBefore} dia(s) antes do vencimento`}, das {fromHour} às{' '}
          {toHour} h, {businessDays ? 'só em dias úteis' : 'todos os dias'}
        </dd>
      </div>
      <div>
        <dt>Próxima execução</dt>
        <dd>{nextRunAt ? instant(nextRunAt) : 'nenhuma: não há dia útil à frente, confira os feriados'}</dd>
      </div>
      {scheduled ? null : (
        <div>
          <dt>Agenda</dt>
          <dd>Guardada; ainda não agendada. Um worker a agenda quando o Temporal responder.</dd>
        </div>
      )}
    </dl>
  );
}

function Runs({ runs }: { runs: Guard['runs'] }) {
  const [last] = runs;
  return (
    <>
      {last ? (
        <p role="status">
          <b>Último resultado</b>: {date(last.day)}, {last.text} {last.advice}
        </p>
      ) : null}
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Execuções da guarda">
        <table>
          <thead>
            <tr>
              <th scope="col">Dia</th>
              <th scope="col">Resultado</th>
              <th scope="col">O que houve</th>
              <th scope="col">Comunicação</th>
            </tr>
          </thead>
          <tbody>
            {runs.map(({ day, slot, resultLabel, text, advice, batchId }) => (
              <tr key={`${day}-${slot}`}>
                <td>{date(day)}</td>
                <td>{resultLabel}</td>
                <td>
                  {text} {advice}
                </td>
                <td>{batchId ? <Link to={places.comunicacao(batchId)}>{batchId}</Link> : '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

const fields = [
  ['daysBefore', 'Dias antes do vencimento', 'de 0 a 60; 0 = no próprio dia'],
  ['fromHour', 'Começa às', 'hora cheia, de 0 a 23'],
  ['toHour', 'Para às', 'hora cheia, de 1 a 24; depois dela nada é enviado'],
] as const;

interface RuleFormProps {
  id: number;
  rule: GuardRule;
  onDone(): void;
  onClose(): void;
}

function RuleForm({ id, rule, onDone, onClose }: RuleFormProps) {
  const [values, setValues] = useState({
    ...{ daysBefore: String(rule.daysBefore), fromHour: String(rule.fromHour), toHour: String(rule.toHour) },
  });
  const [businessDays, setBusinessDays] = useState(rule.businessDays);
  const [problem, setProblem] = useState<ApiProblem>();
  const save = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    const { daysBefore, fromHour, toHour } = values;
    const body = {
      ...{ daysBefore: Number(daysBefore), fromHour: Number(fromHour), toHour: Number(toHour) },
      businessDays,
    };
    ask('PUT /carteiras/{id}/guarda', { params: { id }, body }).then(onDone, (error: unknown) =>
      setProblem(asProblem(error)),
    );
  };
  return (
    <form onSubmit={save} aria-label="Regra da guarda">
      {fields.map(([name, label, hint]) => (
        <Field
          key={name}
          label={label}
          hint={hint}
          error={problem?.fields.find(({ field }) => field === name)?.message}
        >
          {(fieldId, aria) => (
            <input
              {...{
                id: fieldId,
                ...aria,
                value: values[name],
                required: true,
                inputMode: 'numeric',
                pattern: '\\d{1,2}',
              }}
              onInput={(event) => {
                const { value } = event.currentTarget;
                setValues((before) => ({ ...before, [name]: value }));
              }}
            />
          )}
        </Field>
      ))}
      <label class="choice">
        <input
          type="checkbox"
          checked={businessDays}
          onChange={(event) => setBusinessDays(event.currentTarget.checked)}
        />
        <span>Só em dias úteis</span>
      </label>
      <ProblemNote problem={problem} />
      <div class="buttons">
        <button class="primary">Salvar guarda</button>
        <button type="button" onClick={onClose}>
          Voltar
        </button>
      </div>
    </form>
  );
}
