import type { DryRunAnswer } from '../../../contract/start';
import type { BodyOf } from '../../../contract/routes';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { useLoad } from '../../api/useLoad';
import { useDebounced } from '../../parts/useDebounced';

const RESTS_MS = 500;
/** A server that cannot tell now says nothing about the carteira. */
const OWN_FAULT = 500;

export interface PreviewState {
  /** Of what was asked last; never of a carteira whose own answer is a refusal. */
  answer: DryRunAnswer | undefined;
  /** Another answer is on its way, or about to be asked for. */
  stale: boolean;
  waiting: boolean;
  problem: ApiProblem | undefined;
  /** This carteira, or these filters, cannot be communicated. */
  refused: boolean;
  /** There is nothing that a communication could take. */
  empty: boolean;
}

/** @param wanted the request as JSON; '' = nothing can be asked yet */
export function usePreview(wanted: string): PreviewState {
  const asked = useDebounced(wanted, RESTS_MS);
  const { data, problem, loading } = useLoad(
    async (signal) =>
      asked === ''
        ? undefined
        : {
            of: asked,
            answer: await ask('POST /comunicacoes/simulacao', {
              body: JSON.parse(asked) as BodyOf<'POST /comunicacoes/simulacao'>,
              signal,
            }),
          },
    [asked],
  );
  const stale = loading || asked !== wanted;
  const told = asked === '' || stale ? undefined : problem;
  const answer = asked === '' || wanted === '' || problem ? undefined : data?.answer;
  return {
    ...{ answer, stale, problem: told },
    waiting: wanted !== '' && stale && !answer,
    refused: told !== undefined && told.status >= 400 && told.status < OWN_FAULT,
    empty: answer !== undefined && !stale && answer.ready.count + answer.pending.count + answer.uncertain.count === 0,
  };
}
