import { Link, places } from '../../router';
import { entityLabels } from './words';

/** What an entry is about; a link where a screen shows it. */
export function EntityLink({ entity, entityId }: { entity: string; entityId: string }) {
  const words = `${(entityLabels[entity] ?? entity).toLowerCase()} ${entityId}`;
  const to = placeOf(entity, entityId);
  return to ? <Link to={to}>{words}</Link> : <span>{words}</span>;
}

function placeOf(entity: string, entityId: string): string | null {
  if (entity === 'receivable') return places.titulo(Number(entityId));
  if (entity === 'batch') return places.comunicacao(entityId);
  if (entity === 'carteira') return places.carteira(Number(entityId));
  if (entity === 'webhook') return places.webhook(entityId);
  return null;
}
