import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { connectHttp, type HttpBatch } from '../../client/http';

/** Pages of an ERP with its button. The browser speaks to the ERP alone, whose sign-in guards it; the token stays here. */
export function createErp(options: { baseUrl: string; token: string; carteiraId: number }): Server {
  const boletos = connectHttp(options);
  return createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://erp');
    if (pathname === '/comunicar' && request.method === 'POST')
      boletos.start({ carteiraId: options.carteiraId, idempotencyKey: searchParams.get('vez') ?? '' }).then(
        ({ batchId }) => response.end(JSON.stringify({ batchId })),
        (error: unknown) => response.end(JSON.stringify({ erro: wordsOf(error) })),
      );
    else if (pathname === '/andamento') void relay(boletos.batch(searchParams.get('comunicacao') ?? ''), response);
    else response.setHeader('Content-Type', 'text/html; charset=utf-8').end(readFileSync(join(__dirname, 'page.html')));
  });
}

/** What happens in the batch, as it happens, until people are asked or it has ended. */
async function relay(batch: HttpBatch, response: ServerResponse): Promise<void> {
  const left = new AbortController();
  response.on('close', () => left.abort()).setHeader('Content-Type', 'text/event-stream');
  const tell = (what: object) => response.write(`data: ${JSON.stringify(what)}\n\n`);
  try {
    for await (const { phaseLabel, counts } of batch.follow({ signal: left.signal })) {
      const [registrados, total] = [counts.byState.registered, counts.total];
      tell({ texto: `${phaseLabel}: ${registrados} de ${total} registrados`, registrados, total: total || 1 });
    }
  } catch (error) {
    tell({ texto: wordsOf(error), registrados: 0, total: 1 });
  }
  response.end(`data: ${JSON.stringify({ fim: true })}\n\n`);
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
