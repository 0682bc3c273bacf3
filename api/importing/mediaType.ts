import { Problem } from '../problem';

export interface BodyFormat {
  format: 'jsonl' | 'csv';
  /** false: also Windows-1252, as spreadsheets write a CSV. */
  utf8: boolean;
}

const formats: Record<string, BodyFormat['format']> = {
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
  'text/csv': 'csv',
};
const UTF8 = /^utf-?8$/i;
const WINDOWS = /^(windows-1252|cp1252|iso-8859-1|latin-?1)$/i;

/** @throws Problem 415 for what cannot be read, with what can. */
export function bodyFormat(contentType: string | undefined, contentEncoding: string | undefined): BodyFormat {
  if (contentEncoding !== undefined && !/^identity$/i.test(contentEncoding.trim()))
    throw new Problem(415, 'corpo_comprimido', 'O corpo não pode vir comprimido.', {
      hint: 'Envie-o sem Content-Encoding; se for grande, divida-o em várias chamadas.',
    });
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim());
  const format = formats[type.toLowerCase()];
  if (!format)
    throw new Problem(415, 'tipo_nao_suportado', 'O corpo deve ser JSON Lines ou CSV.', {
      hint: 'Envie Content-Type: application/x-ndjson (ou application/jsonl) para JSON Lines, text/csv para CSV.',
    });
  const charset = parameters.map((each) => /^charset="?([^"]*)"?$/i.exec(each)?.[1]).find((each) => each !== undefined);
  if (charset === undefined) return { format, utf8: format === 'jsonl' };
  if (UTF8.test(charset)) return { format, utf8: true };
  if (format === 'csv' && WINDOWS.test(charset)) return { format, utf8: false };
  throw new Problem(415, 'codificacao_nao_suportada', `A codificação ${charset.slice(0, 40)} não é aceita.`, {
    hint: format === 'csv' ? 'Use UTF-8 ou Windows-1252.' : 'JSON Lines vem em UTF-8.',
  });
}
