import type { AccountCheck } from '../../../domain/account/accountCheck';
import type {
  CallContext,
  Gateway,
  GatewayAccount,
  GatewayCapabilities,
  LookAsked,
  LookResult,
  Quota,
  Sought,
} from '../../../domain/gateway';
import { hostOf, noAnswer, refusedAlike, type Problem } from '../../../gateways/core/accountProblems';
import { classifyNoAnswer, cleaned } from '../../../gateways/core/classified';
import { toExchange, toFailure, unusable, withoutBody } from '../../../gateways/core/exchange';
import { isRecord, parseJson, text } from '../../../gateways/core/json';
import { readToken } from '../../../gateways/core/oauth';
import { createMask, printableMessage, type Mask } from '../../../gateways/core/printable';
import { createTransport, type HttpOutcome, type HttpRequest } from '../../../gateways/core/transport';
import { inventedCodec, inventedLayout } from './codec';
import { chargeOf, classifyAnswer, readCharge, readError, readPage, toBody } from './wire';

const PAGE = 100;

function capabilitiesOf({ settleMs, staleMs, quota }: InventedOptions): GatewayCapabilities {
  return {
    registration: { firstLookMs: settleMs, longestMs: 60_000 },
    numbering: 'bank',
    idempotency: 'key',
    settleMs,
    staleMs,
    absenceLooks: 2,
    quarantineMs: 0,
    pixLater: false,
    limits: {
      register: { calls: 50, windowMs: 1_000, quota: quota ?? { calls: 10_000, per: 'day' } },
      read: { calls: 50, windowMs: 1_000 },
      list: { calls: 10, windowMs: 1_000 },
    },
    routes: { list: 'list', lookMany: 'list' },
  };
}

export interface InventedOptions {
  settleMs: number;
  staleMs: number;
  quota?: Quota;
}

/** A bank that nobody has: it accepts, registers later, numbers by itself, and wants a certificate with each call. */
export function createInvented(options: InventedOptions): Gateway {
  const transport = createTransport({ simulated: true });

  async function call(request: HttpRequest, payer: Sought['payer'], context: CallContext, keepsBody = true) {
    const started = performance.now();
    const outcome = await transport.exchange(request);
    const mask = maskFor(context.account, context.token.value, payer);
    const shown = keepsBody ? outcome : withoutBody(outcome);
    return { outcome, mask, exchange: toExchange(request, shown, performance.now() - started, mask) };
  }

  const askToken = (account: GatewayAccount, timeoutMs: number): Promise<HttpOutcome> =>
    transport.exchange({
      ...calledBy(account),
      method: 'POST',
      url: account.authUrl ?? '',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        client_id: account.credentials.clientId ?? '',
        client_secret: account.credentials.clientSecret ?? '',
      }).toString(),
      timeoutMs,
      permit: () => Promise.resolve(),
      maySend: () => true,
    });

  async function find(asked: LookAsked, context: CallContext): Promise<LookResult> {
    const { sought, bankId } = asked;
    const path =
      bankId === null
        ? `?${new URLSearchParams({ seuNumero: sought.ownReference ?? '' }).toString()}`
        : `/${encodeURIComponent(bankId)}`;
    const { outcome, exchange, mask } = await call(toRequest('GET', path, context), sought.payer, context);
    if (outcome.kind !== 'answered') return unusable(classifyNoAnswer(outcome), mask, exchange);
    const answer = outcome.status === 200 ? parseJson(outcome.body) : undefined;
    const page = readPage(answer);
    const charge = page ? chargeOf(asked, page.charges) : answer;
    if (page && !charge) return { kind: 'notFound', exchange };
    const shown = readCharge(charge);
    if (shown) return { ...shown, exchange };
    if (outcome.status === 404 && readError(outcome.body)?.code === 'NAO_ENCONTRADA')
      return { kind: 'notFound', exchange };
    return unusable(classifyAnswer(outcome), mask, exchange);
  }

  return {
    ...inventedCodec,
    capabilities: capabilitiesOf(options),
    codes: inventedLayout,
    async authenticate(account, timeoutMs) {
      return readToken(await askToken(account, timeoutMs), maskFor(account, '', undefined), classifyAnswer);
    },
    async register(snapshot, context) {
      const request = toRequest('POST', '', context, toBody(snapshot), {
        'Idempotency-Key': snapshot.idempotencyKey ?? snapshot.ownReference,
      });
      const { outcome, exchange, mask } = await call(request, snapshot.payer, context);
      if (outcome.kind !== 'answered') return toFailure(classifyNoAnswer(outcome), mask, exchange);
      const answer = outcome.status === 202 ? parseJson(outcome.body) : undefined;
      const bankId = isRecord(answer) ? text(answer.id) : '';
      if (!bankId) return toFailure(classifyAnswer(outcome), mask, exchange);
      const message = 'O banco aceitou o boleto, e ainda não o registrou.';
      return { kind: 'inProgress', sent: true, code: '', message, field: null, retryAfterMs: null, bankId, exchange };
    },
    look: (sought, bankId, context) => find({ sought, bankId }, context),
    lookMany: {
      atMost: PAGE,
      async look(asked, context) {
        const dates = asked.map(({ sought }) => sought.dueDate ?? '').sort();
        const period = new URLSearchParams({ de: dates[0] ?? '', ate: dates.at(-1) ?? '' });
        const request = toRequest('GET', `?${period.toString()}`, context);
        const { outcome, exchange, mask } = await call(request, undefined, context, false);
        if (outcome.kind !== 'answered') {
          const end = unusable(classifyNoAnswer(outcome), mask, exchange);
          return asked.map(() => end);
        }
        const page = outcome.status === 200 ? readPage(parseJson(outcome.body)) : null;
        if (!page) {
          const end = unusable(classifyAnswer(outcome), mask, exchange);
          return asked.map(() => end);
        }
        return asked.map((each): LookResult | null => {
          const charge = chargeOf(each, page.charges);
          const shown = charge && readCharge(charge);
          if (shown) return { ...shown, exchange };
          return charge || page.more ? null : { kind: 'notFound', exchange };
        });
      },
    },
    readPix: () => Promise.reject(new Error('this bank has no Pix')),
    createPix: () => Promise.reject(new Error('this bank has no Pix')),
    async listRegistered({ from, to }, context) {
      const request = toRequest('GET', `?${new URLSearchParams({ de: from, ate: to }).toString()}`, context);
      const { outcome, exchange, mask } = await call(request, undefined, context, false);
      if (outcome.kind !== 'answered') return unusable(classifyNoAnswer(outcome), mask, exchange);
      const page = outcome.status === 200 ? readPage(parseJson(outcome.body)) : null;
      if (!page) return unusable(classifyAnswer(outcome), mask, exchange);
      const read = page.charges.map(readCharge);
      const rows = read.flatMap((shown) =>
        shown?.kind === 'found'
          ? [
              {
                ...shown.found,
                ...shown.found.registration,
                convenio: '',
                registeredOn: shown.found.registeredOn ?? null,
              },
            ]
          : [],
      );
      return { kind: 'page', rows, unreadable: read.filter((shown) => shown === null).length, next: null, exchange };
    },
    async *checkAccount(account, _terms, given) {
      yield step('ambiente', null, `O endereço é ${hostOf(account.baseUrl)}.`);
      const outcome = await askToken(account, given.timeoutMs);
      const token = readToken(outcome, maskFor(account, '', undefined), classifyAnswer);
      if (token.kind !== 'token') {
        yield step('token', problemOf(outcome, account.authUrl ?? '', 'do token'), '', maskFor(account, '', undefined));
        return;
      }
      yield step('token', null, 'O banco reconhece as credenciais.');
      yield step('escopos', null, 'O banco não tem escopos.');
      const context = {
        ...given,
        account,
        token: { value: token.value, generation: 0, accountVersion: account.version },
      };
      const read = await transport.exchange(toRequest('GET', '?seuNumero=0', context));
      const works = read.kind === 'answered' && read.status === 200 && readPage(parseJson(read.body)) !== null;
      const mask = maskFor(account, token.value, undefined);
      yield step('consulta', works ? null : problemOf(read, account.baseUrl, 'da API'), 'A API aceitou a conta.', mask);
    },
    lookIdentity: ({ ownReference }, bankId) => ownReference ?? bankId ?? '',
  };
}

function calledBy(account: GatewayAccount) {
  const { certificado: cert = '', chave: key = '', autoridade: ca = '' } = account.credentials;
  return { account, certificate: { cert, key }, ca };
}

function toRequest(
  method: HttpRequest['method'],
  path: string,
  context: CallContext,
  body?: string,
  headers: Record<string, string> = {},
): HttpRequest {
  const { account, timeoutMs, maySend, signal } = context;
  return {
    ...calledBy(account),
    method,
    url: `${account.baseUrl}/cobrancas${path}`,
    headers: (): Record<string, string> => ({ Authorization: `Bearer ${context.token.value}`, ...headers }),
    ...(body === undefined ? {} : { body }),
    timeoutMs,
    permit: () => context.permit(),
    maySend,
    ...(signal ? { signal } : {}),
  };
}

function maskFor({ credentials }: GatewayAccount, token: string, payer: Sought['payer']): Mask {
  const names = payer ? [payer.name, inventedCodec.sending.fold(payer.name)] : [];
  return createMask([token, ...Object.values(credentials)], payer ? { document: payer.document, names } : null);
}

function problemOf(outcome: HttpOutcome, url: string, whose: string): Problem {
  if (outcome.kind !== 'answered') return noAnswer(outcome, url, whose);
  const { message } = cleaned(classifyAnswer(outcome), (words) => words);
  return refusedAlike(outcome.status, whose, 'Confira a conta e o endereço.', message);
}

const labels = { ambiente: 'Ambiente', token: 'Token', escopos: 'Escopos', consulta: 'Consulta de teste' };

function step(
  name: keyof typeof labels,
  problem: Problem | null,
  message: string,
  mask: Mask = (words) => words,
): AccountCheck {
  const label = labels[name];
  if (problem === null) return { step: name, label, ok: true, message, advice: null };
  return { step: name, label, ok: false, message: printableMessage(problem.message, mask), advice: problem.advice };
}
