import { clipped } from '../../domain/receivable/erpKey';
import { amountForm } from './forms';
import { lineCutOff, lineTooLong, MAX_LINE, type Line, type RawRecord } from './lines';
import { importTypes, type ImportType } from '../../domain/receivable/imports';
import { fieldsOf } from './schemas';

/**
 * Reads a CSV file (RFC 4180, `;` or `,`): one type a file, given or recognised by the header.
 * A record is named by the line it begins in.
 */
export async function* readCsv(lines: AsyncIterable<Line>, given: ImportType | null): AsyncGenerator<RawRecord> {
  let header: Header | null = null;
  let open: { line: number; text: string } | null = null;
  for await (const line of lines) {
    if (line.tooLong) yield lineTooLong(line.number);
    else if (header === null) {
      if (line.text.trim() === '') continue;
      const read = readHeader(line.text, given);
      if ('problem' in read) {
        yield { line: line.number, field: null, code: 'cabecalho_invalido', problem: read.problem };
        return;
      }
      header = read;
    } else {
      // A quoted field may hold line breaks: the record goes on until its quotes are closed.
      const record: { line: number; text: string } = open
        ? { line: open.line, text: `${open.text}\n${line.text}` }
        : { line: line.number, text: line.text };
      open = endsInQuotes(record.text, header.delimiter) ? record : null;
      if (open && open.text.length > MAX_LINE) break;
      if (open && !line.ended) {
        yield lineCutOff(open.line);
        return;
      }
      if (!open && record.text.trim() !== '') yield readRecord(record, header, line.ended);
    }
  }
  if (open) yield { ...unclosed, line: open.line };
}

const unclosed = {
  field: null,
  code: 'linha_ilegivel',
  problem: 'abre aspas que não são fechadas; o resto do arquivo não foi lido',
} as const;

interface Header {
  names: string[];
  delimiter: string;
  type: ImportType;
  /** Columns of amounts. */
  amounts: readonly string[];
  /** An amount of this file has its cents behind a dot. */
  dotOfCents: boolean;
  /** Behind a comma. */
  commaOfCents: boolean;
}

/** What stands for the bytes of a character that the end of the file cut in two. */
const HALF_A_CHARACTER = '\ufffd';

function readRecord({ line, text }: { line: number; text: string }, header: Header, ended: boolean): RawRecord {
  const { names, delimiter, type } = header;
  const cells = splitRecord(text, delimiter);
  if (typeof cells === 'string') return { line, field: null, code: 'linha_ilegivel', problem: cells };
  if (!ended && (cells.length < names.length || text.endsWith(HALF_A_CHARACTER))) return lineCutOff(line);
  if (cells.length === names.length)
    return {
      line,
      type,
      fields: withClearAmounts(header, Object.fromEntries(names.map((name, at) => [name, cells[at]]))),
    };
  return {
    line,
    field: null,
    code: 'linha_ilegivel',
    problem: `tem ${cells.length} colunas, e o cabeçalho tem ${names.length} (faltam aspas em um campo com "${delimiter}"?)`,
  };
}

/**
 * In a file that has cents behind a comma the dot is for thousands: `19.990` is R$ 19.990,00 from there on. Before, in one
 * that has cents behind a dot, and where the comma separates, nobody can tell, and the amount is refused as it is.
 */
function withClearAmounts(header: Header, fields: Record<string, string | undefined>): Record<string, unknown> {
  for (const name of header.amounts) {
    const text = fields[name]?.trim() ?? '';
    if (/^\d+\.\d{1,2}$/.test(text)) header.dotOfCents = true;
    else if (header.delimiter === ';' && /,\d{1,2}$/.test(text)) header.commaOfCents = true;
    else if (header.commaOfCents && !header.dotOfCents && /^[1-9]\d{0,2}\.\d{3}$/.test(text))
      fields[name] = `${text},00`;
  }
  return fields;
}

function endsInQuotes(text: string, delimiter: string): boolean {
  let inside = false;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) {
    if (inside) {
      if (text[at + 1] === '"') at += 1;
      else inside = false;
    } else if (at === 0 || text[at - 1] === delimiter) inside = true;
  }
  return inside;
}

/** @returns the cells, or a Portuguese problem. */
function splitRecord(text: string, delimiter: string): string[] | string {
  const cells: string[] = [];
  for (let at = 0; ;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at);
      cells.push(end < 0 ? text.slice(at) : text.slice(at, end));
      if (end < 0) return cells;
      at = end + 1;
      continue;
    }
    let close = text.indexOf('"', at + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) return 'abre aspas que não são fechadas';
    cells.push(text.slice(at + 1, close).replaceAll('""', '"'));
    if (close + 1 === text.length) return cells;
    if (text[close + 1] !== delimiter) return `tem texto depois das aspas do campo ${cells.length}`;
    at = close + 2;
  }
}

function readHeader(text: string, given: ImportType | null): Header | { problem: string } {
  const delimiter = text.split(';').length >= text.split(',').length ? ';' : ',';
  const cells = splitRecord(text, delimiter);
  if (typeof cells === 'string') return { problem: `o cabeçalho ${cells}` };
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (repeated) return { problem: `o cabeçalho tem a coluna ${clipped(repeated)} duas vezes` };
  const type = given ?? recognise(names);
  if (!type)
    return {
      problem: `o cabeçalho não é o de nenhum tipo: ${importTypes.map((known) => `${known} precisa de ${requiredOf(known).join(', ')}`).join('; ')}. O separador é ";" ou ","`,
    };
  const missing = requiredOf(type).filter((name) => !names.includes(name));
  if (missing.length > 0)
    return { problem: `faltam no cabeçalho colunas obrigatórias de ${type}: ${missing.join(', ')}` };
  const amounts = fieldsOf(type).flatMap(({ name, info }) =>
    info.form === amountForm && names.includes(name) ? [name] : [],
  );
  return { names, delimiter, type, amounts, dotOfCents: false, commaOfCents: false };
}

/** The type whose required fields are all there; of several, the one that knows most of the columns. */
function recognise(names: string[]): ImportType | null {
  const known = (type: ImportType) => fieldsOf(type).filter(({ name }) => names.includes(name)).length;
  const [best] = importTypes
    .filter((type) => requiredOf(type).every((name) => names.includes(name)))
    .toSorted((a, b) => known(b) - known(a));
  return best ?? null;
}

function requiredOf(type: ImportType): string[] {
  return fieldsOf(type)
    .filter(({ required }) => required)
    .map(({ name }) => name);
}
