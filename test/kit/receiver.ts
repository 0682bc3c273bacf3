import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** Another program's end of a webhook. */
export interface Receiver {
  url: string;
  port: number;
  received: Received[];
  /** Statuses of the next calls, one each; 200 after them. A function answers by itself. */
  answer(...next: (number | ((response: ServerResponse) => void))[]): void;
  close(): Promise<void>;
}

/** @param port to be found again where it was */
export async function openReceiver(port = 0, host = '127.0.0.1'): Promise<Receiver> {
  const received: Received[] = [];
  let answers: (number | ((response: ServerResponse) => void))[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      received.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      const answer = answers.shift() ?? 200;
      if (typeof answer === 'number') response.writeHead(answer).end(`status ${answer}`);
      else answer(response);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return {
    ...{ url: `http://${host}:${own}/avisos`, port: own, received },
    answer: (...next) => void (answers = next),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
