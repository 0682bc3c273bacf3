import { AxiosHeaders, type AxiosAdapter } from 'axios';
import http, { type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { Connection, ConnectionPool, PooledRequestOptions } from './connectionPool';

/** The answer is longer than the caller takes, as it is or unpacked. */
export class AnswerTooLarge extends Error {}

export interface AdapterHooks {
  /** The request has its socket; in the same turn of the event loop Node writes it, unless it is destroyed here. */
  onSocket(outgoing: ClientRequest, socket: Socket): void;
  onHead(status: number | null): void;
}

/**
 * axios' documented extension point: one request over a connection that is already there, the answer as a Buffer of at
 * most `maxBytes`. It leaves out what axios' own adapter for Node has around this (redirects, proxies, streams, forms),
 * which we use nothing of and which costs more than the request (docs/performance.md).
 */
export function overConnection(
  pool: ConnectionPool,
  connection: Connection,
  maxBytes: number,
  hooks: AdapterHooks,
): AxiosAdapter {
  return async (config) => {
    const url = new URL(config.url ?? '');
    const body = config.data as string | undefined;
    const options: PooledRequestOptions = {
      method: (config.method ?? 'get').toUpperCase(),
      // What is spoken over the connection is HTTP, whether the connection itself is secure or not.
      protocol: 'http:',
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || 80,
      path: `${url.pathname}${url.search}`,
      headers: {
        ...(config.headers.toJSON() as OutgoingHttpHeaders),
        ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
      },
      agent: pool,
      connection,
    };
    const { response, bytes } = await new Promise<{ response: IncomingMessage; bytes: Buffer }>((resolve, reject) => {
      const outgoing = http.request(options, (response) => {
        hooks.onHead(response.statusCode ?? null);
        readBody(response, maxBytes).then((bytes) => resolve({ response, bytes }), reject);
      });
      outgoing.once('error', reject).once('socket', (socket) => hooks.onSocket(outgoing, socket));
      config.signal?.addEventListener?.('abort', () => {
        outgoing.destroy();
        reject(new Error('aborted'));
      });
      outgoing.end(body);
    });
    return {
      data: await unpacked(bytes, response.headers['content-encoding'], maxBytes),
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? '',
      headers: new AxiosHeaders(response.headers as Record<string, string>),
      config,
      request: null,
    };
  };
}

/** @throws AnswerTooLarge, or the connection's own error when it ends before the body does. */
function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxBytes) response.destroy(new AnswerTooLarge());
    });
    response.once('error', reject).once('end', () => resolve(Buffer.concat(chunks, length)));
  });
}

const unpackers: Readonly<Record<string, (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/** We ask for nothing packed; a machine in front of the bank may pack it all the same. */
async function unpacked(bytes: Buffer, encoding: string | undefined, maxBytes: number): Promise<Buffer> {
  const unpack = unpackers[encoding?.trim().toLowerCase() ?? ''];
  if (!unpack || bytes.length === 0) return bytes;
  try {
    return await unpack(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new AnswerTooLarge();
    throw error;
  }
}
