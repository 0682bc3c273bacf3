import { lineCutOff, lineTooLong, type Line, type RawRecord } from './lines';
import { importTypes, type ImportType } from '../../domain/receivable/imports';

/** Reads one JSON object a line; blank lines are passed over. */
export async function* readJsonLines(lines: AsyncIterable<Line>): AsyncGenerator<RawRecord> {
  for await (const line of lines) {
    if (line.tooLong) yield lineTooLong(line.number);
    else if (line.text.trim() !== '') yield readJsonLine(line);
  }
}

function readJsonLine({ number: line, text, ended }: Line): RawRecord {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    if (!ended) return lineCutOff(line);
    return { line, field: null, code: 'linha_ilegivel', problem: 'não é um objeto JSON inteiro em uma linha' };
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return { line, field: null, code: 'linha_ilegivel', problem: 'deve ser um objeto JSON { … }' };
  const { type, ...fields } = parsed as Record<string, unknown>;
  if (typeof type === 'string' && (importTypes as readonly string[]).includes(type))
    return { line, type: type as ImportType, fields };
  const problem = type === undefined ? 'falta o tipo' : 'não é um tipo conhecido';
  return { line, field: 'type', code: 'tipo_desconhecido', problem: `${problem}: use um de ${importTypes.join(', ')}` };
}
