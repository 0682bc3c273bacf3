import { randomBytes } from 'node:crypto';
import { saoPauloDate } from '../../../domain/kinds/dates';
import { cents } from '../../../domain/kinds/money';
import type { Answer, BankRequest, BankSettings, SimulatedAccount, SimulatedBank } from '../../simulator/bank';
import type { CallKey, Route } from '../../simulator/faults';
import type { Ledger, LedgerEntry } from '../../simulator/ledger';
import { text } from '../../core/json';
import { bankDate } from '../wire';
import { failureAnswer, json, refusalAnswer } from './answers';
import { BENEFICIARY, createListing, mislisted } from './listing';
import { invented } from './invented';
import { checkRegistration, isRefused, refusedConvenio, type Registrable } from './checks';
import { aboutAnother, codesOf, misprinted } from './misprints';
import { createQrCode, NO_QR_CODE, type QrCode } from './pix';

const BASE_PATH = '/cobrancas/v2/boletos';
const TOKEN_PATH = '/oauth/token';
const [NORMAL, CANCELLED] = [1, 7];
const CACHED_READS = 10_000;

/** Banco do Brasil's Cobranças API v2, as its public contract describes it (the gateway's README). */
export function createBancoDoBrasilBank(ledger: Ledger, settings: () => BankSettings): SimulatedBank {
  const tokens = new Map<string, { clientId: string; expiresAt: number }>();
  const reads = new Map<string, { answer: Answer; until: number }>();
  const listing = createListing(ledger, () => settings().listRows);
  let strangeTokens = 0;

  function authorize(request: BankRequest): SimulatedAccount | Answer {
    const token = /^Bearer (.+)$/.exec(text(request.headers.authorization))?.[1] ?? '';
    const issued = tokens.get(token);
    if (token !== '' && !issued) strangeTokens += 1;
    if (!issued || issued.expiresAt <= request.receivedAt) return failureAnswer(401, 'api');
    const account = settings().accounts.find(({ clientId }) => clientId === issued.clientId);
    return account && account.appKey === appKeyOf(request) ? account : failureAnswer(403, 'api');
  }

  function issueToken(request: BankRequest): Answer {
    const { clientId, clientSecret } = basicOf(request);
    const account = settings().accounts.find((known) => known.clientId === clientId);
    if (!account || account.clientSecret !== clientSecret) return failureAnswer(401, 'token');
    const form = new URLSearchParams(request.body);
    if (form.get('grant_type') !== 'client_credentials') return json(400, { error: 'unsupported_grant_type' });
    const asked = form.get('scope') ?? '';
    const scopes = asked.split(' ').filter((each) => account.scopes?.includes(each) ?? true);
    if (!asked.includes('cobrancas.boletos-requisicao') || scopes.length === 0)
      return json(400, { error: 'invalid_scope', error_description: asked });
    const scope = scopes.join(' ');
    const { tokenSeconds } = settings();
    const token = randomBytes(24).toString('base64url');
    tokens.set(token, { clientId, expiresAt: request.receivedAt + tokenSeconds * 1_000 });
    return json(200, { access_token: token, token_type: 'Bearer', expires_in: tokenSeconds, scope });
  }

  function register(request: BankRequest, account: SimulatedAccount): Answer {
    const checked = checkRegistration(request.body, settings().facts, new Date(request.receivedAt));
    if (isRefused(checked)) return refusalAnswer(400, checked);
    if (settings().renumbers) checked.number = `000${checked.convenio}${9_000_000_000 + ledger.entries().length}`;
    // Also when the earlier boleto is cancelled: a number is used once.
    if (ledger.find(checked.convenio, checked.number))
      return refusalAnswer(400, {
        code: '4874915',
        message: 'Nosso Número já incluído anteriormente.',
        advice: 'Informar outro Nosso Número.',
        shape: Number(checked.number) % 2 === 0 ? 'code' : 'codigo',
      });
    const entry = toEntry(checked, account, request.receivedAt);
    const wantsPix = checked.request.indicadorPix === 'S' && !settings().refusesPix;
    if (wantsPix) entry.pixAt = request.receivedAt + settings().pixDelayMs;
    ledger.append(entry);
    const { boleto, number } = entry;
    return json(201, {
      numero: number,
      numeroCarteira: 17,
      numeroVariacaoCarteira: checked.request.numeroVariacaoCarteira,
      codigoCliente: 123456,
      linhaDigitavel: boleto.codigoLinhaDigitavel,
      codigoBarraNumerico: boleto.textoCodigoBarrasTituloCobranca,
      numeroContratoCobranca: boleto.numeroContratoCobranca,
      beneficiario: {
        agencia: Number(account.agency ?? BENEFICIARY.agency),
        contaCorrente: Number(account.bankAccount ?? BENEFICIARY.bankAccount),
        tipoEndereco: 0,
        logradouro: 'RUA DA CONCESSIONARIA 1',
        bairro: 'CENTRO',
      },
      qrCode: hasPix(entry, request.receivedAt) ? qrCodeOf(entry) : NO_QR_CODE,
    });
  }

  /** Assumed codes: none is published for boletos with or without Pix. */
  function readPix(request: BankRequest, number: string): Answer {
    const entry = ledger.find(request.query.get('numeroConvenio') ?? '', number);
    if (!entry) return notFound();
    if (hasPix(entry, request.receivedAt)) return json(200, pixAnswer(entry));
    return refusalAnswer(404, { code: 'SIM0405', message: 'Boleto sem Pix vinculado.' });
  }

  function createPix(request: BankRequest, number: string): Answer {
    const { numeroConvenio } = JSON.parse(request.body) as { numeroConvenio?: unknown };
    const entry = ledger.find(String(numeroConvenio), number);
    if (!entry) return notFound();
    if (settings().refusesPix)
      return refusalAnswer(400, { code: 'SIM0012', message: 'Convenio sem chave Pix cadastrada.' });
    if (typeof entry.pixAt === 'number')
      return refusalAnswer(400, { code: 'SIM0011', message: 'Boleto ja possui Pix vinculado.' });
    ledger.amendPix(entry, request.receivedAt);
    return json(201, pixAnswer(entry));
  }

  /** Answers an identical read from its cache, also the one that found nothing. */
  function once(request: BankRequest, work: () => Answer): Answer {
    const cached = reads.get(request.target);
    if (cached && cached.until > request.receivedAt) return cached.answer;
    const answer = work();
    if (reads.size >= CACHED_READS)
      for (const [key, { until }] of reads) if (until <= request.receivedAt) reads.delete(key);
    const { readCacheMs } = settings();
    if (readCacheMs > 0) reads.set(request.target, { answer, until: request.receivedAt + readCacheMs });
    return answer;
  }

  function read(request: BankRequest, number: string): Answer {
    const convenio = request.query.get('numeroConvenio') ?? '';
    const refusal = refusedConvenio(convenio, settings().facts);
    const entry = ledger.find(convenio, number);
    return refusal ? refusalAnswer(400, refusal) : entry ? json(200, entry.boleto) : notFound();
  }

  function cancel(request: BankRequest, number: string): Answer {
    const { numeroConvenio } = JSON.parse(request.body) as { numeroConvenio?: unknown };
    const entry = ledger.find(String(numeroConvenio), number);
    if (!entry) return notFound();
    if (request.receivedAt - entry.at < settings().cancelLockMs)
      return refusalAnswer(400, { code: 'SIM0004', message: 'Boleto registrado há menos de 30 minutos.' });
    ledger.amend(entry, { codigoEstadoTituloCobranca: CANCELLED });
    const dataBaixa = bankDate(saoPauloDate(new Date(request.receivedAt)));
    return json(200, {
      numeroContratoCobranca: entry.boleto.numeroContratoCobranca,
      dataBaixa,
      horarioBaixa: '00:00:00',
    });
  }

  return {
    identify(request): CallKey | null {
      const { method, path } = request;
      if (method === 'POST' && path === TOKEN_PATH)
        return { route: 'token', account: basicOf(request).clientId, ourNumber: null, ownReference: null };
      const account = settings().accounts.find(({ appKey }) => appKey === appKeyOf(request))?.clientId ?? null;
      if (method === 'POST' && path === BASE_PATH) {
        // Cheaper than a second parse of the body, and good enough to choose a fault by.
        const value = (name: string): string | null =>
          new RegExp(`"${name}"\\s*:\\s*"([^"]*)"`).exec(request.body)?.[1] ?? null;
        return {
          route: 'register',
          account,
          ourNumber: value('numeroTituloCliente'),
          ownReference: value('numeroTituloBeneficiario'),
        };
      }
      if (method === 'GET' && path === BASE_PATH)
        return { route: 'list', account, ourNumber: null, ownReference: null };
      const match = /^\/cobrancas\/v2\/boletos\/(\d{1,20})(\/[a-z-]+)?$/.exec(path);
      const number = match?.[1];
      if (!number) return null;
      const route = routesOfOne[`${method} ${match[2] ?? ''}`] ?? null;
      const convenio = request.query.get('numeroConvenio') ?? number.slice(3, 10);
      const ownReference = ledger.find(convenio, number)?.ownReference ?? null;
      return route && { route, account, ourNumber: number, ownReference };
    },
    answer(request, route) {
      if (route === 'token') return issueToken(request);
      const account = authorize(request);
      if ('status' in account) return account;
      const number = request.path.split('/')[4] ?? '';
      if (route === 'register') return register(request, account);
      if (route === 'list') return once(request, () => listing.answer(request, account));
      if (route === 'pix') return once(request, () => readPix(request, number));
      if (route === 'createPix') return createPix(request, number);
      return route === 'read' ? once(request, () => read(request, number)) : cancel(request, number);
    },
    failure: failureAnswer,
    misprint(answer, what) {
      const number = numberIn(answer);
      const entry = number === null ? undefined : ledger.find(number.slice(3, 10), number);
      if (entry && what === 'pixMissing') ledger.amendPix(entry, null);
      return entry ? misprinted(answer, entry, what) : answer;
    },
    mislist(answer, what, request) {
      const account = authorize(request);
      if ('status' in account) return answer;
      return mislisted(answer, what, request, (query) => listing.answer({ ...request, query }, account));
    },
    invent: (what, now) => invented(what, settings().accounts, now),
    crosstalk(answer) {
      const number = numberIn(answer);
      const other = ledger
        .entries()
        .find((entry) => number !== null && entry.number !== number && entry.convenio === number.slice(3, 10));
      return other ? aboutAnother(answer, other) : answer;
    },
    refusal: (status, message) => refusalAnswer(status, { code: 'SIM0009', message }),
    expireTokens: () => tokens.clear(),
    strangeTokens: () => strangeTokens,
    reset() {
      strangeTokens = 0;
      tokens.clear();
      reads.clear();
      listing.reset();
    },
  };
}

/** What is asked of one boleto, by method and the end of its address. */
const routesOfOne: Readonly<Record<string, Route>> = {
  'GET ': 'read',
  'POST /baixar': 'cancel',
  'GET /pix': 'pix',
  'POST /gerar-pix': 'createPix',
};

function hasPix({ pixAt }: LedgerEntry, now: number): boolean {
  return typeof pixAt === 'number' && pixAt <= now;
}

function qrCodeOf({ number, amountCents }: LedgerEntry): QrCode {
  return createQrCode({ number, amountCents: cents(amountCents) });
}

function pixAnswer(entry: LedgerEntry): Record<string, unknown> {
  return {
    id: entry.number,
    dataRegistroTituloCobranca: entry.boleto.dataRegistroTituloCobranca,
    valorOriginalTituloCobranca: entry.boleto.valorOriginalTituloCobranca,
    pix: { chave: 'pix@provedor.invalid' },
    qrCode: qrCodeOf(entry),
  };
}

/** The 20 digits of the boleto that an answer is about; null when it is about none. */
function numberIn({ status, body }: Answer): string | null {
  if (status >= 300) return null;
  const answer = JSON.parse(String(body)) as Record<string, unknown>;
  const { numero = answer['id'], textoCodigoBarrasTituloCobranca: barcode } = answer;
  if (typeof numero === 'string') return numero;
  return typeof barcode === 'string' ? `000${barcode.slice(25, 42)}` : null;
}

function appKeyOf({ query }: BankRequest): string | null {
  return query.get('gw-dev-app-key') ?? query.get('gw-app-key');
}

function basicOf({ headers }: BankRequest): { clientId: string; clientSecret: string } {
  const basic = /^Basic (.+)$/.exec(text(headers.authorization))?.[1] ?? '';
  const [clientId = '', clientSecret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
  return { clientId, clientSecret };
}

/** Assumed code: none is published for it. */
function notFound(): Answer {
  return refusalAnswer(404, {
    code: 'SIM0404',
    message: 'Boleto não encontrado.',
    advice: 'Verifique o número informado.',
  });
}

function toEntry(checked: Registrable, account: SimulatedAccount, at: number): LedgerEntry {
  const { convenio, number, ownReference, payerDocument, amountCents, dueDate, request, payer } = checked;
  const { line, barcode } = codesOf({ convenio, number, amountCents, dueDate });
  return {
    at,
    account: account.clientId,
    convenio,
    number,
    ownReference,
    payerDocument,
    amountCents,
    dueDate,
    boleto: {
      codigoLinhaDigitavel: line,
      textoCodigoBarrasTituloCobranca: barcode,
      numeroContratoCobranca: 19_581_316,
      codigoEstadoTituloCobranca: NORMAL,
      codigoTipoTituloCobranca: request.codigoTipoTitulo,
      codigoModalidadeTitulo: request.codigoModalidade,
      codigoAceiteTituloCobranca: request.codigoAceite,
      numeroTituloCedenteCobranca: ownReference,
      dataEmissaoTituloCobranca: request.dataEmissao,
      dataRegistroTituloCobranca: bankDate(saoPauloDate(new Date(at))),
      dataVencimentoTituloCobranca: request.dataVencimento,
      valorOriginalTituloCobranca: request.valorOriginal,
      valorAtualTituloCobranca: request.valorOriginal,
      codigoTipoInscricaoSacado: payer.tipoInscricao,
      numeroInscricaoSacadoCobranca: payer.numeroInscricao,
      nomeSacadoCobranca: payer.nome,
      textoEnderecoSacadoCobranca: payer.endereco,
      nomeBairroSacadoCobranca: payer.bairro,
      nomeMunicipioSacadoCobranca: payer.cidade,
      siglaUnidadeFederacaoSacadoCobranca: payer.uf,
      numeroCepSacadoCobranca: payer.cep,
    },
  };
}
