import { itemRefusalLabels, type ItemRefusal } from '../../../domain/refusals';
import type { ActionAnswer } from '../../api/types';
import { counted } from '../../parts/format';
import { Link, places } from '../../router';

const SHOWN = 10;

/** What an action did, and which títulos it left alone, and why. */
export function ActionResultNote({ result }: { result: ActionAnswer }) {
  const { changed, refused, unresolved } = result;
  return (
    <div class="note" role="status">
      Feito{changed > 0 ? `: ${counted(changed, 'título', 'títulos')}` : ''}.
      {unresolved
        ? ` ${counted(unresolved, 'resultado incerto é procurado', 'resultados incertos são procurados')} no banco antes do fim.`
        : ''}
      {refused.length > 0 ? (
        <ul>
          {refused.slice(0, SHOWN).map(({ receivableId, reason, label }) => (
            <li key={receivableId}>
              <Link to={places.titulo(receivableId)}>{receivableId}</Link>{' '}
              {label ?? (itemRefusalLabels as Partial<Record<string, string>>)[reason as ItemRefusal] ?? reason}
            </li>
          ))}
          {refused.length > SHOWN ? <li>e mais {refused.length - SHOWN}</li> : null}
        </ul>
      ) : null}
    </div>
  );
}
