import { useEffect, useState } from 'preact/hooks';
import type { Carteira } from '../../../contract/account';
import type { Review, ReviewFinding } from '../../../contract/review';
import { findingKinds, findingLabels, type FindingKind } from '../../../domain/account/bankReview';
import { parseLocalDate, saoPauloDate } from '../../../domain/kinds/dates';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { counted, date, instant, number, reais } from '../../parts/format';
import { newKey } from '../../parts/newKey';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { tidyDate } from '../../parts/tidyDate';
import { Link, places } from '../../router';

const LOOK_EVERY_MS = 2_000;

interface BankReviewProps {
  carteira: Carteira;
  mayStart: boolean;
  /** The next number may have changed. */
  onDone(): void;
}

/** What the bank registered, held against what is here: asked for, followed, and read. */
export function BankReview({ carteira, mayStart, onDone }: BankReviewProps) {
  const { data, problem, reload } = useLoad(
    (signal) => ask('GET /carteiras/{id}/conferencias', { params: { id: carteira.id }, signal }),
    [carteira.id],
  );
  const latest = data?.items[0];
  const running = latest !== undefined && !latest.ended;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(reload, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      onDone();
    };
  }, [running]);
  return (
    <section class="panel" aria-labelledby="conferencia">
      <h2 id="conferencia">Conferência com o banco</h2>
      <p>
        Compara o que o banco registrou no período com o que está aqui: assume os boletos de títulos daqui, mostra cada
        diferença e acerta o próximo número.
      </p>
      {mayStart && !running ? <StartForm carteira={carteira} onStarted={reload} /> : null}
      <ProblemNote problem={problem} />
      <div aria-live="polite">{latest ? <Summary review={latest} /> : null}</div>
      {latest?.ended && latest.findings.length > 0 ? <Findings review={latest} /> : null}
    </section>
  );
}

function StartForm({ carteira, onStarted }: { carteira: Carteira; onStarted(): void }) {
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [key, setKey] = useState(newKey);
  const [problem, setProblem] = useState<ApiProblem>();
  const [warning, setWarning] = useState<string | null>(null);
  const [wrong, setWrong] = useState<{ from?: string; to?: string }>({});
  const start = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    const read = { from: parseLocalDate(tidyDate(from)), to: to === '' ? null : parseLocalDate(tidyDate(to)) };
    const missing = {
      ...(read.from ? {} : { from: 'Uma data que existe, dd/mm/aaaa' }),
      ...(to !== '' && !read.to ? { to: 'Uma data que existe, dd/mm/aaaa' } : {}),
    };
    setWrong(missing);
    if (!read.from || missing.to) return;
    const body = { from: read.from, ...(read.to ? { to: read.to } : {}) };
    ask('POST /carteiras/{id}/conferencias', {
      params: { id: carteira.id },
      body,
      headers: { 'idempotency-key': key },
    }).then(
      (answer) => {
        setWarning(answer.warning);
        setKey(newKey());
        onStarted();
      },
      (error: unknown) => {
        setKey(newKey());
        setProblem(asProblem(error));
      },
    );
  };
  const dates = [
    ['from', 'Registrados desde', from, setFrom],
    ['to', 'Registrados até', to, setTo],
  ] as const;
  return (
    <form onSubmit={start}>
      <div class="fields">
        {dates.map(([name, label, value, set]) => (
          <Field
            key={name}
            label={label}
            hint={name === 'to' ? `Vazio = hoje, ${date(saoPauloDate(new Date()))}` : undefined}
            error={wrong[name] ?? problem?.fields.find(({ field }) => field === name)?.message}
          >
            {(id, aria) => (
              <input
                {...{ id, ...aria, value, placeholder: 'dd/mm/aaaa', inputMode: 'numeric' }}
                onInput={(event) => set(event.currentTarget.value)}
                onBlur={(event) => set(tidyDate(event.currentTarget.value))}
              />
            )}
          </Field>
        ))}
      </div>
      <div class="buttons">
        <button>Conferir com o banco</button>
      </div>
      <ProblemNote problem={problem} />
      {warning ? <p class="note">{warning}</p> : null}
    </form>
  );
}

function Summary({ review }: { review: Review }) {
  return (
    <>
      <h3>
        {review.stateLabel} · registrados de {date(review.from)} a {date(review.to)}
      </h3>
      <p class="hint">
        Conferência {review.reviewId}, pedida em {instant(review.startedAt)}
        {review.finishedAt ? `, terminada em ${instant(review.finishedAt)}` : ''}
      </p>
      {review.problem ? <p class="note note-bad">{review.problem}</p> : null}
      {review.remarks.map((remark) => (
        <p key={remark} class="note note-bad">
          {remark}
        </p>
      ))}
      <ul>
        <li>
          {counted(review.listed, 'boleto', 'boletos')} na lista do banco, {number(review.equal)} como aqui
          {review.pending > 0 ? `, ${number(review.pending)} por consultar` : ''}
        </li>
        {review.otherConvenio > 0 ? (
          <li>
            {counted(review.otherConvenio, 'boleto', 'boletos')} de outro convênio da mesma conta: deixados de lado
          </li>
        ) : null}
        {review.unreadable > 0 ? (
          <li>{counted(review.unreadable, 'linha', 'linhas')} da lista não puderam ser lidas</li>
        ) : null}
        {review.findings.map(({ kind, label, advice, count }) => (
          <li key={kind}>
            <b>
              {number(count)} {label.toLowerCase()}
            </b>
            : {advice}
          </li>
        ))}
        {review.nextNumber && review.ended ? (
          <li>
            Próximo número: {review.nextNumber.after}
            {review.nextNumber.after > review.nextNumber.before
              ? ` (era ${review.nextNumber.before})`
              : ', como estava'}
          </li>
        ) : null}
      </ul>
    </>
  );
}

function Findings({ review }: { review: Review }) {
  const [kind, setKind] = useState<FindingKind | ''>('');
  const { cursor, ...pages } = usePages(`${review.reviewId}/${kind}`);
  const { data, problem, loading } = useLoad(
    (signal) =>
      ask('GET /conferencias/{id}/achados', { params: { id: review.reviewId }, query: { kind, cursor }, signal }),
    [review.reviewId, kind, cursor],
  );
  return (
    <>
      <Field label="Mostrar achados">
        {(id) => (
          <select id={id} value={kind} onChange={(event) => setKind(event.currentTarget.value as FindingKind | '')}>
            <option value="">todos</option>
            {findingKinds
              .filter((each) => review.findings.some((found) => found.kind === each))
              .map((each) => (
                <option key={each} value={each}>
                  {findingLabels[each]}
                </option>
              ))}
          </select>
        )}
      </Field>
      <ProblemNote problem={problem} />
      <div class="table-wrap" aria-busy={loading} tabIndex={0} role="region" aria-label="Achados da conferência">
        <table>
          <thead>
            <tr>
              <th scope="col">Nosso número</th>
              <th scope="col">Achado</th>
              <th scope="col">Cobrança</th>
              <th scope="col">Valor</th>
              <th scope="col">Vencimento</th>
              <th scope="col">No banco</th>
              <th scope="col">Difere</th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((found) => (
              <tr key={found.number}>
                <td>{found.number}</td>
                <td>{found.label}</td>
                <td>
                  {found.receivableId === null ? (
                    '—'
                  ) : (
                    <Link to={places.titulo(found.receivableId)}>{found.receivableId}</Link>
                  )}
                </td>
                <td>{found.amountCents === null ? '—' : reais(found.amountCents)}</td>
                <td>{date(found.dueDate)}</td>
                <td>{found.status ?? '—'}</td>
                <td>{differs(found)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager {...pages} next={data?.next ?? null} />
    </>
  );
}

function differs({ differences, amountCents, dueDate, sentAmountCents, sentDueDate }: ReviewFinding): string {
  const sent = [
    ...(sentAmountCents !== null && sentAmountCents !== amountCents ? [reais(sentAmountCents)] : []),
    ...(sentDueDate !== null && sentDueDate !== dueDate ? [date(sentDueDate)] : []),
  ];
  return sent.length > 0 ? `${differences} (aqui ${sent.join(', ')})` : differences;
}
