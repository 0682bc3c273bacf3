import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A TCP server that counts what reaches it and answers as it is told: for what an HTTP server would hide. */
export interface RawServer {
  url: string;
  port: number;
  /** Bytes received so far, over all connections. */
  bytes(): number;
  /** Complete requests (heads) received so far. */
  requests(): number;
  connections(): number;
  close(): Promise<void>;
}

/** @param onRequest is given the socket each time the head of a request was received. */
export async function startRawServer(
  onRequest: (socket: Socket, nth: number) => void,
  onConnection: (socket: Socket) => void = () => undefined,
): Promise<RawServer> {
  let bytes = 0;
  let requests = 0;
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    onConnection(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      bytes += data.length;
      const heads = data.toString('latin1').split('\r\n\r\n').length - 1;
      for (let at = 0; at < heads; at++) onRequest(socket, ++requests);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    bytes: () => bytes,
    requests: () => requests,
    connections: () => connections,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export function answer(socket: Socket, body: string, headers = '', status = '200 OK'): void {
  socket.write(`HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`);
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startRawServer(() => undefined);
  await server.close();
  return server.port;
}
