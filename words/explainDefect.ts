import { fixers, type Fixer } from '../domain/catalogue/entry';
import { previaRows, type PreviaCode } from '../domain/catalogue/previa';
import { fieldName } from './fieldNames';

/** What a defect that the prévia found says, for programs and people. Texts are Portuguese. */
export interface DefectExplanation {
  code: PreviaCode;
  /** In domain words. */
  field: string;
  /** By the ERP's name, as a correction takes it. */
  erpField: string;
  fixer: Fixer;
  whoFixes: string;
  cause: string;
  advice: string;
}

/** @param address which of the customer's two addresses the carteira sends */
export function explainDefect(
  { code, field }: { code: PreviaCode; field: string },
  address: 'main' | 'billing',
): DefectExplanation {
  const { fixer, cause, advice } = previaRows[code];
  return { code, field, erpField: fieldName(field, address), fixer, whoFixes: fixers[fixer], cause, advice };
}
