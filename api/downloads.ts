import { PassThrough } from 'node:stream';
import type { Actor } from './access/actor';
import type { ApiDeps } from './deps';
import { Problem } from './problem';

/** Of one person or token. */
const MOST_OF_ONE = 2;
/** Drawing and packing take the one processor that answers everybody else, too. */
const MOST = 4;
const RETRY_AFTER_SECONDS = 10;
/** A reader that takes nothing for this long gives its place to another. */
const STUCK_MS = 60_000;

export interface Downloads {
  /**
   * A body that is written while it is read: the writer waits for whoever reads, and stops when they go away. It has a
   * place among those that are written at once until it is over, however it ends.
   * @param write ends the output, or throws: then the connection is cut, so that nobody takes a part for the whole
   * @throws Problem 429 `exportacoes_demais`
   */
  start(actor: Pick<Actor, 'id'>, write: (output: PassThrough) => Promise<unknown>): ReadableStream;
}

/** The files that this process writes at once. */
export function createDownloads({ log }: Pick<ApiDeps, 'log'>, stuckMs = STUCK_MS): Downloads {
  const underWay = new Map<string, number>();
  let all = 0;
  const count = (id: string, change: 1 | -1) => {
    all += change;
    const own = (underWay.get(id) ?? 0) + change;
    if (own > 0) underWay.set(id, own);
    else underWay.delete(id);
  };
  return {
    start({ id }, write) {
      if (all >= MOST || (underWay.get(id) ?? 0) >= MOST_OF_ONE)
        throw new Problem(429, 'exportacoes_demais', 'Há arquivos demais sendo gerados.', {
          hint: 'Espere um deles terminar e repita.',
          retryAfterSeconds: RETRY_AFTER_SECONDS,
        });
      count(id, 1);
      return streamed(log, write, { stuckMs, onEnd: () => count(id, -1) });
    },
  };
}

/** As `start` of Downloads, without a place. @param onEnd called once, when nothing more is written or read */
export function streamed(
  log: ApiDeps['log'],
  write: (output: PassThrough) => Promise<unknown>,
  { stuckMs = STUCK_MS, onEnd = () => undefined }: { stuckMs?: number; onEnd?: () => void } = {},
): ReadableStream {
  const output = new PassThrough();
  const body = readable(output, stuckMs);
  output.once('close', onEnd);
  write(output).catch((error: unknown) => {
    if (!output.destroyed) log.error('resposta interrompida', { error });
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  return body;
}

/** Nothing is taken before it is read. Not Readable.toWeb of Node 20, which throws past everybody when a reader leaves. */
function readable(output: PassThrough, stuckMs: number): ReadableStream<Uint8Array> {
  const chunks = output[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let stuck: NodeJS.Timeout | undefined;
  const waitForReader = () => {
    stuck = setTimeout(() => output.destroy(new Error('the reader takes nothing')), stuckMs).unref();
  };
  // Whoever reads sees the cut; here it has been told.
  output.on('error', () => undefined);
  output.once('close', () => clearTimeout(stuck));
  waitForReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        clearTimeout(stuck);
        try {
          const next = await chunks.next();
          if (next.done) return controller.close();
          waitForReader();
          controller.enqueue(next.value);
        } catch (error) {
          controller.error(error);
        }
      },
      cancel: () => void output.destroy(),
    },
    { highWaterMark: 0 },
  );
}

/** Headers of an answer that a browser saves as a file of this name. */
export function download(name: string, type: string): Record<string, string> {
  return { 'Content-Type': type, 'Content-Disposition': `attachment; filename="${name}"`, 'Cache-Control': 'no-store' };
}
