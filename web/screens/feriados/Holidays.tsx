import { useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { saoPauloDate } from '../../../domain/kinds/dates';
import { Field } from '../../parts/Field';
import { date } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';
import { useMayAct } from '../../shell/session';

/** Days on which a guard of business days does not communicate: the national ones, and what administrators enter. */
export function Holidays() {
  useTitle('Feriados');
  const [year, setYear] = useState(saoPauloDate(new Date()).slice(0, 4));
  const { data, problem, reload } = useLoad((signal) => ask('GET /feriados', { query: { ano: year }, signal }), [year]);
  const [refused, setRefused] = useState<ApiProblem>();
  const administrator = useMayAct('administrador');
  const remove = (id: number) => {
    setRefused(undefined);
    ask('DELETE /feriados/{id}', { params: { id } }).then(reload, (error: unknown) => setRefused(asProblem(error)));
  };
  return (
    <>
      <h1>Feriados</h1>
      <p class="hint">A guarda de dias úteis não comunica nestes dias, nem em sábados e domingos.</p>
      <Field label="Ano">
        {(id) => (
          <input
            // Only its beginning is said: what is being typed stays when the days of the year before arrive.
            {...{ id, type: 'number', min: 1900, max: 2999, defaultValue: year }}
            onChange={(event) => setYear(event.currentTarget.value)}
          />
        )}
      </Field>
      <ProblemNote problem={problem ?? refused} />
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Feriados do ano">
        <table>
          <thead>
            <tr>
              <th scope="col">Dia</th>
              <th scope="col">Feriado</th>
              <th scope="col">Fonte</th>
              <th scope="col">Filial</th>
              {administrator ? <th scope="col">Ações</th> : null}
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map(({ id, day, name, source, filialId, yearly }) => (
              <tr key={`${day}-${id ?? ''}`}>
                <td>{date(day)}</td>
                <td>
                  {name}
                  {yearly ? ' (todo ano)' : ''}
                </td>
                <td>{source}</td>
                <td>{filialId ?? 'todas'}</td>
                {administrator ? (
                  <td>
                    {id === undefined ? null : (
                      <button type="button" aria-label={`Apagar o feriado ${name}`} onClick={() => remove(id)}>
                        Apagar
                      </button>
                    )}
                  </td>
                ) : null}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {administrator ? <NewHoliday onDone={reload} /> : null}
    </>
  );
}

function NewHoliday({ onDone }: { onDone(): void }) {
  const { data: filiais } = useLoad((signal) => ask('GET /filiais', { signal }), []);
  const [day, setDay] = useState('');
  const [name, setName] = useState('');
  const [filial, setFilial] = useState('');
  const [yearly, setYearly] = useState(true);
  const [problem, setProblem] = useState<ApiProblem>();
  const save = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    ask('POST /feriados', { body: { day, name, yearly, filialId: filial === '' ? null : Number(filial) } }).then(
      () => {
        setName('');
        setDay('');
        onDone();
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  return (
    <section class="panel" aria-labelledby="novo-feriado">
      <h2 id="novo-feriado">Informar um feriado</h2>
      <form onSubmit={save}>
        <Field label="Dia do feriado">
          {(id) => (
            <input
              {...{ id, type: 'date', required: true, value: day }}
              onInput={(event) => setDay(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Nome do feriado" hint="municipal, estadual ou da empresa">
          {(id, aria) => (
            <input
              {...{ id, ...aria, required: true, maxLength: 80, value: name }}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Filial do feriado">
          {(id) => (
            <select id={id} value={filial} onChange={(event) => setFilial(event.currentTarget.value)}>
              <option value="">Todas</option>
              {(filiais?.items ?? []).map(({ id: filialId, name: title }) => (
                <option key={filialId} value={filialId}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <label class="choice">
          <input type="checkbox" checked={yearly} onChange={(event) => setYearly(event.currentTarget.checked)} />
          <span>Todo ano</span>
        </label>
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button class="primary">Salvar feriado</button>
        </div>
      </form>
    </section>
  );
}
