import { useState } from 'preact/hooks';
import type { BatchSummary } from '../../../contract/batch';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { instant, number } from '../../parts/format';
import { personWords } from '../../parts/personWords';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { useTitle } from '../../parts/useTitle';
import { Clipped } from '../../parts/Clipped';
import { Link, places, usePlace } from '../../router';

const PAGE = 50;
const RESTS_MS = 300;

/** Every communication there was, newest first; those under way can be seen alone. */
export function Batches() {
  useTitle('Comunicações');
  const carteiraId = usePlace().query.get('carteira');
  const [text, setText] = useState('');
  const [open, setOpen] = useState<'' | 'true'>('');
  const q = useDebounced(text.trim(), RESTS_MS);
  const { cursor, ...pager } = usePages(`${q} ${open} ${carteiraId}`);
  const { data, problem, loading } = useLoad(
    (signal) =>
      ask('GET /comunicacoes', { query: { q, open: open === 'true' || '', carteiraId, cursor, limit: PAGE }, signal }),
    [q, open, carteiraId, cursor],
  );
  return (
    <>
      <h1>Comunicações</h1>
      <div class="search" role="search">
        <label>
          <span>Procurar</span>
          <input
            type="search"
            value={text}
            placeholder="Número, carteira ou quem pediu"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label>
          <span>Mostrar</span>
          <select value={open} onChange={(event) => setOpen(event.currentTarget.value as '' | 'true')}>
            <option value="">todas</option>
            <option value="true">em andamento</option>
            <option value="false">encerradas</option>
          </select>
        </label>
      </div>
      {carteiraId ? (
        <p class="facts">
          <span>Só as da carteira {carteiraId}</span>
          <Link to={places.comunicacoes}>Ver todas</Link>
        </p>
      ) : null}
      <ProblemNote problem={problem} />
      <div class="table-wrap" aria-busy={loading} tabIndex={0} role="region" aria-label="Comunicações encontradas">
        <table>
          <thead>
            <tr>
              <th scope="col">Comunicação</th>
              <th scope="col">Carteira</th>
              <th scope="col">Fase</th>
              <th scope="col" class="num">
                Títulos
              </th>
              <th scope="col" class="num">
                Registrados
              </th>
              <th scope="col" class="num">
                Falhas
              </th>
              <th scope="col">Pedida por</th>
              <th scope="col">Em</th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((batch) => (
              <tr key={batch.batchId}>
                <td>
                  <Link to={places.comunicacao(batch.batchId)}>{batch.batchId}</Link>
                </td>
                <td>
                  <Clipped text={`${batch.carteiraId} · ${batch.carteira}`} />
                </td>
                <td>
                  <span class={`phase phase-${batch.phase}${leftBehind(batch) > 0 ? ' phase-leaves' : ''}`}>
                    {batch.phaseLabel}
                  </span>
                  {leftBehind(batch) > 0 ? <small class="sum">{number(leftBehind(batch))} sem registro</small> : null}
                </td>
                <td class="num">{batch.selected === null ? '—' : number(batch.selected)}</td>
                <td class="num">{number(batch.registered)}</td>
                <td class="num">{number(batch.failures)}</td>
                <td>
                  <Clipped text={personWords(batch.requestedByName, batch.requestedBy)} />
                </td>
                <td class="when">{instant(batch.createdAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.items.length === 0 ? (
          <p class="empty">
            Nenhuma comunicação ainda: <Link to={places.emissao}>faça a primeira</Link>.
          </p>
        ) : null}
      </div>
      <Pager {...pager} next={data?.next ?? null} />
    </>
  );
}

/** What a communication that ended left without a boleto; some of it may have got one since. */
function leftBehind({ phase, selected, registered }: BatchSummary): number {
  return phase === 'concluded' ? Math.max(0, (selected ?? 0) - registered) : 0;
}
