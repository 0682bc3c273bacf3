import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { RefObject } from 'preact';
import type { Cause, Item } from '../../../contract/item';
import { itemStates, type ItemState } from '../../../domain/boleto/states';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { counted, number } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { openItemPages, type ItemPages } from './itemPages';
import { MAX_CHOSEN, type Chosen } from './chosen';
import { ItemRow } from './ItemRow';
import { statePlurals } from './statePlurals';
import { useVirtualRows } from './useVirtualRows';

const RESTS_MS = 300;

interface ItemsTableProps {
  batchId: string;
  states: readonly ItemState[];
  onStates(states: readonly ItemState[]): void;
  /** Only those that failed by it. */
  cause: Cause | undefined;
  onCause(cause: Cause | undefined): void;
  chosen: Chosen;
  onChosen(chosen: Chosen): void;
  mayChoose: boolean;
  /** While people are asked, what failed comes before the rest. */
  failuresFirst: boolean;
  /** Where the window's events are handed to what is loaded. */
  pagesRef: RefObject<ItemPages | null>;
}

const columns = ['ID da cobrança', 'Pagador', 'Valor', 'Vencimento', 'Situação', 'Causa', 'Quem corrige'];

/** The títulos of the batch: filtered, and only those in sight are in the page. */
export function ItemsTable(props: ItemsTableProps) {
  const { batchId, states, onStates, cause, onCause, chosen, onChosen, mayChoose, failuresFirst, pagesRef } = props;
  const [text, setText] = useState('');
  const [onlyCorrected, setOnlyCorrected] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const q = useDebounced(text.trim(), RESTS_MS);
  const filter = [states.join(), q, onlyCorrected, cause?.key, failuresFirst].join(' ');
  const own = useRef<ItemPages | null>(null);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    const pages = openItemPages(
      batchId,
      { states, q, corrected: onlyCorrected, cause: cause?.key, failuresFirst },
      () => redraw(undefined),
      (error) => setProblem(asProblem(error)),
    );
    own.current = pages;
    pagesRef.current = pages;
    setProblem(undefined);
    return () => pages.close();
  }, [batchId, filter]);
  const pages = own.current;
  const total = pages?.total() ?? null;
  const { scroller, from, to, topOf, heightPx } = useVirtualRows(total ?? 0);
  useEffect(() => {
    if (total !== null && total > 0) pages?.look(from, Math.max(from, to - 1));
  }, [pages, from, to, total]);
  useEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
    // What was asked for elsewhere on the screen is brought into sight.
    if (cause) section.current?.scrollIntoView({ block: 'start' });
  }, [filter]);

  const toggle = (item: Item) => {
    const next = new Map(chosen);
    if (!next.delete(item.receivableId) && next.size < MAX_CHOSEN) next.set(item.receivableId, item);
    onChosen(next);
  };
  return (
    <section class="panel" aria-labelledby="titulos" ref={section}>
      <div class="table-head">
        <h2 id="titulos">Títulos</h2>
        <label>
          <span>Procurar</span>
          <input
            type="search"
            value={text}
            placeholder="ID da cobrança ou pagador"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label>
          <span>Situação</span>
          <select
            value={states.length === 1 ? states[0] : states.length === 0 ? '' : 'varias'}
            onChange={(event) => onStates(readStates(event.currentTarget.value))}
          >
            <option value="">todas</option>
            {states.length > 1 ? <option value="varias">as escolhidas acima</option> : null}
            {itemStates.map((state) => (
              <option key={state} value={state}>
                {statePlurals[state]}
              </option>
            ))}
          </select>
        </label>
        <label class="choice">
          <input
            type="checkbox"
            checked={onlyCorrected}
            onChange={(event) => setOnlyCorrected(event.currentTarget.checked)}
          />
          <span>só corrigidos</span>
        </label>
        {cause ? (
          <span class="badge badge-bad">
            {cause.cause ?? cause.stateLabel}{' '}
            <button type="button" class="small" onClick={() => onCause(undefined)}>
              Ver todas as causas
            </button>
          </span>
        ) : null}
        <span class="hint" role="status">
          {total === null ? 'Carregando…' : counted(total, 'título', 'títulos')}
          {failuresFirst && states.length === 0 && !cause && total !== null && total > 1 ? ', as falhas primeiro' : ''}
          {chosen.size > 0 ? ` · ${number(chosen.size)} na seleção` : ''}
        </span>
        {chosen.size > 0 ? (
          <button type="button" onClick={() => onChosen(new Map())}>
            Limpar seleção
          </button>
        ) : null}
      </div>
      <ProblemNote problem={problem} />
      <div class="rows" ref={scroller} tabIndex={0} role="region" aria-label="Títulos da comunicação">
        <div
          role="table"
          aria-rowcount={(total ?? 0) + 1}
          aria-label="Títulos"
          class={mayChoose ? 'grid choosing' : 'grid'}
        >
          <div role="row" class="row row-head" aria-rowindex={1}>
            {mayChoose ? (
              <span role="columnheader">
                <span class="unseen">Selecionar</span>
              </span>
            ) : null}
            {columns.map((column) => (
              <span key={column} role="columnheader" class={column === 'Valor' ? 'head-amount' : ''}>
                {column}
              </span>
            ))}
          </div>
          <div role="rowgroup" class="row-space" style={{ height: `${heightPx}px` }}>
            {Array.from({ length: Math.max(0, to - from) }, (_, offset) => {
              const index = from + offset;
              const item = pages?.row(index);
              return (
                // A row never becomes that of another título under somebody's pointer.
                <ItemRow
                  key={`${index} ${item?.receivableId ?? ''}`}
                  {...{ batchId, index, mayChoose, toggle, item }}
                  top={topOf(index)}
                  chosen={chosen.has(item?.receivableId ?? 0)}
                />
              );
            })}
          </div>
        </div>
        {total === 0 ? <p class="empty">Nenhum título com estes filtros.</p> : null}
      </div>
    </section>
  );
}

function readStates(value: string): readonly ItemState[] {
  const state = itemStates.find((each) => each === value);
  return state ? [state] : [];
}
