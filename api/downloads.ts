import { PassThrough } from 'node:stream';
import type { Actor } from './access/actor';
import type { ApiDeps } from './deps';
import { createPlaces } from './places';

/** A reader that takes nothing for this long gives its place to another. */
const STUCK_MS = 60_000;

type Write = (output: PassThrough) => Promise<unknown>;

export interface Downloads {
  /**
   * A body that is written while it is read: the writer waits for whoever reads, and stops when they go away. It has a
   * place among those that are written at once until it is over, however it ends.
   * @param write ends the output, or throws: then the connection is cut, so that nobody takes a part for the whole
   * @param onEnd told once it is over: whether all of it was read
   * @throws Problem 429 `exportacoes_demais`
   */
  start(actor: Pick<Actor, 'id'>, write: Write, onEnd?: (complete: boolean) => void): ReadableStream;
  /** The same for a file of one page, which has places of its own. @throws Problem 429 `documentos_demais` */
  page(actor: Pick<Actor, 'id'>, write: Write): ReadableStream;
}

/** The files that this process writes at once. */
export function createDownloads({ log }: Pick<ApiDeps, 'log'>, stuckMs = STUCK_MS): Downloads {
  const files = createPlaces({
    ...{ mostOfOne: 2, most: 4 },
    refusal: {
      ...{ code: 'exportacoes_demais', title: 'Há arquivos demais sendo gerados.' },
      ...{ hint: 'Espere um deles terminar e repita.', retryAfterSeconds: 10 },
    },
  });
  // One page is soon drawn: whoever stands at the counter does not wait for long files of others.
  const documents = createPlaces({
    ...{ mostOfOne: 2, most: 6 },
    refusal: {
      ...{ code: 'documentos_demais', title: 'Há boletos demais sendo desenhados.' },
      ...{ hint: 'Repita em um segundo; de muitos de uma vez, peça o PDF da comunicação.', retryAfterSeconds: 1 },
    },
  });
  return {
    start({ id }, write, onEnd) {
      const leave = files.take(id);
      return streamed(log, write, {
        stuckMs,
        onEnd(complete) {
          leave();
          onEnd?.(complete);
        },
      });
    },
    page: ({ id }, write) => streamed(log, write, { stuckMs, onEnd: documents.take(id) }),
  };
}

/** @param onEnd called once, when nothing more is written or read */
function streamed(
  log: ApiDeps['log'],
  write: Write,
  { stuckMs, onEnd }: { stuckMs: number; onEnd: (complete: boolean) => void },
): ReadableStream {
  const output = new PassThrough();
  const body = readable(output, stuckMs);
  output.once('close', () => onEnd(output.readableEnded));
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
