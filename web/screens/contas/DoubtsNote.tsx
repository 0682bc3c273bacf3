import type { Titulo } from '../../../contract/receivable';
import { fieldLabel } from './fields';
import type { Doubt } from './useSaving';

/** Before a correction is saved that leaves something wrong. */
export function DoubtsNote({ doubts }: { doubts: readonly Doubt[] }) {
  if (doubts.length === 0) return null;
  return (
    <div class="note note-warn" role="alert">
      <strong>Ainda não foi salvo: com estes valores o título continua com pendência.</strong>
      <ul>
        {doubts.map(({ field, message, advice }) => (
          <li key={`${field} ${message}`}>
            {fieldLabel(field)}: {message} {advice}
          </li>
        ))}
      </ul>
      Corrija, ou salve mesmo assim: não conta como corrigido.
    </div>
  );
}

/** What a título that was changed since its refusal still lacks. */
export function StillWrongList({ stillWrong }: Pick<Titulo, 'stillWrong'>) {
  return (
    <ul>
      {stillWrong.map(({ field, cause, advice }) => (
        <li key={`${field} ${cause}`}>
          {fieldLabel(field)}: {cause} {advice}
        </li>
      ))}
    </ul>
  );
}
