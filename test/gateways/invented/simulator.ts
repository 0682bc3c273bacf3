import { X509Certificate, randomBytes } from 'node:crypto';
import { buildBarcode, toLinhaDigitavel } from '../../../domain/codes/barcode';
import { localDate, saoPauloDate } from '../../../domain/kinds/dates';
import { cents } from '../../../domain/kinds/money';
import type { Answer, BankRequest, BankSettings, SimulatedBank } from '../../../gateways/simulator/bank';
import type { CallKey, Route } from '../../../gateways/simulator/faults';
import type { Ledger, LedgerEntry } from '../../../gateways/simulator/ledger';
import { startBankSimulator, type Simulator, type SimulatorSettings } from '../../../gateways/simulator/server';
import { selfSignedCertificate } from '../selfSigned';
import { inventedLayout } from './codec';

const account = { clientId: 'inventado', clientSecret: 'segredo-inventado', appKey: '' };

const settings: SimulatorSettings = {
  accounts: [account],
  facts: { irregularDocuments: [], missingCeps: [], convenios: [], closedConvenios: [] },
  readCacheMs: 30_000,
  tokenSeconds: 600,
  renumbers: false,
  listRows: 100,
  cancelLockMs: 0,
  pixDelayMs: 0,
  refusesPix: false,
  latency: {},
  limits: {},
  clockAheadMs: 0,
};

/** What a test has the bank do with what it accepted. */
export interface Deciding {
  /** Registers nothing of what it accepted, for now. */
  paused: boolean;
  /** References that it accepts and then refuses. */
  refuses: Set<string>;
  /** The client's certificate that it knows, as SHA-256. */
  knows: string;
}

export interface InventedSimulator extends Simulator {
  deciding: Deciding;
  baseUrl: string;
  authUrl: string;
  credentials: Record<string, string>;
}

/** The invented bank on this machine, over TLS, with certificates made for it alone. */
export async function startInvented(stateFolder: string, readCacheMs: number): Promise<InventedSimulator> {
  const [bank, client] = [selfSignedCertificate(), selfSignedCertificate('conta-inventada')];
  const knows = new X509Certificate(client.cert).fingerprint256;
  const deciding: Deciding = { paused: false, refuses: new Set(), knows };
  const simulator = await startBankSimulator(
    (ledger, current) => createBank(ledger, current, deciding),
    { ...settings, readCacheMs },
    { stateFolder, tls: { ...bank, clients: [client.cert] } },
  );
  const { clientId, clientSecret } = account;
  return {
    ...simulator,
    deciding,
    ...{ baseUrl: simulator.url, authUrl: `${simulator.url}/token` },
    credentials: { clientId, clientSecret, certificado: client.cert, chave: client.key, autoridade: bank.cert },
  };
}

/** A charge that was accepted. */
type Accepted = LedgerEntry & { boleto: { id: string; emissao: string } };

function createBank(ledger: Ledger, current: () => BankSettings, deciding: Deciding): SimulatedBank {
  const tokens = new Map<string, number>();
  const accepted: Accepted[] = [];
  const byKey = new Map<string, Accepted>();
  const reads = new Map<string, { answer: Answer; until: number }>();

  function issueToken({ body, receivedAt }: BankRequest): Answer {
    const form = new URLSearchParams(body);
    const known = form.get('client_id') === account.clientId && form.get('client_secret') === account.clientSecret;
    if (!known) return failure(401);
    const token = randomBytes(24).toString('base64url');
    const { tokenSeconds } = current();
    tokens.set(token, receivedAt + tokenSeconds * 1_000);
    return json(200, { access_token: token, expires_in: tokenSeconds });
  }

  function register({ body, headers, receivedAt }: BankRequest): Answer {
    const key = String(headers['idempotency-key']);
    const known = byKey.get(key);
    if (known) return json(202, { id: known.boleto.id });
    const { seuNumero, centavos, vencimento, pagador } = JSON.parse(body) as {
      seuNumero: string;
      centavos: number;
      vencimento: string;
      pagador: { documento: string };
    };
    const number = String(70_000_000 + accepted.length + 1);
    const codes = codesOf(number, vencimento, centavos);
    const entry: Accepted = {
      ...{ at: receivedAt, account: account.clientId, convenio: '', number, ownReference: seuNumero },
      ...{ payerDocument: pagador.documento, amountCents: centavos, dueDate: vencimento },
      boleto: { id: `c-${number}`, emissao: saoPauloDate(new Date(receivedAt)), ...codes },
    };
    accepted.push(entry);
    byKey.set(key, entry);
    // What it will refuse is no registration, however long it takes to say so.
    if (!deciding.refuses.has(seuNumero)) ledger.append(entry);
    return json(202, { id: entry.boleto.id });
  }

  function shown({ boleto, number, ownReference, payerDocument, amountCents, dueDate }: Accepted) {
    const { id, emissao } = boleto;
    const asked = {
      id,
      emissao,
      seuNumero: ownReference,
      centavos: amountCents,
      vencimento: dueDate,
      documento: payerDocument,
    };
    if (deciding.refuses.has(ownReference))
      return { ...asked, estado: 'RECUSADA', codigo: 'INV7', motivo: 'O pagador não pôde ser confirmado.' };
    if (deciding.paused) return { ...asked, estado: 'EM_PROCESSAMENTO' };
    return { ...asked, estado: 'REGISTRADA', ...boleto, nossoNumero: number };
  }

  function read({ path, query }: BankRequest): Answer {
    const id = path.split('/')[2];
    if (id !== undefined) {
      const entry = accepted.find(({ boleto }) => boleto.id === id);
      return entry ? json(200, shown(entry)) : refusal(404, 'Cobrança não encontrada.', 'NAO_ENCONTRADA');
    }
    const [own, from, to] = [query.get('seuNumero'), query.get('de') ?? '', query.get('ate') ?? ''];
    const found = accepted.filter(({ ownReference, dueDate }) =>
      own === null ? dueDate >= from && dueDate <= to : ownReference === own,
    );
    const { listRows } = current();
    return json(200, { cobrancas: found.slice(0, listRows).map(shown), mais: found.length > listRows });
  }

  function once(request: BankRequest): Answer {
    const cached = reads.get(request.target);
    if (cached && cached.until > request.receivedAt) return cached.answer;
    const answer = read(request);
    reads.set(request.target, { answer, until: request.receivedAt + current().readCacheMs });
    return answer;
  }

  return {
    identify({ method, path, query, body }): CallKey | null {
      const key = (route: Route, ownReference: string | null = null): CallKey => ({
        ...{ route, account: account.clientId, ourNumber: null, ownReference },
      });
      if (method === 'POST' && path === '/token') return key('token');
      if (method === 'POST' && path === '/cobrancas') return key('register', /"seuNumero":"([^"]*)"/.exec(body)?.[1]);
      if (method !== 'GET' || !/^\/cobrancas(\/[\w-]+)?$/.test(path)) return null;
      return key(path === '/cobrancas' && query.has('de') ? 'list' : 'read', query.get('seuNumero'));
    },
    answer(request, route) {
      if (request.certificate !== deciding.knows) return failure(403);
      if (route === 'token') return issueToken(request);
      const token = /^Bearer (.+)$/.exec(String(request.headers.authorization))?.[1] ?? '';
      if ((tokens.get(token) ?? 0) <= request.receivedAt) return failure(401);
      return route === 'register' ? register(request) : once(request);
    },
    failure,
    misprint: (answer) => answer,
    mislist: (answer) => answer,
    crosstalk: (answer) => answer,
    invent: () => [],
    refusal: (status, message) => refusal(status, message),
    expireTokens: () => tokens.clear(),
    strangeTokens: () => 0,
    reset() {
      for (const known of [tokens, byKey, reads]) known.clear();
      accepted.length = 0;
    },
  };
}

function codesOf(
  number: string,
  dueDate: string,
  amountCents: number,
): { linhaDigitavel: string; codigoBarras: string } {
  const freeField = number.padStart(25, '0');
  const [bank = ''] = inventedLayout.banks;
  const codigoBarras = buildBarcode({ bank, dueDate: localDate(dueDate), amountCents: cents(amountCents), freeField });
  return { linhaDigitavel: toLinhaDigitavel(codigoBarras), codigoBarras };
}

function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body) };
}

function refusal(status: number, mensagem: string, codigo = 'INV9'): Answer {
  return json(status, { erro: { codigo, mensagem } });
}

function failure(status: number): Answer {
  if (status === 502 || status === 504)
    return { status, headers: { 'content-type': 'text/html' }, body: '<html></html>' };
  return [401, 403, 429, 500].includes(status)
    ? refusal(status, 'Não foi possível atender.', `H${status}`)
    : { status, body: '' };
}
