import { MAX_KEY } from '../../../domain/receivable/erpKey';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { date, reais } from '../../parts/format';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { useInAddress } from '../../parts/useInAddress';
import { useTitle } from '../../parts/useTitle';
import { Link, navigate, places } from '../../router';
import { readDay, searchAddress, situationFilter, type SearchName } from './search';
import { Clipped } from '../../parts/Clipped';
import { SearchFields } from './SearchFields';

const PAGE = 50;
const RESTS_MS = 300;

/** Contas a Receber: finds a título by its ID, the ERP's key, nosso número, pagador or document. */
export function Titulos() {
  useTitle('Contas a Receber');
  const [search, setSearch] = useInAddress(searchAddress);
  const text = search.q;
  const change = (name: SearchName, value: string) => setSearch((before) => ({ ...before, [name]: value }));
  const [dueFrom, dueTo] = [readDay(search.vencimentoDe), readDay(search.vencimentoAte)];
  const q = useDebounced(text.trim(), RESTS_MS);
  // A date that is none yet narrows nothing.
  const filter = { q, carteiraId: search.carteira, ...situationFilter(search.situacao), dueFrom, dueTo };
  const { cursor, ...pager } = usePages(JSON.stringify(filter));
  const { data, problem, loading } = useLoad(
    (signal) => ask('GET /titulos', { query: { ...filter, cursor: cursor?.toString(), limit: PAGE }, signal }),
    [JSON.stringify(filter), cursor],
  );
  const open = (event: Event) => {
    event.preventDefault();
    const name = text.trim();
    const to = places.titulo(name);
    if (/^\d+$/.test(name)) return navigate(to);
    // Words may be a key of the ERP, or anything else that is looked for.
    if (name !== '' && [...name].length <= MAX_KEY)
      ask('GET /titulos/{id}', { params: { id: name } }).then(
        () => navigate(to),
        () => undefined,
      );
  };
  return (
    <>
      <h1>Contas a Receber</h1>
      <form class="search" onSubmit={open} role="search">
        <label>
          <span>Procurar</span>
          <input
            type="search"
            aria-label="Procurar por ID da cobrança, nosso número, pagador, CPF ou CNPJ"
            value={text}
            placeholder="ID da cobrança, nosso número, pagador, CPF/CNPJ"
            onInput={(event) => change('q', event.currentTarget.value)}
          />
        </label>
        <button>Abrir pelo ID</button>
        <SearchFields search={search} onChange={change} />
      </form>
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
                  <Link to={places.titulo(row.erpKey ?? row.id)}>{row.erpKey ?? row.id}</Link>
                </td>
                <td>
                  <Clipped text={row.customerName} />
                </td>
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
