/**
 * The ERP's own name of a filial, carteira, cliente or título: digits in most ERPs, `ACC-SINV-2026-00012` in some.
 * Case tells keys apart; the leading zeros of a number do not: one program writes 7 where another writes 007.
 */
export const MAX_KEY = 60;

/** Twelve digits leave room for the own references that banks accept. */
const NUMBER = /^[1-9]\d{0,11}$/;
/** Taken for a key, a título that has the number itself would be another one, and charged again. */
const SPREADSHEET_NUMBER = /^(\d{1,3}([.,]\d{3})+|\d+[.,]0+|\d([.,]\d+)?E\+?\d+)$/i;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u;
const CLIPPED = 40;

/** Spaces around it, and how its accents are composed, are not part of a key. */
export function readErpKey(text: string): { key: string } | { problem: string } {
  const key = text
    .trim()
    .normalize('NFC')
    .replace(/^0+(?=\d+$)/, '');
  if (key === '') return { problem: 'não pode vir vazio' };
  if (SPREADSHEET_NUMBER.test(key))
    return {
      problem: `"${clipped(key)}" parece um número como a planilha o mostra: escreva-o sem pontos, casas decimais nem expoente`,
    };
  const length = [...key].length;
  if (length > MAX_KEY)
    return { problem: `"${clipped(key)}" tem ${length} caracteres; o máximo de uma chave é ${MAX_KEY}` };
  if (UNPRINTABLE.test(key))
    return { problem: `"${printable(clipped(key))}" tem um caractere que não se vê; uma chave só tem os que se veem` };
  return { key };
}

/** The id that a key of digits has by itself; null = it takes one of ours. */
export function numberOfKey(key: string): number | null {
  return NUMBER.test(key) ? Number(key) : null;
}

/** What people and programs call it by: the key where that is not the id itself. */
export function nameOf({ id, erpKey }: { id: number; erpKey: string | null }): string {
  return erpKey ?? String(id);
}

/** Enough of a text to recognise it. */
export function clipped(text: string): string {
  const beginning = [...text.slice(0, 2 * CLIPPED)];
  return beginning.length <= CLIPPED ? text : `${beginning.slice(0, CLIPPED).join('')}…`;
}

function printable(text: string): string {
  return text.replace(new RegExp(UNPRINTABLE, 'gu'), '?');
}
