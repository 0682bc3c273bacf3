import { cnpj, cpf } from 'cpf-cnpj-validator';

/** Whether the text is a CPF: exactly 11 digits, without punctuation, check digits right, not one digit eleven times. */
export function isCpf(text: string): boolean {
  return /^\d{11}$/.test(text) && cpf.isValid(text, true);
}

/**
 * Whether the text is a CNPJ: exactly 14 characters without punctuation, the first 12 digits or upper-case letters
 * (alphanumeric since July 2026, IN RFB 2.229/2024), the check digits right.
 */
export function isCnpj(text: string): boolean {
  return /^[0-9A-Z]{12}\d{2}$/.test(text) && cnpj.isValid(text, true);
}
