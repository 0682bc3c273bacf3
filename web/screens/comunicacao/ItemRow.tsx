import type { Item } from '../../../contract/item';
import { lookAnswer } from '../../../domain/boleto/lastLook';
import { date, instant, reais } from '../../parts/format';
import { isOurs } from '../../parts/BankWords';
import { StateBadge } from '../../parts/StateBadge';
import { Link, places } from '../../router';

interface ItemRowProps {
  batchId: string;
  index: number;
  /** Pixels from the first row. */
  top: number;
  item: Item | undefined;
  chosen: boolean;
  mayChoose: boolean;
  toggle(item: Item): void;
}

/** One título; while its page is on its way, a row of the same height. */
export function ItemRow({ batchId, index, top, item, chosen, mayChoose, toggle }: ItemRowProps) {
  const place = { transform: `translateY(${top}px)` };
  if (!item)
    return (
      <div role="row" class="row loading" data-row aria-rowindex={index + 2} style={place}>
        <span role="cell">…</span>
      </div>
    );
  const { receivableId, erpKey, state } = item;
  const name = erpKey ?? receivableId;
  return (
    <div role="row" class="row" data-row aria-rowindex={index + 2} style={place}>
      {mayChoose ? (
        <span role="cell" class="cell-choose">
          <input
            type="checkbox"
            aria-label={`Selecionar a cobrança ${name}`}
            checked={chosen}
            onChange={() => toggle(item)}
          />
        </span>
      ) : null}
      <span role="cell" class="cell-id">
        <Link to={places.titulo(name, { campo: item.fieldName, comunicacao: batchId })}>{name}</Link>
      </span>
      <span role="cell" class="cell-payer" title={item.customerName}>
        {item.customerName}
      </span>
      <span role="cell" class="cell-amount">
        {reais(item.amountCents)}
      </span>
      <span role="cell" class="cell-due">
        {date(item.dueDate)}
      </span>
      <span role="cell" class="cell-state">
        <StateBadge state={state} corrected={item.corrected} stillWrong={item.stillWrong} />
      </span>
      <span role="cell" class="cell-cause" title={causeWords(item)}>
        {causeWords(item)}
      </span>
      <span role="cell" class="cell-fixer">
        {item.whoFixes ?? ''}
      </span>
    </div>
  );
}

/** Beside a result that somebody must decide: by which number the bank knows it, and what it said last. */
function causeWords({ cause, state, ourNumber, lastLook, providerCode, providerMessage, withoutPix }: Item): string {
  const undecided = state === 'unconfirmed' || state === 'conflict';
  return [
    // A refusal of ours says what is wrong with this very título.
    ...(isOurs(providerCode) && providerMessage ? [providerMessage] : cause ? [cause] : []),
    ...(withoutPix ? ['sem Pix'] : []),
    ...(undecided && ourNumber ? [`nosso número ${ourNumber}`] : []),
    ...(undecided && lastLook ? [`banco, ${instant(lastLook.at)}: ${lookAnswer(lastLook)}`] : []),
  ].join(' · ');
}
