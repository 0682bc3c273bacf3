import type { ActionAnswer, ActionName } from '../../../contract/actions';
import { counted } from '../../parts/format';
import { Link, places } from '../../router';

const SHOWN = 10;

/** Of some, what changed is no number of títulos. */
function doneWords(action: ActionName, changed: number): string {
  if (action === 'pausar') return 'Pausa pedida.';
  if (action === 'retomar') return 'Retomada.';
  if (action === 'concluir') return 'Conclusão pedida.';
  return changed > 0 ? `Feito: ${counted(changed, 'título', 'títulos')}.` : 'Feito.';
}

/** What an action did, and which títulos it left alone, and why. */
export function ActionResultNote({ action, result }: { action: ActionName; result: ActionAnswer }) {
  const { refused, unresolved } = result;
  return (
    <div class="note" role="status">
      {doneWords(action, result.changed)}
      {unresolved
        ? ` ${counted(unresolved, 'resultado incerto é procurado', 'resultados incertos são procurados')} no banco antes do fim.`
        : ''}
      {refused.length > 0 ? (
        <ul>
          {refused.slice(0, SHOWN).map(({ receivableId, label }) => (
            <li key={receivableId}>
              <Link to={places.titulo(receivableId)}>{receivableId}</Link> {label}
            </li>
          ))}
          {refused.length > SHOWN ? <li>e mais {refused.length - SHOWN}</li> : null}
        </ul>
      ) : null}
    </div>
  );
}
