import { useState } from 'preact/hooks';
import type { BankWork as Work, BankWorkRow } from '../../../contract/bankWork';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { counted, date, instant, reais } from '../../parts/format';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { useInAddress } from '../../parts/useInAddress';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { fieldWords } from '../auditoria/words';

const PAGE = 50;
type Kind = '' | 'alterar' | 'baixar';
const kindIn = (text: string | null): Kind => (text === 'alterar' || text === 'baixar' ? text : '');
interface Shown {
  kind: Kind;
  carteira: string;
}
const inAddress = {
  path: places.pendencias,
  read: (query: URLSearchParams): Shown => ({ kind: kindIn(query.get('tipo')), carteira: query.get('carteira') ?? '' }),
  write: ({ kind, carteira }: Shown) => {
    const query = new URLSearchParams();
    if (carteira) query.set('carteira', carteira);
    if (kind) query.set('tipo', kind);
    return query.toString();
  },
};

/** Registered boletos of which the record says something else by now: to be altered or written off at the bank. */
export function BankWork() {
  useTitle('Pendências no banco');
  const [shown, setShown] = useInAddress(inAddress);
  const { kind, carteira } = shown;
  const { cursor, ...pager } = usePages(`${kind} ${carteira}`);
  const { data, problem, loading, reload } = useLoad(
    (signal) => ask('GET /pendencias-no-banco', { query: { kind, carteiraId: carteira, cursor, limit: PAGE }, signal }),
    [kind, carteira, cursor],
  );
  const [closing, setClosing] = useState<BankWorkRow>();
  const mayAct = useMayAct('operador');
  const rows = data?.items ?? [];
  return (
    <>
      <h1>Pendências no banco</h1>
      <p>
        Boletos registrados de cobranças que mudaram depois, por importação ou correção. O banco ainda os tem como eram,
        e é assim que o PDF os mostra. Altere ou baixe no banco e marque aqui como feito; a cobrança que volta ao que
        foi registrado sai da lista sozinha.
      </p>
      <div class="search">
        <label>
          <span>Mostrar</span>
          <select
            value={kind}
            onChange={(event) => {
              const chosen = kindIn(event.currentTarget.value);
              setShown((before) => ({ ...before, kind: chosen }));
            }}
          >
            <option value="">tudo</option>
            <option value="alterar">a alterar</option>
            <option value="baixar">a baixar</option>
          </select>
        </label>
        {carteira ? (
          <button type="button" onClick={() => setShown((before) => ({ ...before, carteira: '' }))}>
            De todas as carteiras
          </button>
        ) : null}
      </div>
      <ProblemNote problem={problem} />
      {data ? (
        <p class="facts" role="status">
          <span>{counted(data.counts.alter, 'boleto a alterar', 'boletos a alterar')}</span>
          <span>{counted(data.counts.cancel, 'boleto a baixar', 'boletos a baixar')}</span>
        </p>
      ) : null}
      {rows.length > 0 ? (
        <div class="table-wrap" aria-busy={loading} tabIndex={0} role="region" aria-label="Pendências no banco">
          <table>
            <thead>
              <tr>
                <th scope="col">ID da cobrança</th>
                <th scope="col">Pagador</th>
                <th scope="col">O que fazer</th>
                <th scope="col">O que mudou</th>
                <th scope="col" class="num">
                  Valor em aberto
                </th>
                <th scope="col">Vencimento</th>
                <th scope="col">Carteira</th>
                <th scope="col">Nosso número</th>
                <th scope="col">Desde</th>
                {mayAct ? <th scope="col">Feito</th> : null}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Link to={places.titulo(row.receivableId)}>{row.receivableId}</Link>
                  </td>
                  <td class="clipped" title={row.customerName}>
                    {row.customerName}
                  </td>
                  <td>{row.kindLabel}</td>
                  <td>
                    <WorkFields work={row} />
                  </td>
                  <td class="num">{reais(row.openAmountCents)}</td>
                  <td>{date(row.dueDate)}</td>
                  <td>{row.carteiraId}</td>
                  <td>{row.ourNumber ?? '—'}</td>
                  <td class="when">{instant(row.openedAt)}</td>
                  {mayAct ? (
                    <td>
                      <button
                        type="button"
                        aria-label={`Feito no banco: cobrança ${row.receivableId}`}
                        onClick={() => setClosing(row)}
                      >
                        Feito no banco
                      </button>
                    </td>
                  ) : null}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {data && rows.length === 0 ? <p class="empty">Nada a alterar nem a baixar no banco.</p> : null}
      <Pager {...pager} next={data?.next ?? null} />
      {closing ? <DoneDialog work={closing} onDone={reload} onClose={() => setClosing(undefined)} /> : null}
    </>
  );
}

/** Each field: what the bank has, and what is wanted. */
export function WorkFields({ work }: { work: Work }) {
  return (
    <ul class="plain">
      {work.fields.map(({ field, bankText, wantedText }) => (
        <li key={field}>
          {fieldWords(field)}: <del>{bankText}</del> → <ins>{wantedText}</ins>
        </li>
      ))}
    </ul>
  );
}

export function DoneDialog({ work, onDone, onClose }: { work: Work; onDone(): void; onClose(): void }) {
  return (
    <ReasonDialog
      title={`Feito no banco: cobrança ${work.receivableId}`}
      verb="Confirmar"
      reason="required"
      onConfirm={async (reason) => {
        await ask('POST /pendencias-no-banco/{id}/feita', {
          params: { id: work.id },
          body: { reason, changedAt: work.changedAt },
        });
        onDone();
      }}
      onClose={onClose}
    >
      <WorkFields work={work} />
      <p>
        {work.kind === 'alter'
          ? 'Confirme só o que você alterou, ou viu alterado, no banco. Nada é enviado; o registro passa a ter o boleto assim.'
          : 'Confirme só o que você viu no banco: baixado, ou já liquidado. Nada é enviado; aqui o boleto passa a cancelado e deixa de ser entregue.'}
      </p>
    </ReasonDialog>
  );
}
