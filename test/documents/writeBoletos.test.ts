import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { PrintableBoleto } from '../../domain/receivable/printable';
import { writeBoletos } from '../../documents/writeBoletos';
import { eachOf, printableBoleto } from './printable';

/** Takes what is written, one chunk at a time and never at once; keeps only the number of bytes. */
function slowSink(): { output: Writable; bytes(): number } {
  let bytes = 0;
  const output = new Writable({
    highWaterMark: 4_096,
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      setImmediate(done);
    },
  });
  return { output, bytes: () => bytes };
}

test('each boleto is one page of a PDF that is whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'boletos-pdf-'));
  try {
    const file = join(folder, 'a.pdf');
    const list = [printableBoleto({ pix: true }), printableBoleto(), printableBoleto({ homologation: true })];
    expect(await writeBoletos(eachOf(list), createWriteStream(file))).toBe(3);
    const text = (await readFile(file)).toString('latin1');
    expect(text.startsWith('%PDF-')).toBe(true);
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true);
    expect(text.match(/\/Type \/Page\b/g)).toHaveLength(3);
    expect(text).toContain('/MediaBox [0 0 595.28 841.89]');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('no boleto is fetched while the output does not take more: pages never pile up', async () => {
  const { output, bytes } = slowSink();
  let [ahead, fetched] = [0, 0];
  const page = 9_000;
  async function* many(): AsyncGenerator<PrintableBoleto> {
    for (; fetched < 60; fetched += 1) {
      ahead = Math.max(ahead, fetched * page - bytes());
      yield printableBoleto({ pix: true, receivableId: fetched });
    }
  }
  expect(await writeBoletos(many(), output)).toBe(60);
  expect(bytes()).toBeGreaterThan(60 * (page / 2));
  expect(ahead).toBeLessThan(4 * page);
});

test('of a page that has left almost nothing stays in memory', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const pages = 100;
  const heaps: number[] = [];
  async function* many(): AsyncGenerator<PrintableBoleto> {
    for (let fetched = 0; fetched <= 4 * pages; fetched += 1) {
      if (fetched % pages === 0) {
        collect();
        heaps.push(process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers);
      }
      yield printableBoleto({ pix: true, receivableId: fetched });
    }
  }
  await writeBoletos(many(), slowSink().output);
  // What this process does for the first time costs memory once; pages that stayed would cost it every time.
  const bytesPerPage = Math.min(...heaps.slice(1).map((heap, index) => (heap - (heaps[index] ?? 0)) / pages));
  // A page is some 9 kB in the file, and many times that while it is drawn.
  expect(bytesPerPage).toBeLessThan(4_000);
});

test('an output that fails ends the source and says why', async () => {
  let fetched = 0;
  async function* endless(): AsyncGenerator<PrintableBoleto> {
    for (;;) {
      fetched += 1;
      yield printableBoleto();
    }
  }
  const output = new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    },
  });
  await expect(writeBoletos(endless(), output)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(fetched).toBeLessThan(10);
});

test('a source that fails ends the output without a whole PDF', async () => {
  const { output } = slowSink();
  async function* failing(): AsyncGenerator<PrintableBoleto> {
    yield printableBoleto();
    throw new Error('the record is gone');
  }
  await expect(writeBoletos(failing(), output)).rejects.toThrow('the record is gone');
  expect(output.destroyed).toBe(true);
  expect(output.writableFinished).toBe(false);
});
