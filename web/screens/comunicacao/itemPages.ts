import type { ItemEvent } from '../../../contract/events';
import type { Item } from '../../../contract/item';
import { itemLabels, failureStates, type ItemState } from '../../../domain/boleto/states';
import { ask } from '../../api/ask';

const PAGE = 200;
/** What failed brings words that events do not carry: its page is asked for again, but not for every event. */
const REFRESH_MS = 1_500;

export interface ItemFilter {
  states: readonly ItemState[];
  q: string;
  corrected: boolean;
  /** The key of a cause. */
  cause: string | undefined;
  /** What failed before the rest; else in the order of the batch. */
  failuresFirst: boolean;
}

/**
 * The rows of a table of up to 100,000, by their position; pages come as they are looked at, any of them.
 */
export interface ItemPages {
  /** null until the first answer. */
  total(): number | null;
  row(index: number): Item | undefined;
  /** Rows `from` to `to` are looked at. */
  look(from: number, to: number): void;
  apply(events: readonly ItemEvent[]): void;
  /** Somebody changed these; null among them: any. */
  markCorrected(receivableIds: readonly (number | null)[]): void;
  /** Asks again for what is looked at. */
  refresh(): void;
  close(): void;
}

interface LoadedPage {
  items: Item[];
  stale: boolean;
}

export function openItemPages(
  batchId: string,
  filter: ItemFilter,
  onChange: () => void,
  onProblem: (error: unknown) => void,
): ItemPages {
  const abort = new AbortController();
  const pages = new Map<number, LoadedPage>();
  /** Pages on their way, each with what happened to títulos meanwhile (null = to any): its answer may be older. */
  const asked = new Map<number, Set<number | null>>();
  const filtered = filter.states.length > 0 || filter.q !== '' || filter.corrected || filter.cause !== undefined;
  // Only without any filter a position is the ordinal, which is found at once.
  const byOrdinal = !filtered && !filter.failuresFirst;
  let total: number | null = null;
  let looked = { from: 0, to: PAGE - 1 };
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = (page: number): void => {
    if (asked.has(page)) return;
    const overtaken = new Set<number | null>();
    asked.set(page, overtaken);
    const place = page === 0 ? {} : byOrdinal ? { cursor: page * PAGE } : { skip: page * PAGE };
    ask('GET /comunicacoes/{batchId}/itens', {
      params: { batchId },
      query: {
        ...{ ...place, limit: PAGE, q: filter.q, state: filter.states, cause: filter.cause },
        ...(filter.corrected ? { corrected: true } : {}),
        ...(filter.failuresFirst ? { failuresFirst: true } : {}),
      },
      signal: abort.signal,
    }).then(
      ({ items, total: counted }) => {
        asked.delete(page);
        const stale = overtaken.has(null) || items.some(({ receivableId }) => overtaken.has(receivableId));
        pages.set(page, { items, stale });
        total = counted;
        onChange();
        if (stale) refreshSoon();
        loadLooked({ alsoStale: false });
      },
      (error: unknown) => {
        asked.delete(page);
        if (!abort.signal.aborted) onProblem(error);
      },
    );
  };
  const loadLooked = ({ alsoStale }: { alsoStale: boolean }): void => {
    const last = Math.floor(looked.to / PAGE);
    const first = Math.floor(looked.from / PAGE);
    for (let page = first; page <= last; page++) {
      const loaded = pages.get(page);
      if (!loaded || (alsoStale && loaded.stale)) load(page);
    }
  };
  const refreshSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      loadLooked({ alsoStale: true });
    }, REFRESH_MS);
  };
  const find = (ordinal: number, receivableId: number): [LoadedPage, number] | undefined => {
    if (byOrdinal) {
      const page = pages.get(Math.floor((ordinal - 1) / PAGE));
      const at = (ordinal - 1) % PAGE;
      return page?.items[at]?.receivableId === receivableId ? [page, at] : undefined;
    }
    for (const page of pages.values()) {
      const at = page.items.findIndex((item) => item.receivableId === receivableId);
      if (at >= 0) return [page, at];
    }
    return undefined;
  };
  const happened = (receivableId: number | null): void => {
    for (const overtaken of asked.values()) overtaken.add(receivableId);
  };
  const makeStale = (page?: LoadedPage): void => {
    for (const each of page ? [page] : pages.values()) each.stale = true;
    refreshSoon();
  };

  load(0);
  return {
    total: () => total,
    row: (index) => pages.get(Math.floor(index / PAGE))?.items[index % PAGE],
    look(from, to) {
      looked = { from, to };
      loadLooked({ alsoStale: true });
    },
    apply(events) {
      for (const { ordinal, receivableId, state, round } of events) {
        happened(receivableId);
        const found = find(ordinal, receivableId);
        if (!found) continue;
        const [page, at] = found;
        const item = page.items[at] as Item;
        page.items[at] = { ...item, state, round, stateLabel: itemLabels[state], corrected: false, stillWrong: false };
        if ((failureStates as readonly ItemState[]).includes(state)) makeStale(page);
        else page.items[at] = { ...page.items[at], cause: null, whoFixes: null, advice: null };
      }
      // An event may bring a row into a filter, out of it, or to another place.
      if (!byOrdinal) makeStale();
      onChange();
    },
    markCorrected(receivableIds) {
      const ids = new Set(receivableIds);
      ids.forEach(happened);
      // Whether it is mended, or still wrong, only the record knows.
      for (const page of pages.values())
        if (ids.has(null) || filter.corrected || page.items.some(({ receivableId }) => ids.has(receivableId)))
          makeStale(page);
      onChange();
    },
    refresh() {
      happened(null);
      makeStale();
    },
    close() {
      abort.abort();
      clearTimeout(timer);
    },
  };
}
