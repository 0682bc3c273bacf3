import { useEffect, useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { counted, date, instant, reais } from '../../parts/format';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { useInAddress } from '../../parts/useInAddress';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { Clipped } from '../../parts/Clipped';
import { useMayAct } from '../../shell/session';

const PAGE = 50;
type Status = '' | 'C' | 'R';
const statusIn = (text: string | null): Status => (text === 'C' || text === 'R' ? text : '');
const statusInAddress = {
  path: places.pagaveis,
  read: (query: URLSearchParams) => statusIn(query.get('status')),
  write: (status: Status) => (status === '' ? '' : new URLSearchParams({ status }).toString()),
};

/** Cancelled or received títulos whose boleto the bank still has: somebody could pay what nobody owes. */
export function StillPayable() {
  useTitle('Ainda pagáveis');
  const [status, setStatus] = useInAddress(statusInAddress);
  const { cursor, ...pager } = usePages(status);
  const { data, problem, loading, reload } = useLoad(
    (signal) => ask('GET /ainda-pagaveis', { query: { status, cursor, limit: PAGE }, signal }),
    [status, cursor],
  );
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [confirming, setConfirming] = useState(false);
  const mayConfirm = useMayAct('operador');
  useEffect(() => setChosen(new Set()), [data]);
  const rows = data?.items ?? [];
  const toggle = (id: number) =>
    setChosen((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]));
  const all = rows.length > 0 && rows.every(({ id }) => chosen.has(id));
  return (
    <>
      <h1>Ainda pagáveis</h1>
      <p>
        Cobranças canceladas ou recebidas cujo boleto continua registrado: o banco aceita o pagamento. Dê baixa no banco
        e marque aqui como conferido; de um boleto que foi pago, confira a liquidação. A cobrança que volta a ficar em
        aberto sai da lista sozinha.
      </p>
      <div class="search">
        <label>
          <span>Mostrar</span>
          <select value={status} onChange={(event) => setStatus(() => statusIn(event.currentTarget.value))}>
            <option value="">canceladas e recebidas</option>
            <option value="C">canceladas</option>
            <option value="R">recebidas</option>
          </select>
        </label>
        {mayConfirm ? (
          <button type="button" disabled={chosen.size === 0} onClick={() => setConfirming(true)}>
            Conferido no banco
          </button>
        ) : null}
      </div>
      <ProblemNote problem={problem} />
      {rows.length > 0 ? (
        <div class="table-wrap" aria-busy={loading} tabIndex={0} role="region" aria-label="Boletos ainda pagáveis">
          <table>
            <thead>
              <tr>
                {mayConfirm ? (
                  <th scope="col">
                    <input
                      type="checkbox"
                      aria-label="Selecionar todas desta página"
                      checked={all}
                      onChange={() => setChosen(new Set(all ? [] : rows.map(({ id }) => id)))}
                    />
                  </th>
                ) : null}
                <th scope="col">ID da cobrança</th>
                <th scope="col">Pagador</th>
                <th scope="col" class="num">
                  Valor
                </th>
                <th scope="col">Vencimento</th>
                <th scope="col">Carteira</th>
                <th scope="col">Situação</th>
                <th scope="col">Nosso número</th>
                <th scope="col">Desde</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  {mayConfirm ? (
                    <td>
                      <input
                        type="checkbox"
                        aria-label={`Selecionar a cobrança ${row.id}`}
                        checked={chosen.has(row.id)}
                        onChange={() => toggle(row.id)}
                      />
                    </td>
                  ) : null}
                  <td>
                    <Link to={places.titulo(row.erpKey ?? row.id)}>{row.erpKey ?? row.id}</Link>
                  </td>
                  <td>
                    <Clipped text={row.customerName} />
                  </td>
                  <td class="num">{reais(row.amountCents)}</td>
                  <td>{date(row.dueDate)}</td>
                  <td>{row.carteiraId}</td>
                  <td>{row.statusLabel}</td>
                  <td>{row.ourNumber ?? '—'}</td>
                  <td class="when">{instant(row.since)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {data && rows.length === 0 ? <p class="empty">Nenhum boleto pode ser pago sem que se deva.</p> : null}
      <Pager {...pager} next={data?.next ?? null} />
      {confirming ? (
        <ReasonDialog
          title="Conferido no banco"
          verb={`Confirmar ${counted(chosen.size, 'boleto', 'boletos')}`}
          reason="required"
          onConfirm={async (reason) => {
            await ask('POST /ainda-pagaveis/conferidos', { body: { receivableIds: [...chosen], reason } });
            reload();
          }}
          onClose={() => setConfirming(false)}
        >
          <p>
            Confirme só o que você viu no banco: baixado, ou já liquidado. Nada é enviado ao banco; aqui o boleto passa
            a cancelado e deixa de ser entregue.
          </p>
        </ReasonDialog>
      ) : null}
    </>
  );
}
