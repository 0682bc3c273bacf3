/** Digits in a run that could be somebody's number: five or more, with the punctuation that CPF, CNPJ, CEP and phones have. */
const LONG_NUMBER = String.raw`\d(?:[./ -]?\d){4,}`;
const EMAIL = String.raw`[\w.+-]+@[\w-]+(?:\.[\w-]+)+`;

/** SQL of a bank's words fit to be shown apart from their título: long numbers and e-mail addresses are masked. */
export function maskedWords(column: string): string {
  return replaced(replaced(column, EMAIL, '***@***'), LONG_NUMBER, '***');
}

/** SQL of a bank's words without what differs from título to título: numbers, and what the adapter masked. */
export function sameWords(column: string): string {
  return `lower(${replaced(replaced(replaced(column, EMAIL, '#'), String.raw`\S*\*+\S*`, '#'), String.raw`#?\d+(?:[.,/: -]*[#\d])*|#(?: #)+`, '#')})`;
}

function replaced(expression: string, pattern: string, by: string): string {
  // knex reads a question mark as a binding.
  return `regexp_replace(${expression}, '${pattern.replaceAll("'", "''").replaceAll('?', '\\?')}', '${by}', 'g')`;
}
