import { execFile } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../stack/root';
import type { Bench, BenchContext, Goal } from './frame';

const run = promisify(execFile);
const FEW = 500;
const MANY = 5_000;
/** Ten times the pages: what grows with them shows. */
const MOST_TIMES_THE_MEMORY = 1.6;

/** The PDF of a few boletos beside that of ten times as many, each by a process of its own. */
export const documents: Bench = {
  name: 'documents',
  title: `PDF de ${FEW} e de ${MANY} boletos: a memória não cresce com eles`,
  run: measureMemory,
};

async function measureMemory({ measure, signal }: BenchContext): Promise<Goal[]> {
  const few = await write(FEW, signal);
  measure({ boletos: FEW, ...few });
  const many = await write(MANY, signal);
  measure({ boletos: MANY, ...many });
  const ratio = Math.round((many.peakMegabytes / few.peakMegabytes) * 100) / 100;
  return [{ goal: 'documents.memoryRatio', value: ratio, atMost: MOST_TIMES_THE_MEMORY }];
}

async function write(boletos: number, signal: AbortSignal) {
  const file = join(tmpdir(), `boletos-${process.pid}-${boletos}.pdf`);
  try {
    const began = performance.now();
    const program = join(root, 'tools/bench/writeDocuments.ts');
    const { stdout } = await run(process.execPath, ['--import', 'tsx', program, String(boletos), file], {
      cwd: root,
      signal,
    });
    const seconds = Math.round((performance.now() - began) / 1_000);
    const { peakMegabytes } = JSON.parse(stdout) as { peakMegabytes: number };
    const { size } = await stat(file);
    return { peakMegabytes, seconds, megabytes: Math.round(size / 1e6) };
  } finally {
    await rm(file, { force: true });
  }
}
