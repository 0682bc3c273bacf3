import { fixers } from '../domain/catalogue/entry';
import { previaRows } from '../domain/catalogue/previa';
import { SAME_AS_REFUSED, type StillWrong } from '../domain/receivable/stillWrong';
import { fieldName } from './fieldNames';
import { whoFixes } from './whoFixes';

/** What a correction left wrong, for programs and people. Texts are Portuguese. */
export interface StillWrongExplanation {
  code: StillWrong['code'];
  /** By the ERP's name. */
  field: string;
  cause: string;
  advice: string;
  whoFixes: string;
}

/** @param address which of the customer's two addresses the carteira sends */
export function explainStillWrong({ code, field }: StillWrong, address: 'main' | 'billing'): StillWrongExplanation {
  const erpField = fieldName(field, address);
  if (code !== SAME_AS_REFUSED) {
    const { fixer, cause, advice } = previaRows[code];
    return { code, field: erpField, cause, advice, whoFixes: fixers[fixer] };
  }
  return {
    ...{ code, field: erpField, cause: 'O que o banco recusou continua com o mesmo valor.' },
    ...{ advice: 'Corrija o campo que o banco aponta.' },
    whoFixes: fixers[whoFixes({ state: 'rejected', failureKind: 'data', field })],
  };
}
