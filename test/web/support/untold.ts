import type { Knex } from 'knex';
import { isTold } from '../../../web/screens/auditoria/words';

/** Fields whose values are codes of ours, whatever they look like. */
const CODED = ['how', 'scope', 'decision', 'item', 'boleto', 'role', 'step', 'events', 'addressSource'];
const CAMEL = /^[a-z]+(?:[A-Z][a-z]+)+$/;

/** What the record of audit has that Auditoria and História would show as it is in the code. */
export async function untold(knex: Knex): Promise<string[]> {
  const entries: { action: string; before: unknown; after: unknown; reason: string | null }[] = await knex(
    'audit_entry',
  ).select('action', 'before', 'after', 'reason');
  const found = new Set<string>();
  const look = (name: string, value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) look(name, each);
    else if (typeof value === 'object' && value !== null)
      for (const [part, of] of Object.entries(value)) {
        if (!isTold.field(part)) found.add(`field ${part}`);
        look(part, of);
      }
    else if (typeof value === 'string' && (CODED.includes(name) || CAMEL.test(value)) && !isTold.value(value, name))
      found.add(`value ${value} of ${name}`);
  };
  for (const { action, before, after, reason } of entries) {
    if (!isTold.action(action)) found.add(`action ${action}`);
    look('before', before);
    look('after', after);
    if (reason !== null && /^[a-z]+([A-Z][a-z]+)*$/.test(reason) && !isTold.value(reason, 'reason'))
      found.add(`reason ${reason}`);
  }
  return [...found];
}
