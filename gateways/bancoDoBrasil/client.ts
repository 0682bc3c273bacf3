import type { AccountCheck } from '../../domain/account/accountCheck';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import type {
  AccountTerms,
  CallContext,
  CheckContext,
  Exchange,
  Gateway,
  GatewayAccount,
  ListQuery,
  ListResult,
  LookResult,
  PixResult,
  RegisterResult,
  Sought,
  TokenResult,
} from '../../domain/gateway';
import { classifyNoAnswer, cleaned } from '../core/classified';
import { toExchange, toFailure, unusable, withoutBody } from '../core/exchange';
import { parseJson } from '../core/json';
import { basic, readToken } from '../core/oauth';
import { createMask, type Mask } from '../core/printable';
import { createTransport, type HttpOutcome, type HttpRequest } from '../core/transport';
import { checkEnvironment, checkRead, checkScopes, failed, missingAppKey, passed, tokenProblem } from './accountCheck';
import { classifyAnswer, readErrorBody, withDocumentDoubt } from './errors';
import { firstPlace, listParameters, readPage, readPlace } from './list';
import { bancoDoBrasilManifest } from './manifest';
import { otherNumber, readFound, readQrCode, readRegistration, toConvenioBody, toRegistrationBody } from './wire';

const { codec, capabilities, codes } = bancoDoBrasilManifest;
const DEFAULT_KEY_PARAMETER = 'gw-dev-app-key';
const SCOPES = 'cobrancas.boletos-info cobrancas.boletos-requisicao';
const CREDENTIALS_KNOWN = 'O banco reconhece as credenciais.';
const CHECK_TURNS = 5;

/** No words are published for it; every other refusal of the bank that says so has this one. */
const HAS_ONE = /\bj[aá](?![\p{L}\d])/iu;

export interface BancoDoBrasilOptions {
  /** It is the simulator on this machine; default no. */
  simulated?: boolean;
  /** Shorter waits, for a simulator. */
  settleMs?: number;
  staleMs?: number;
}

/** Banco do Brasil, Cobranças API v2 (README.md). */
export function createBancoDoBrasil({ simulated = false, ...overrides }: BancoDoBrasilOptions = {}): Gateway {
  const transport = createTransport({ simulated });

  async function call(
    request: HttpRequest,
    { payer }: Pick<Sought, 'payer'>,
    context: CallContext,
  ): Promise<{ outcome: HttpOutcome; exchange: Exchange; mask: Mask }> {
    const started = performance.now();
    const outcome = await transport.exchange(request);
    const mask = maskFor(payer, context);
    return { outcome, exchange: toExchange(request, outcome, performance.now() - started, mask), mask };
  }

  function askToken(account: GatewayAccount, timeoutMs: number): Promise<HttpOutcome> {
    const { clientId = '', clientSecret = '' } = account.credentials;
    return transport.exchange({
      method: 'POST',
      // The manifest has one, so that no account is without.
      url: account.authUrl ?? '',
      account,
      headers: {
        Authorization: `Basic ${basic(clientId, clientSecret)}`,
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: SCOPES }).toString(),
      timeoutMs,
      permit: () => Promise.resolve(),
      maySend: () => true,
    });
  }

  async function authenticate(account: GatewayAccount, timeoutMs: number): Promise<TokenResult> {
    return readToken(await askToken(account, timeoutMs), createMask(secretsOf(account), null), classifyAnswer);
  }

  async function* checkAccount(
    account: GatewayAccount,
    terms: AccountTerms,
    call: CheckContext,
  ): AsyncGenerator<AccountCheck> {
    const environment = checkEnvironment(account, terms);
    yield environment;
    if (!environment.ok) return;

    const outcome = await askToken(account, call.timeoutMs);
    const secrets = secretsOf(account);
    const token = readToken(outcome, createMask(secrets, null), classifyAnswer);
    if (token.kind !== 'token' || outcome.kind !== 'answered') {
      const { step, ...problem } = tokenProblem(outcome, account);
      if (step === 'escopos') yield passed('token', CREDENTIALS_KNOWN);
      yield failed(step, problem, createMask(secrets, null));
      return;
    }
    yield passed('token', CREDENTIALS_KNOWN);
    const scopes = checkScopes(outcome, SCOPES);
    yield scopes;
    if (!scopes.ok) return;

    if (!account.credentials.appKey) {
      yield failed('consulta', missingAppKey);
      return;
    }
    const context = { ...call, account, token: { value: token.value, generation: 0, accountVersion: account.version } };
    const path = `/boletos/${nobodysNumber(terms.convenio)}`;
    const request = toRequest('GET', path, { numeroConvenio: terms.convenio }, context);
    let read = await transport.exchange(request);
    // A busy machine misses a turn now and then: nothing was sent, and it says nothing about the account.
    for (let turn = 1; read.kind === 'forfeited' && turn < CHECK_TURNS; turn += 1)
      read = await transport.exchange(request);
    yield checkRead(read, account, terms.convenio, createMask([token.value, ...secrets], null));
  }

  async function register(snapshot: ChargeSnapshot, context: CallContext): Promise<RegisterResult> {
    const request = toRequest('POST', '/boletos', {}, context, toRegistrationBody(snapshot));
    const { outcome, exchange, mask } = await call(request, snapshot, context);
    if (outcome.kind !== 'answered') return toFailure(classifyNoAnswer(outcome), mask, exchange);
    if (outcome.status >= 200 && outcome.status < 300) {
      const answer = parseJson(outcome.body);
      const registration = readRegistration(answer, snapshot);
      if (registration) return { kind: 'registered', registration, exchange };
      const other = otherNumber(answer, snapshot);
      if (other) return { ...numberedByTheBank(other), exchange };
    }
    return toFailure(withDocumentDoubt(classifyAnswer(outcome), snapshot.payer.document), mask, exchange);
  }

  async function look(sought: Sought, bankId: string | null, context: CallContext): Promise<LookResult> {
    const number = bankId ?? sought.ourNumber ?? '';
    const path = `/boletos/${encodeURIComponent(number)}`;
    const request = toRequest('GET', path, { numeroConvenio: sought.convenio }, context);
    const { outcome, exchange, mask } = await call(request, sought, context);
    if (outcome.kind !== 'answered') return unusable(classifyNoAnswer(outcome), mask, exchange);
    if (outcome.status === 200) {
      const found = readFound(parseJson(outcome.body), number);
      if (found) return { kind: 'found', found, exchange };
    }
    // Only the API itself knows that there is no such boleto: a proxy, too, answers 404.
    if (outcome.status === 404 && readErrorBody(outcome.body).kind === 'api') return { kind: 'notFound', exchange };
    return unusable(classifyAnswer(outcome), mask, exchange);
  }

  async function readPix(sought: Sought, context: CallContext): Promise<PixResult> {
    const query = { numeroConvenio: sought.convenio };
    const request = toRequest('GET', `/boletos/${sought.ourNumber ?? ''}/pix`, query, context);
    const { outcome, exchange, mask } = await call(request, sought, context);
    if (outcome.kind !== 'answered') return unusable(classifyNoAnswer(outcome), mask, exchange);
    if (outcome.status === 200) return pixIn(outcome.body, exchange);
    const classified = classifyAnswer(outcome);
    // How it says that there is none is not published: any refusal of this one boleto is taken for it.
    const isRefused = readErrorBody(outcome.body).kind === 'api' && outcome.status < 500;
    if (isRefused && (classified.kind === 'data' || outcome.status === 404)) return { kind: 'none', exchange };
    return unusable(classified, mask, exchange);
  }

  async function createPix(sought: Sought, context: CallContext): Promise<PixResult> {
    const body = toConvenioBody(sought.convenio);
    const request = toRequest('POST', `/boletos/${sought.ourNumber ?? ''}/gerar-pix`, {}, context, body);
    const { outcome, exchange, mask } = await call(request, sought, context);
    if (outcome.kind !== 'answered') return unusable(classifyNoAnswer(outcome), mask, exchange);
    if (outcome.status >= 200 && outcome.status < 300) return pixIn(outcome.body, exchange);
    const { kind, code, message, ...rest } = cleaned(classifyAnswer(outcome), mask);
    const isAnswer = readErrorBody(outcome.body).kind === 'api' && outcome.status < 500;
    const isRefused = isAnswer && (kind === 'data' || kind === 'duplicate' || outcome.status === 404);
    // It has one, which it does not show yet.
    if (isRefused && HAS_ONE.test(message)) return { kind: 'none', exchange };
    if (isRefused) return { kind: 'refused', code, message, exchange };
    return unusable({ kind, code, message, ...rest }, mask, exchange);
  }

  async function listRegistered(query: ListQuery, context: CallContext): Promise<ListResult> {
    const place = query.cursor === null ? firstPlace : readPlace(query.cursor);
    const request = toRequest('GET', '/boletos', listParameters(query, place), context);
    const started = performance.now();
    const outcome = await transport.exchange(request);
    const mask = maskFor(undefined, context);
    // A page is a hundred kilobytes, of boletos that are perhaps nobody's here: it is not kept.
    const exchange = toExchange(request, withoutBody(outcome), performance.now() - started, mask);
    if (outcome.kind !== 'answered') return unusable(classifyNoAnswer(outcome), mask, exchange);
    const page = readPage(outcome, place);
    if (page === null) return unusable(classifyAnswer(outcome), mask, exchange);
    return { kind: 'page', ...page, exchange };
  }

  return {
    ...codec,
    capabilities: { ...capabilities, ...overrides },
    codes,
    authenticate,
    register,
    readPix,
    createPix,
    look,
    listRegistered,
    checkAccount,
    lookIdentity: (sought, bankId) => `${sought.convenio}/${bankId ?? sought.ourNumber ?? ''}`,
  };
}

/** Sequences begin at 1: of a valid form, and no boleto's. */
function nobodysNumber(convenio: string): string {
  return `000${convenio}0000000000`;
}

function secretsOf({ credentials }: GatewayAccount): string[] {
  const { clientId = '', clientSecret = '', appKey = '' } = credentials;
  return [clientSecret, appKey, clientId, basic(clientId, clientSecret)];
}

function maskFor(payer: Sought['payer'], { account, token }: CallContext): Mask {
  return createMask(
    [token.value, ...secretsOf(account)],
    payer ? { document: payer.document, names: [payer.name, codec.sending.fold(payer.name)] } : null,
  );
}

function toRequest(
  method: HttpRequest['method'],
  path: string,
  query: Record<string, string>,
  context: CallContext,
  body?: string,
): HttpRequest {
  const { account, timeoutMs, maySend, signal } = context;
  const { appKey = '', appKeyParam = DEFAULT_KEY_PARAMETER } = account.credentials;
  const parameters = new URLSearchParams({ [appKeyParam]: appKey, ...query });
  return {
    method,
    account,
    url: `${account.baseUrl.replace(/\/+$/, '')}${path}?${parameters.toString()}`,
    headers: (): Record<string, string> => ({
      Authorization: `Bearer ${context.token.value}`,
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    }),
    ...(body === undefined ? {} : { body }),
    timeoutMs,
    permit: () => context.permit(),
    maySend,
    ...(signal ? { signal } : {}),
  };
}

function pixIn(body: string, exchange: Exchange): PixResult {
  const { emv, txid } = readQrCode(parseJson(body));
  return emv === null ? { kind: 'none', exchange } : { kind: 'pix', emv, txid, exchange };
}

/**
 * Registered, but not under our number: sent again it would be a second boleto. As a duplicate it is looked for under
 * the bank's number, and never sent again by itself.
 */
function numberedByTheBank(number: string): Omit<Extract<RegisterResult, { sent: boolean }>, 'exchange'> {
  return {
    kind: 'duplicate',
    sent: true,
    code: 'numeroDoBanco',
    message: `O banco respondeu com o número ${number} em vez do nosso: confira se o convênio é do tipo 4 (cliente numera).`,
    field: 'ourNumber',
    retryAfterMs: null,
    bankId: number,
  };
}
