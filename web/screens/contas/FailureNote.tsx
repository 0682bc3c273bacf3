import type { Titulo } from '../../api/types';
import { BankWords } from '../../parts/BankWords';
import { Link, places } from '../../router';
import { fieldLabel } from './fields';

interface FailureNoteProps {
  titulo: Titulo;
  guilty: string | null;
  batchId: string | null;
  /** A correction was stored just now. */
  saved: boolean;
}

/** Why one came here: what failed, how it is corrected, in which field, and the bank's words. */
export function FailureNote({ titulo, guilty, batchId, saved }: FailureNoteProps) {
  const { liveBatch, corrected } = titulo;
  if (liveBatch?.cause && corrected)
    return (
      <div class="note note-good" role="status">
        <strong>Corrigido: volte e refaça a comunicação.</strong>
        <details>
          <summary>O que havia falhado</summary>
          <p>
            {liveBatch.cause} {liveBatch.advice}
          </p>
          <BankWords {...splitWords(liveBatch.bankWords)} />
        </details>
      </div>
    );
  if (!liveBatch?.cause)
    return guilty && !saved ? <p class="note note-warn">Confira o campo {fieldLabel(guilty)}.</p> : null;
  const field = guilty ?? liveBatch.field;
  return (
    <div class="note note-warn">
      <strong>{liveBatch.cause}</strong> {liveBatch.advice}
      {field ? <> Campo: {fieldLabel(field)}.</> : null}
      {liveBatch.whoFixes ? <> Quem corrige: {liveBatch.whoFixes}.</> : null}
      <BankWords {...splitWords(liveBatch.bankWords)} />
      {batchId === null ? null : (
        <p>
          <Link to={places.comunicacao(batchId)}>Comunicação {batchId}</Link>
        </p>
      )}
    </div>
  );
}

/** The API joins the code, which has no space, and the message. */
function splitWords(words: string | null): { code: string | null; message: string | null } {
  if (words === null) return { code: null, message: null };
  const [first = '', ...rest] = words.split(' ');
  return /^[A-Za-z0-9._-]+$/.test(first) && rest.length > 0
    ? { code: first, message: rest.join(' ') }
    : { code: null, message: words };
}
