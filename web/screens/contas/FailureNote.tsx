import type { Titulo } from '../../../contract/receivable';
import { BankWords } from '../../parts/BankWords';
import { Link, places } from '../../router';
import { StillWrongList } from './DoubtsNote';
import { fieldLabel } from './fields';
import { splitWords } from './splitWords';

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
  if (titulo.stillWrong.length > 0)
    return (
      <div class="note note-warn" role="status">
        <strong>Ainda com pendência: não conta como corrigido.</strong>
        <StillWrongList stillWrong={titulo.stillWrong} />
        {liveBatch?.cause ? (
          <details>
            <summary>O que havia falhado</summary>
            <p>
              {liveBatch.cause} {liveBatch.advice}
            </p>
            <BankWords {...splitWords(liveBatch.bankWords)} />
          </details>
        ) : null}
      </div>
    );
  if (!liveBatch?.cause)
    return guilty && !saved ? <p class="note note-warn">Confira o campo {fieldLabel(guilty)}.</p> : null;
  const field = guilty ?? liveBatch.fieldName;
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
