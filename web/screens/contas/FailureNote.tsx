import type { Titulo } from '../../api/types';
import { Link, places } from '../../router';
import { fieldLabel } from './fields';

interface FailureNoteProps {
  titulo: Titulo;
  guilty: string | null;
  batchId: string | null;
}

/** Why one came here: what failed, how it is corrected, in which field, and the bank's words. */
export function FailureNote({ titulo, guilty, batchId }: FailureNoteProps) {
  const { liveBatch } = titulo;
  if (!liveBatch?.cause) return guilty ? <p class="note note-warn">Confira o campo {fieldLabel(guilty)}.</p> : null;
  const field = guilty ?? liveBatch.field;
  return (
    <div class="note note-warn">
      <strong>{liveBatch.cause}</strong> {liveBatch.advice}
      {field ? <> Campo: {fieldLabel(field)}.</> : null}
      {liveBatch.whoFixes ? <> Quem corrige: {liveBatch.whoFixes}.</> : null}
      {liveBatch.bankWords ? (
        <p class="bank-words">
          Palavras do banco: <q>{liveBatch.bankWords}</q>
        </p>
      ) : null}
      {batchId === null ? null : (
        <p>
          <Link to={places.comunicacao(batchId)}>Comunicação {batchId}</Link>
        </p>
      )}
    </div>
  );
}
