import { lookup } from 'node:dns/promises';
import { request as requestByHttp, type IncomingMessage } from 'node:http';
import { request as requestByHttps } from 'node:https';
import { addressProblem, isInNetworks, isLoopbackAddress, isPublicAddress } from '../../config/publicAddress';
import { cleanText } from '../../domain/kinds/text';
import type { DeliveryFailure } from '../../domain/webhooks';

const TIMEOUT_MS = 15_000;
/** Nobody waits for the rest of an answer. */
const MAX_ANSWER_BYTES = 4_096;
const MAX_ANSWER_KEPT = 500;

export interface SendResult {
  httpStatus: number | null;
  /** null = taken. */
  failure: DeliveryFailure | null;
  /** The beginning of the answer. */
  answer: string | null;
}

export interface SendOptions {
  /** Whether this machine itself may be called, also by plain http. */
  loopback: boolean;
  /** Private ones that may be called, by https. */
  networks?: readonly string[];
  timeoutMs?: number;
  /** Whether what this machine itself answers is kept; for tests. */
  ownAnswers?: boolean;
  /** All addresses of a name; for tests. */
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>;
}

const systemResolve: NonNullable<SendOptions['resolve']> = (host) => lookup(host, { all: true });

/**
 * Posts to an address that somebody else chose. Its name is resolved once, every address of it must be public or of an
 * allowed network, and the connection goes to one that was judged: a name that answers differently the next time leads nowhere else.
 * Redirections are not followed. Never rejects.
 */
export async function send(
  target: string,
  { headers, body }: { headers: Record<string, string>; body: string },
  { loopback, networks = [], ownAnswers = false, timeoutMs = TIMEOUT_MS, resolve = systemResolve }: SendOptions,
): Promise<SendResult> {
  if (addressProblem(target, { loopback, networks }) !== null) return failed('addressRefused');
  const url = new URL(target);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const deadline = AbortSignal.timeout(timeoutMs);
  let addresses: { address: string; family: number }[];
  try {
    addresses = await Promise.race([resolve(host), aborted(deadline)]);
  } catch {
    return failed(deadline.aborted ? 'timeout' : 'nameUnknown');
  }
  const [first] = addresses;
  if (!first) return failed('nameUnknown');
  const mayGoTo = ({ address }: { address: string }) =>
    // Plain http was allowed for this machine alone, by name or by number.
    url.protocol === 'https:' && !isLoopbackAddress(address)
      ? isPublicAddress(address) || isInNetworks(address, networks)
      : loopback && isLoopbackAddress(address);
  if (!addresses.every(mayGoTo)) return failed('addressRefused');

  // Whoever reads the log is not to read what services of this machine, or of the company, say to each other.
  const keeps = ownAnswers || isPublicAddress(first.address);
  return new Promise<SendResult>((settle) => {
    const request = (url.protocol === 'https:' ? requestByHttps : requestByHttp)(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)) },
        // A connection of its own, to the address that was judged.
        agent: false,
        lookup: (_host, options, callback) =>
          options.all ? callback(null, [first]) : callback(null, first.address, first.family),
        signal: deadline,
      },
      (response) =>
        void read(response).then((answer) => settle(judge(response.statusCode ?? 0, keeps ? answer : null))),
    );
    request.on('error', () => settle(failed(deadline.aborted ? 'timeout' : 'connection')));
    request.end(body);
  });
}

/** At most the beginning; a connection that breaks meanwhile has said enough, the status is known. */
async function read(response: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // What has come is what there is.
  }
  response.destroy();
  // On one line: it is read in lists, and no terminal is to obey it.
  const text = cleanText(
    Buffer.concat(chunks)
      .toString('utf8')
      .replace(/\p{Cc}+/gu, ' '),
    MAX_ANSWER_KEPT,
  ).trim();
  return text === '' ? null : text;
}

function judge(httpStatus: number, answer: string | null): SendResult {
  if (httpStatus >= 200 && httpStatus < 300) return { httpStatus, failure: null, answer };
  const failure = httpStatus === 410 ? 'gone' : httpStatus >= 300 && httpStatus < 400 ? 'redirect' : 'status';
  return { httpStatus, failure, answer };
}

function failed(failure: DeliveryFailure): SendResult {
  return { httpStatus: null, failure, answer: null };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
}
