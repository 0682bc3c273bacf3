import { randomUUID } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { hashOf, newId, newSecret } from '../../../api/access/secrets';
import { connectHttp } from '../../../client/http';
import { insertUser } from '../../../record/access/users';
import type { HttpImportRow } from '../../../client/http';
import type { Scene } from '../cadastro';
import type { BenchContext } from '../frame';
import type { Imported, ImportFile } from '../import';
import { peakMibOf } from '../usage';

/** A program of somebody else, in calls of at most 50,000 rows; what is measured is the API and its worker. */
export async function importOverHttp(
  { signal }: BenchContext,
  { stack, knex }: Scene,
  { path }: ImportFile,
): Promise<Imported> {
  const { api = 0, worker: workers } = stack.pids();
  const pids = [api, ...workers];
  pids.forEach(forgetPeak);
  const boletos = connectHttp({ baseUrl: stack.api ?? '', token: await giveToken(knex) });
  const began = performance.now();
  const report = await boletos.importRows(rowsOf(path), { idempotencyKey: `bench-${randomUUID()}`, signal });
  const seconds = Number(((performance.now() - began) / 1_000).toFixed(2));
  const peakMib = pids.reduce((sum, pid) => sum + peakMibOf(pid), 0);
  const listed = new Set<number>();
  for await (const { index } of report.lines()) listed.add((index ?? 0) + 1);
  return { seconds, peakMib, listed };
}

async function* rowsOf(path: string): AsyncGenerator<HttpImportRow> {
  for await (const line of createInterface({ input: createReadStream(path) })) yield JSON.parse(line) as HttpImportRow;
}

/** The most it ever held would be that of an earlier file: Linux begins anew (proc(5), clear_refs). */
function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // Where there is no /proc there is no peak either.
  }
}

async function giveToken(knex: Scene['knex']): Promise<string> {
  const [by, token] = [newId('u'), newSecret()];
  await insertUser(knex, {
    ...{ id: by, login: by, name: 'Bench', role: 'administrador', filiais: null, passwordHash: null },
  });
  await knex('api_token').insert({
    ...{ id: newId('t'), token_hash: hashOf(token), name: 'bench', role: 'operador', filiais: null, created_by: by },
    expires_at: knex.raw(`clock_timestamp() + interval '1 day'`),
  });
  return token;
}
