import http, { type ClientRequestArgs } from 'node:http';
import https from 'node:https';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Idle connections end before a usual server (5 s in Node, 60 s in most gateways) ends them. */
const IDLE_MS = 4_000;

export interface ConnectionOptions extends ClientRequestArgs {
  /** Ends a connection that is still being made when nobody waits for it any more. */
  abandoned?: AbortSignal;
}

type OnCreate = (error: Error | null, socket: Duplex) => void;

/** Agents whose sockets reach a request only when TCP, and TLS, are completely established. */
export interface KeepAliveAgents {
  http: http.Agent;
  https: https.Agent;
  /** Drops idle connections that are past their time: the timer that ends them is late when the process was frozen. */
  dropStale(): void;
  destroy(): void;
}

export function createKeepAliveAgents(): KeepAliveAgents {
  const agents = {
    http: new PlainAgent({ keepAlive: true, timeout: IDLE_MS }),
    // Explicit, so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch the check off.
    https: new TlsAgent({ keepAlive: true, timeout: IDLE_MS, rejectUnauthorized: true, minVersion: 'TLSv1.2' }),
  };
  return {
    ...agents,
    dropStale() {
      for (const agent of [agents.http, agents.https])
        for (const sockets of Object.values(agent.freeSockets)) dropStaleSockets(sockets ?? []);
    },
    destroy() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

const idleSince = new WeakMap<Duplex, number>();

function dropStaleSockets(sockets: Socket[]): void {
  const now = performance.now();
  for (let at = sockets.length - 1; at >= 0; at--) {
    const socket = sockets[at];
    if (!socket || now - (idleSince.get(socket) ?? 0) < (socket.timeout ?? IDLE_MS)) continue;
    sockets.splice(at, 1);
    socket.destroy();
  }
}

class PlainAgent extends http.Agent {
  override createConnection(options: ConnectionOptions, onCreate?: OnCreate): undefined {
    handOverWhen('connect', connect(options as Parameters<typeof connect>[0]), options, onCreate);
  }
  override keepSocketAlive(socket: Duplex): boolean {
    idleSince.set(socket, performance.now());
    return keepUnlessRefused(super.keepSocketAlive(socket));
  }
}

class TlsAgent extends https.Agent {
  override createConnection(options: ConnectionOptions & https.RequestOptions, onCreate?: OnCreate): undefined {
    handOverWhen('secureConnect', super.createConnection(options) as Socket, options, onCreate);
  }
  override keepSocketAlive(socket: Duplex): boolean {
    idleSince.set(socket, performance.now());
    return keepUnlessRefused(super.keepSocketAlive(socket));
  }
}

/** Node answers false when the server's Keep-Alive hint is too short to reuse the socket; its types say void. */
function keepUnlessRefused(answer: unknown): boolean {
  return answer !== false;
}

function handOverWhen(ready: 'connect' | 'secureConnect', socket: Socket, options: ConnectionOptions, onCreate?: OnCreate): void {
  const abandon = (): void => void socket.destroy(new Error('connection abandoned'));
  const done = (error: Error | null): void => {
    socket.off(ready, established).off('error', done);
    options.abandoned?.removeEventListener('abort', abandon);
    onCreate?.(error, socket);
  };
  const established = (): void => done(null);
  socket.once(ready, established).once('error', done);
  if (options.abandoned?.aborted) abandon();
  else options.abandoned?.addEventListener('abort', abandon, { once: true });
}
