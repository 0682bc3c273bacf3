import { useEffect, useState } from 'preact/hooks';

type Cursor = string | number;

export interface Pages {
  /** undefined = the first page. */
  cursor: Cursor | undefined;
  page: number;
  goNext(next: Cursor): void;
  goBack(): void;
}

/** Where one is in a list that the API gives page by page; begins anew when `filter` changes. */
export function usePages(filter: string): Pages {
  const [cursors, setCursors] = useState<Cursor[]>([]);
  useEffect(() => setCursors([]), [filter]);
  return {
    cursor: cursors.at(-1),
    page: cursors.length + 1,
    goNext: (next) => setCursors((before) => [...before, next]),
    goBack: () => setCursors((before) => before.slice(0, -1)),
  };
}

/** Nothing where everything fits on one page. */
export function Pager({ page, goNext, goBack, next }: Omit<Pages, 'cursor'> & { next: Cursor | null }) {
  if (page === 1 && next === null) return null;
  return (
    <nav class="buttons" aria-label="Páginas">
      <button type="button" disabled={page === 1} onClick={goBack}>
        Anterior
      </button>
      <span aria-live="polite">Página {page}</span>
      <button type="button" disabled={next === null} onClick={() => next !== null && goNext(next)}>
        Próxima
      </button>
    </nav>
  );
}
