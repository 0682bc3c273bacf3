import type { AuditEntry } from '../../../contract/audit';
import { Link, places } from '../../router';
import { entityLabels } from './words';

/** What an entry is about; a link where a screen shows it. */
export function EntityLink({ entry }: { entry: AuditEntry }) {
  const { entity, entityId } = entry;
  const words = `${(entityLabels[entity] ?? entity).toLowerCase()} ${nameOf(entry)}`.trim();
  const to = placeOf(entity, entityId);
  return to ? <Link to={to}>{words}</Link> : <span>{words}</span>;
}

/** People, tokens and webhooks have ids that nobody can read; the entry itself mostly has the name. */
function nameOf({ entity, entityId, before, after }: AuditEntry): string {
  if (entity !== 'user' && entity !== 'token' && entity !== 'webhook') return entityId;
  const named = [after, before].find((values) => typeof (values as { name?: unknown } | null)?.name === 'string');
  return named ? (named as { name: string }).name : '';
}

function placeOf(entity: string, entityId: string): string | null {
  if (entity === 'receivable') return places.titulo(Number(entityId));
  if (entity === 'batch') return places.comunicacao(entityId);
  if (entity === 'carteira') return places.carteira(Number(entityId));
  if (entity === 'webhook') return places.webhook(entityId);
  return null;
}
