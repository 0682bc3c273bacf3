import type { Knex } from 'knex';
import { abandonConclusion, beginConclusion, concludeBatch } from '../record/engine/actions/conclude';
import { discard } from '../record/engine/actions/discard';
import { pause, resume } from '../record/engine/actions/pause';
import { recommunicate } from '../record/engine/actions/recommunicate';
import { reexamine } from '../record/engine/actions/reexamine';
import { resolve, type ResolvePolicy } from '../record/engine/actions/resolve';
import { enterPhase } from '../record/batches/batches';
import type { CodecOf } from '../record/engine/dryRun';
import { selectReceivables } from '../record/engine/selection';
import type { Refusal } from '../domain/batch/refusals';
import { analyseOutcomes } from './analyseOutcomes';
import { asActivity } from './failure';
import { beating } from './heartbeat';
import type { BatchActivities } from './index';
import { openBatch } from './openBatch';
import { planSlices } from './planSlices';
import { raiseDueDateAlert } from './raiseDueDateAlert';

export interface BatchActivityDeps {
  knex: Knex;
  /** Whether the namespace has our search attributes; absent = it has. */
  searchAttributes?: boolean;
  /** The gateways that take each number of ours once; absent = none. */
  sameNumberIsSafe?: ResolvePolicy['sameNumberIsSafe'];
  /** The pure side of a gateway, for judging what was corrected; absent = of none. */
  codecOf?: CodecOf;
  /** SLICE_SIZE: items per slice; absent = by the size of the batch. */
  sliceSize?: number | undefined;
  /** For tests: due-date rules read the record's clock otherwise. */
  now?: () => Date;
}

/** The activities that work on the record alone; they run on the task queue `boletos`. */
export function createBatchActivities({
  knex,
  searchAttributes = true,
  sameNumberIsSafe = () => false,
  codecOf = () => null,
  sliceSize,
  now,
}: BatchActivityDeps): BatchActivities {
  const step =
    <Input, Output extends object | void>(work: (input: Input) => Promise<Output | Refusal>) =>
    (input: Input): Promise<Output> =>
      beating(() => asActivity(() => work(input)));
  return {
    openBatch: step((input) => openBatch(knex, searchAttributes, input)),
    selectBoletos: step(({ batchId }) => selectReceivables(knex, batchId)),
    enterPhase: step((input) => enterPhase(knex, input)),
    planSlices: step((input) => planSlices(knex, { ...(sliceSize === undefined ? {} : { sliceSize }), ...input })),
    analyseOutcomes: step(({ batchId }) => analyseOutcomes(knex, batchId, now)),
    recommunicate: step((input) => recommunicate(knex, input, codecOf)),
    discard: step((input) => discard(knex, input)),
    resolve: step((input) => resolve(knex, input, { sameNumberIsSafe })),
    reexamine: step((input) => reexamine(knex, input)),
    pause: step((input) => pause(knex, input)),
    resume: step((input) => resume(knex, input)),
    beginConclusion: step((input) => beginConclusion(knex, input)),
    abandonConclusion: step(({ batchId }) => abandonConclusion(knex, batchId)),
    concludeBatch: step((input) => concludeBatch(knex, input)),
    raiseDueDateAlert: step(({ batchId }) => raiseDueDateAlert(knex, batchId, now)),
  };
}
