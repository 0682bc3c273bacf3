import { parseArgs } from 'node:util';
import { parseLocalDate, saoPauloDate } from '../domain/kinds/dates';
import { generateExamples, writeExamples } from './generate';

/** `tsx examples/main.ts PASTA [--hoje AAAA-MM-DD] [--semente N]` */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { hoje: { type: 'string' }, semente: { type: 'string' } },
  });
  const [folder] = positionals;
  const today = values.hoje === undefined ? saoPauloDate(new Date()) : parseLocalDate(values.hoje);
  const seed = values.semente === undefined ? undefined : Number(values.semente);
  if (folder === undefined || today === null || (seed !== undefined && !Number.isInteger(seed))) {
    console.error('uso: tsx examples/main.ts PASTA [--hoje AAAA-MM-DD] [--semente N]');
    process.exitCode = 2;
    return;
  }
  const files = await writeExamples(folder, generateExamples({ today, ...(seed === undefined ? {} : { seed }) }));
  for (const path of [...files.imports, files.bankFacts, files.corrections]) console.log(path);
}

void main();
