import { useState } from 'preact/hooks';
import type { Batch } from '../../../contract/batch';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { counted, number } from '../../parts/format';
import { Pager, usePages } from '../../parts/Pager';
import { ProblemNote } from '../../parts/ProblemNote';
import { Link, places } from '../../router';

const PAGE = 50;

/** What the filters found and the selection did not take: how many for which reason, and which. */
export function LeftOut({ batch }: { batch: Batch }) {
  const [open, setOpen] = useState(false);
  if (batch.leftOutByReason.length === 0) return null;
  return (
    <details class="panel" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Fora da seleção: {counted(batch.leftOut ?? 0, 'título', 'títulos')}</summary>
      <ul>
        {batch.leftOutByReason.map(({ reason, label, count, otherBatchIds }) => (
          <li key={reason}>
            <b>{number(count)}</b> {label}{' '}
            {otherBatchIds.map((id) => (
              <Link key={id} to={places.comunicacao(id)}>
                {id}
              </Link>
            ))}
          </li>
        ))}
      </ul>
      {open ? <Which batchId={batch.batchId} /> : null}
    </details>
  );
}

function Which({ batchId }: { batchId: string }) {
  const { cursor, ...pager } = usePages(batchId);
  const { data, problem } = useLoad(
    (signal) =>
      ask('GET /comunicacoes/{batchId}/fora', { params: { batchId }, query: { cursor, limit: PAGE }, signal }),
    [batchId, cursor],
  );
  return (
    <>
      <ProblemNote problem={problem} />
      <ul class="left-out">
        {(data?.items ?? []).map(({ receivableId, erpKey, label }) => (
          <li key={receivableId}>
            <Link to={places.titulo(erpKey ?? receivableId)}>{erpKey ?? receivableId}</Link>{' '}
            <span class="hint">{label}</span>
          </li>
        ))}
      </ul>
      <Pager {...pager} next={data?.next ?? null} />
    </>
  );
}
