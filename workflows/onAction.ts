import type { UpdateDefinition } from '@temporalio/common';
import { condition, setHandler } from '@temporalio/workflow';
import type { ActionResult } from '../domain/batch/batch';
import type { BatchState } from './batchState';
import * as messages from './messages';
import { publish } from './publish';
import { checkMoment, readAction, type ActionName } from './validators';

type Action<Name extends ActionName> = ReturnType<(typeof readAction)[Name]>;

/**
 * Answers one update: what is malformed or does not fit where the batch is never enters the history; the rest changes
 * the record through `run`, and the main flow looks again when it changed something.
 */
export function onAction<Name extends ActionName, Result extends ActionResult>(
  batch: BatchState,
  name: Name,
  run: (action: Action<Name>) => Promise<Result>,
): void {
  const read = readAction[name] as (sent: unknown) => Action<Name>;
  setHandler(
    messages[name] as UpdateDefinition<ActionResult, [unknown]>,
    async (sent) => {
      await condition(() => batch.recordedPhase !== null);
      const result = await run(read(sent));
      batch.conclusionAbandoned = false;
      if (result.changed > 0) batch.acted = true;
      publish(batch);
      return result;
    },
    {
      validator(sent) {
        read(sent);
        checkMoment(name, batch);
      },
      description: messages.descriptions[name],
    },
  );
}
