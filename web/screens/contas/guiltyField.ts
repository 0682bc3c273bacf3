import type { Titulo } from '../../../contract/receivable';
import { isFormField } from './fields';
import type { Check } from './useValidation';

/**
 * The field in which a título is mended, by the ERP's name: what a correction left wrong, what the link named, what its
 * communication was refused for, and, where it is in none, what the prévia finds.
 * @param asItIs undefined while it is asked for
 */
export function guiltyField(titulo: Titulo, named: string | null, asItIs: Check | undefined): string | null {
  const { stillWrong, liveBatch, corrected } = titulo;
  const candidates = [
    ...stillWrong.map(({ field }) => field),
    ...(named === null ? [] : [named]),
    ...(corrected ? [] : [liveBatch?.fieldName ?? '']),
    ...(asItIs?.fields ?? []).map(({ field }) => field),
  ];
  return candidates.find(isFormField) ?? null;
}
