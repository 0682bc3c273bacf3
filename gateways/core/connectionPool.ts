import http, { type ClientRequestArgs } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext } from 'node:tls';

/** Idle connections end before the server ends them: 5 s in Node, longer elsewhere, or its own Keep-Alive hint. */
const IDLE_MS = 4_000;

/** An established connection: TCP, and TLS where the address says https, are behind it. */
export interface Connection {
  id: string;
  origin: string;
  socket: Socket;
  /** Why it ended, where it did not simply end. */
  error: Error | null;
}

export interface PooledRequestOptions extends ClientRequestArgs {
  connection?: Connection;
}

/**
 * Connections of one account: made, and chosen, before a request exists, so that what waits for its turn waits with the
 * connection at hand. As an http.Agent it hands exactly the chosen connection to a request, and takes it back after the
 * answer.
 */
export class ConnectionPool extends http.Agent {
  private readonly idle = new Map<string, { connection: Connection; until: number }[]>();
  private readonly connections = new WeakMap<Socket, Connection>();
  private made = 0;
  private retired = false;

  /** @param tls whom the account trusts, and the certificate that it shows */
  constructor(private readonly tls: SecureContext) {
    super({ keepAlive: true, timeout: IDLE_MS });
  }

  /** @throws the socket's own error; nothing was written. */
  async acquire(url: URL, signal: AbortSignal): Promise<Connection> {
    const waiting = this.idle.get(url.origin) ?? [];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { socket } = next.connection;
      // The timer that ends idle connections is late when the process was frozen.
      if (performance.now() >= next.until) socket.destroy();
      if (!isOpen(next.connection)) continue;
      socket.setTimeout(0);
      socket.ref();
      return next.connection;
    }
    return this.connect(url, signal);
  }

  /** For a connection that was acquired and not used. */
  giveBack(connection: Connection): void {
    if (!isOpen(connection)) return;
    if (this.retired) return void connection.socket.destroy();
    connection.socket.setTimeout(IDLE_MS);
    connection.socket.unref();
    this.keepIdle(connection, IDLE_MS);
  }

  override getName(options?: PooledRequestOptions): string {
    return options?.connection?.id ?? super.getName(options);
  }

  override createConnection(options: PooledRequestOptions): Socket {
    if (!options.connection) throw new Error('a request without a connection of this pool');
    return options.connection.socket;
  }

  override keepSocketAlive(socket: Socket): boolean {
    if (this.retired) return false;
    const connection = this.connections.get(socket);
    // Node answers false where the server's Keep-Alive hint is too short; its types say void.
    const allowed = (super.keepSocketAlive(socket) as unknown) !== false;
    if (connection && allowed) this.keepIdle(connection, socket.timeout ?? IDLE_MS);
    return allowed;
  }

  private keepIdle(connection: Connection, ms: number): void {
    const waiting = this.idle.get(connection.origin) ?? [];
    waiting.push({ connection, until: performance.now() + ms });
    this.idle.set(connection.origin, waiting);
  }

  private forget(connection: Connection): boolean {
    const waiting = this.idle.get(connection.origin) ?? [];
    const at = waiting.findIndex((candidate) => candidate.connection === connection);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }

  private async connect(url: URL, signal: AbortSignal): Promise<Connection> {
    const socket = await established(url, signal, this.tls);
    const id = `${url.origin}#${++this.made}`;
    const connection: Connection = { id, origin: url.origin, socket, error: null };
    this.connections.set(socket, connection);
    socket.on('error', (error: Error) => (connection.error = error));
    socket.on('close', () => this.forget(connection));
    socket.on('timeout', () => this.forget(connection) && socket.destroy());
    return connection;
  }

  /** What is under way ends over its connection; nobody gets one again. */
  retire(): this {
    this.retired = true;
    for (const waiting of this.idle.values()) for (const { connection } of [...waiting]) connection.socket.destroy();
    return this;
  }

  override destroy(): void {
    this.retire();
    super.destroy();
  }
}

export function isOpen({ socket }: Connection): boolean {
  return socket.readyState === 'open' && !socket.readableEnded;
}

function established(url: URL, signal: AbortSignal, tls: SecureContext): Promise<Socket> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const port = Number(url.port) || (secure ? 443 : 80);
  // rejectUnauthorized is explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch the check off.
  const socket = secure
    ? connectTls({
        host,
        port,
        ...(isIP(host) ? {} : { servername: host }),
        ALPNProtocols: ['http/1.1'],
        secureContext: tls,
        rejectUnauthorized: true,
      })
    : connect({ host, port });
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const ready = secure ? 'secureConnect' : 'connect';
    const abandon = (): void => void socket.destroy(new Error('abandoned'));
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', abandon);
      socket.off(ready, onReady).off('error', onError).off('close', onClose);
      settle();
    };
    const onReady = (): void => end(() => resolve(socket));
    const onError = (error: Error): void => end(() => reject(error));
    const onClose = (): void => end(() => reject(new Error('closed while connecting')));
    socket.once(ready, onReady).once('error', onError).once('close', onClose);
    if (signal.aborted) abandon();
    else signal.addEventListener('abort', abandon, { once: true });
  });
}
