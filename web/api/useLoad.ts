import { useCallback, useEffect, useState } from 'preact/hooks';
import type { Inputs } from 'preact/hooks';
import { ApiProblem } from './client';

export interface Loaded<Data> {
  /** Of the last answer; it stays while it is asked for again. */
  data: Data | undefined;
  problem: ApiProblem | undefined;
  loading: boolean;
  reload(): void;
}

/** Asks when `inputs` change; an older answer never overwrites a newer one. */
export function useLoad<Data>(ask: (signal: AbortSignal) => Promise<Data>, inputs: Inputs): Loaded<Data> {
  const [state, setState] = useState<Omit<Loaded<Data>, 'reload'>>({
    ...{ data: undefined, problem: undefined, loading: true },
  });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    ask(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ data, problem: undefined, loading: false });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setState((before) => ({ ...before, problem: asProblem(error), loading: false }));
      },
    );
    return () => abort.abort();
  }, [turn, ...inputs]);
  return { ...state, reload: useCallback(() => setTurn((before) => before + 1), []) };
}

/** What was thrown, for showing; a defect of ours is told as one. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  console.error(error);
  return new ApiProblem(0, 'erro_da_tela', 'Esta tela falhou.', 'Recarregue a página.', []);
}
