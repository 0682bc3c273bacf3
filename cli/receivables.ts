import { InvalidArgumentError } from 'commander';
import type { Knex } from 'knex';
import { resolveReceivables } from '../record/receivables/erpKeys';
import { clipped, readErpKey } from '../domain/receivable/erpKey';
import { CliError } from './error';

/* Títulos as people name them on the command line: by the ID da cobrança, or by the ERP's key. */

export function parseReceivable(text: string): string {
  const read = readErpKey(text);
  if ('problem' in read) throw new InvalidArgumentError(read.problem);
  return read.key;
}

/** `1,ACC-2`; the option may also be repeated. */
export function parseReceivables(text: string, earlier: string[] = []): string[] {
  for (const part of text.split(',')) parseReceivable(part);
  return [...earlier, text.trim()];
}

/**
 * A number that is no título's stays: the command says what it thinks of it.
 * @throws CliError exit 1 `titulo_desconhecido`
 */
export async function receivableId(knex: Knex, name: string): Promise<number> {
  return asId(name, (await resolveReceivables(knex, [name]))[0]);
}

/** Of an option's values. @throws as `receivableId` */
export async function receivableIds(knex: Knex, values: readonly string[]): Promise<number[]> {
  // A key may have a comma of its own.
  const whole = await resolveReceivables(knex, values);
  const names = values.flatMap((value, at) =>
    whole[at] == null ? value.split(',').map((part) => part.trim()) : [value],
  );
  const ids = await resolveReceivables(knex, names);
  return names.map((name, at) => asId(name, ids[at]));
}

function asId(name: string, found: number | null | undefined): number {
  if (found != null) return found;
  if (/^[1-9]\d{0,14}$/.test(name)) return Number(name);
  throw unknown(name);
}

function unknown(name: string): CliError {
  return new CliError(1, 'titulo_desconhecido', `o título ${clipped(name)} não existe`, 'confira o ID da cobrança');
}
