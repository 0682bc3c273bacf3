import type { Context } from 'hono';
import { writeAudit } from '../../record/access/audit';
import type { ApiDeps, ApiEnv } from '../deps';

/** What leaves here with people's data, as the audit has it: that it began, and how much of it was written. */
export interface Trace {
  /** Before the first byte: without its row nothing leaves. */
  begin(): Promise<void>;
  count(more: number): void;
  /** @param complete false: it broke off, or nobody read on */
  end(complete: boolean): void;
}

/**
 * @param action of the row that is written first; `done` of the one at the end, with `unit` as how many
 * @param after codes and ids only
 */
export function createTrace(
  context: Context<ApiEnv>,
  { knex, log }: Pick<ApiDeps, 'knex' | 'log'>,
  {
    action,
    done,
    unit,
    batchId,
    after,
  }: { batchId: string; after: object } & Record<'action' | 'done' | 'unit', string>,
): Trace {
  const row = { actor: context.get('actor').id, entity: 'batch', entityId: batchId };
  let written = 0;
  let begun = false;
  return {
    async begin() {
      // Of a HEAD nothing is read.
      if (context.req.method === 'HEAD') return;
      await writeAudit(knex, { ...row, action, after });
      begun = true;
    },
    count: (more) => void (written += more),
    end(complete) {
      if (!begun) return;
      writeAudit(knex, { ...row, action: done, after: { ...after, [unit]: written, complete } }).catch(
        (error: unknown) => log.error('fim não auditado', { action: done, batchId, written, error }),
      );
    },
  };
}
