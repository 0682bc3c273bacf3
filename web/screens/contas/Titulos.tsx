import { useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { Page, TituloRow } from '../../api/types';
import { useLoad } from '../../api/useLoad';
import { date, reais } from '../../parts/format';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { useTitle } from '../../parts/useTitle';
import { Link, navigate, places, usePlace } from '../../router';

const PAGE = 50;
const RESTS_MS = 300;

/** Contas a Receber: finds a título by its ID, nosso número, pagador or document. */
export function Titulos() {
  useTitle('Contas a Receber');
  const { query } = usePlace();
  const [text, setText] = useState(query.get('q') ?? '');
  const q = useDebounced(text.trim(), RESTS_MS);
  const filter = { q, carteiraId: query.get('carteira'), state: query.get('situacao') };
  const { cursor, ...pager } = usePages(JSON.stringify(filter));
  const { data, problem, loading } = useLoad(
    (signal) => get<Page<TituloRow>>('/titulos', { ...filter, cursor, limit: PAGE }, signal),
    [JSON.stringify(filter), cursor],
  );
  const open = (event: Event) => {
    event.preventDefault();
    if (/^\d+$/.test(text.trim())) navigate(places.titulo(Number(text)));
  };
  return (
    <>
      <h1>Contas a Receber</h1>
      <form class="search" onSubmit={open} role="search">
        <label>
          <span>Procurar</span>
          <input
            type="search"
            value={text}
            placeholder="ID da cobrança, nosso número, pagador, CPF/CNPJ"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button>Abrir pelo ID</button>
      </form>
      {filter.state || filter.carteiraId ? (
        <p class="facts">
          <span>
            {filter.state ? 'Só os registrados' : 'Todos'}
            {filter.carteiraId ? ` da carteira ${filter.carteiraId}` : ''}
          </span>
          <Link to={places.contas}>Ver todos</Link>
        </p>
      ) : null}
      <ProblemNote problem={problem} />
      <div class="table-wrap" aria-busy={loading} tabIndex={0} role="region" aria-label="Títulos encontrados">
        <table>
          <thead>
            <tr>
              <th scope="col">ID da cobrança</th>
              <th scope="col">Pagador</th>
              <th scope="col" class="num">
                Valor
              </th>
              <th scope="col">Vencimento</th>
              <th scope="col">Situação</th>
              <th scope="col">Nosso número</th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((row) => (
              <tr key={row.id}>
                <td>
                  <Link to={places.titulo(row.id)}>{row.id}</Link>
                </td>
                <td>{row.customerName}</td>
                <td class="num">{reais(row.openAmountCents)}</td>
                <td>{date(row.dueDate)}</td>
                <td>{row.stateLabel}</td>
                <td>{row.ourNumber ?? '—'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.items.length === 0 ? <p class="empty">Nenhum título encontrado.</p> : null}
      </div>
      <Pager {...pager} next={data?.next ?? null} />
    </>
  );
}
