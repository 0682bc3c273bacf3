import { parseArgs } from 'node:util';
import { parseLocalDate, saoPauloDate } from '../domain/dates';
import { DEFAULT_SEED, generateExamples, writeExamples } from './generate';

/** `tsx examples/main.ts PASTA [--hoje AAAA-MM-DD] [--semente N]` */
async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { hoje: { type: 'string' }, semente: { type: 'string' } },
  });
  const [folder] = positionals;
  const today = values.hoje === undefined ? saoPauloDate(new Date()) : parseLocalDate(values.hoje);
  const seed = Number(values.semente ?? DEFAULT_SEED);
  if (folder === undefined || today === null || !Number.isInteger(seed)) {
    console.error('uso: tsx examples/main.ts PASTA [--hoje AAAA-MM-DD] [--semente N]');
    process.exitCode = 2;
    return;
  }
  const files = await writeExamples(folder, generateExamples({ today, seed }));
  for (const path of [...files.imports, files.bankFacts, files.corrections]) console.log(path);
}

void main();
