import { useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { counted, date, reais } from '../../parts/format';
import { newKey } from '../../parts/newKey';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { useInAddress } from '../../parts/useInAddress';
import { useTitle } from '../../parts/useTitle';
import { Link, navigate, places } from '../../router';
import { Clipped } from '../../parts/Clipped';
import { useMayAct } from '../../shell/session';

const PAGE = 50;
const choices = [1, 3, 5, 10, 15, 30];
/** Where Hoje leads to: one carteira, and what is past due. */
const addressOf = {
  path: places.vencendo,
  read: (query: URLSearchParams) => ({
    carteira: query.get('carteira') ?? '',
    vencidos: query.get('vencidos') === 'sim' ? 'sim' : '',
  }),
  write: (asked: { carteira: string; vencidos: string }) =>
    new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '')).toString(),
};

/** Títulos whose payers will soon be unable to pay them; one press communicates those of a carteira. */
export function DueSoon() {
  useTitle('Vencendo sem registro');
  const [days, setDays] = useState(5);
  const [asked, setAsked] = useInAddress(addressOf);
  const overdue = asked.vencidos === 'sim';
  const filter = overdue ? { vencidos: true, carteiraId: asked.carteira } : { dias: days, carteiraId: asked.carteira };
  const { cursor, ...pager } = usePages(JSON.stringify(filter));
  const { data, problem } = useLoad(
    (signal) => ask('GET /vencendo', { query: { ...filter, cursor, limit: PAGE }, signal }),
    [JSON.stringify(filter), cursor],
  );
  return (
    <>
      <h1>Vencendo sem registro</h1>
      <div class="search">
        <label>
          <span>Mostrar</span>
          <select
            value={asked.vencidos}
            onChange={(event) => setAsked((before) => ({ ...before, vencidos: event.currentTarget.value }))}
          >
            <option value="">o que vence</option>
            <option value="sim">o que já venceu</option>
          </select>
        </label>
        {overdue ? null : (
          <label>
            <span>Vencem em até</span>
            <select value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
              {choices.map((choice) => (
                <option key={choice} value={choice}>
                  {counted(choice, 'dia', 'dias')}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {asked.carteira === '' ? null : (
        <p class="facts">
          <span>Só os da carteira {asked.carteira}</span>
          <button type="button" class="quiet" onClick={() => setAsked((before) => ({ ...before, carteira: '' }))}>
            Ver de todas as carteiras
          </button>
        </p>
      )}
      <ProblemNote problem={problem} />
      <ul class="cards">
        {(data?.carteiras ?? []).map((total) => (
          <li key={total.carteiraId} class="panel">
            <h2>
              {total.carteiraId} · {total.carteira}
            </h2>
            <p class="facts">
              <span>
                <b>{counted(total.count, 'título', 'títulos')}</b>
              </span>
              <span>{reais(total.amountCents)}</span>
              <span>
                {overdue ? 'o mais antigo venceu em' : 'o primeiro vence em'} {date(total.nearestDueDate)}
              </span>
            </p>
            {total.gateway === null ? (
              <p class="hint">
                Sem conta de gateway: nada desta carteira pode ser comunicado.{' '}
                <Link to={places.carteira(total.carteiraId)}>Ver a carteira</Link>
              </p>
            ) : overdue ? (
              <p class="hint">O banco não registra o que já venceu: mude o vencimento em cada cobrança, e comunique.</p>
            ) : (
              <Communicate carteiraId={total.carteiraId} days={days} />
            )}
          </li>
        ))}
      </ul>
      {data && data.carteiras.length === 0 ? (
        <p class="empty">
          {overdue ? 'Nenhum título venceu sem registro.' : 'Nenhum título vence sem registro neste prazo.'}
        </p>
      ) : null}
      {data && data.items.length > 0 ? (
        <div class="table-wrap" tabIndex={0} role="region" aria-label="Títulos vencendo">
          <table>
            <thead>
              <tr>
                <th scope="col">ID da cobrança</th>
                <th scope="col">Pagador</th>
                <th scope="col" class="num">
                  Valor
                </th>
                <th scope="col">Vencimento</th>
                <th scope="col">Carteira</th>
                <th scope="col">Situação</th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Link to={places.titulo(row.erpKey ?? row.id)}>{row.erpKey ?? row.id}</Link>
                  </td>
                  <td>
                    <Clipped text={row.customerName} />
                  </td>
                  <td class="num">{reais(row.openAmountCents)}</td>
                  <td>{date(row.dueDate)}</td>
                  <td>{row.carteiraId}</td>
                  <td>
                    {row.stateLabel}
                    {row.released ? '' : ' · não liberado'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <Pager {...pager} next={data?.next ?? null} />
    </>
  );
}

function Communicate({ carteiraId, days }: { carteiraId: number; days: number }) {
  const [problem, setProblem] = useState<ApiProblem>();
  const [key] = useState(newKey);
  const [busy, setBusy] = useState(false);
  const mayStart = useMayAct('operador');
  if (!mayStart) return null;
  const start = () => {
    setBusy(true);
    ask('POST /comunicacoes', {
      body: { carteiraId, filters: { dueTo: inDays(days) } },
      headers: { 'idempotency-key': key },
    }).then(
      ({ batchId }) => navigate(places.comunicacao(batchId)),
      (error: unknown) => {
        setProblem(asProblem(error));
        setBusy(false);
      },
    );
  };
  return (
    <>
      <button type="button" class="primary" disabled={busy} onClick={start}>
        Comunicar estes
      </button>
      <ProblemNote problem={problem} />
    </>
  );
}

/** By the calendar of São Paulo, as the API counts. */
function inDays(days: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(Date.now() + days * 86_400_000);
}
