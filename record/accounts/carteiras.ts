import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { KnownGateway, KnownGateways, Limit } from '../../domain/account/knownGateway';
import type { CarteiraTerms } from '../../domain/account/carteiraTerms';
import type { GatewayAccount, RouteClass } from '../../domain/gateway';
import { accountPlace, type Sealer as SecretBox } from '../../domain/account/sealedPlaces';
import { judgeChange, type Obstacle } from './accountChange';
import { raiseNextNumber } from '../engine/numbering';

export interface CarteiraSummary {
  id: number;
  description: string;
  filialId: number | null;
  gateway: string | null;
  convenio: string | null;
  accountId: number | null;
  code: string;
  variation: string;
  timeoutSeconds: number;
}

export interface CarteiraDetails extends CarteiraSummary, CarteiraTerms {
  /** Of its definition and its account, opaque: another one means that somebody changed them. */
  version: string;
  especie: string;
  addressSource: 'main' | 'billing';
  homologation: boolean;
  /** The bank is asked for a Pix with each boleto. */
  pix: boolean;
  /** Wrong codes of its sandbox are accepted; counts in homologação only. */
  acceptsInvalidCodes: boolean;
  /** Agência and conta of the beneficiary, for the bank's lists; null = not said. */
  agency: string | null;
  bankAccount: string | null;
  account: {
    id: number;
    baseUrl: string;
    authUrl: string;
    limits: Partial<Record<RouteClass, Limit>>;
    /** Every carteira of the account, this one too. */
    carteiras: number[];
    /** The number that the next new boleto of the convênio takes. */
    nextNumber: number | null;
  } | null;
}

const summaryColumns = `c.id, c.description, c.filial_id as "filialId", c.gateway, c.convenio, c.account_id as "accountId",
  c.code, c.variation, c.timeout_seconds as "timeoutSeconds"`;

/** Over `carteira c` and its `gateway_account a`. */
const version = `c.definitions || '-' || coalesce(a.version, 0)`;

/** @param only q: an id, or a part of the description in any case; filiais: those of somebody who sees no others. */
export async function listCarteiras(
  knex: Knex,
  only: { q?: string; filiais?: readonly number[] | null } = {},
): Promise<CarteiraSummary[]> {
  const { q = '', filiais = null } = only;
  const { rows } = await knex.raw<{ rows: CarteiraSummary[] }>(
    `select ${summaryColumns} from carteira c
     where (:q = '' or c.id::text = :q or position(lower(:q) in lower(c.description)) > 0)
       and (:filiais::bigint[] is null or c.filial_id = any(:filiais::bigint[]))
     order by c.id`,
    { q: q.trim(), filiais },
  );
  return rows;
}

/** Which of these carteiras somebody sees who sees only these filiais. */
export async function carteirasOf(knex: Knex, ids: readonly number[], filiais: readonly number[]): Promise<number[]> {
  return knex('carteira').whereIn('id', ids).whereIn('filial_id', filiais).orderBy('id').pluck<number[]>('id');
}

/** @returns null for an unknown carteira. Never secrets. */
export async function getCarteira(knex: Knex, id: number): Promise<CarteiraDetails | null> {
  const { rows } = await knex.raw<{ rows: CarteiraDetails[] }>(
    `select ${summaryColumns}, ${version} as version, c.especie, c.address_source as "addressSource", c.homologation, c.pix,
       c.agency, c.bank_account as "bankAccount",
       c.homologation and c.accept_invalid_codes as "acceptsInvalidCodes",
       c.interest_percent::float8 as "interestPercent", c.fine_percent::float8 as "finePercent",
       c.discount_percent::float8 as "discountPercent", c.write_off_days as "writeOffDays",
       c.daily_interest_cents as "dailyInterestCents", c.fine_cents as "fineCents", c.grace_days as "graceDays",
       c.discount_cents as "discountCents", c.discount_days as "discountDays",
       (select coalesce(jsonb_agg(jsonb_build_object('percent', percent, 'amountCents', cents, 'days', days) order by step), '[]')
         from (values (2, c.discount2_percent::float8, c.discount2_cents, c.discount2_days),
           (3, c.discount3_percent::float8, c.discount3_cents, c.discount3_days)) further(step, percent, cents, days)
         where percent > 0 or cents > 0) as "furtherDiscounts",
       case when a.id is not null then jsonb_build_object(
         'id', a.id, 'baseUrl', a.base_url, 'authUrl', a.auth_url,
         'limits', coalesce((select jsonb_object_agg(l.route_class, jsonb_build_object('calls', l.calls, 'windowMs', l.window_ms))
                             from gateway_limit l where l.account_id = a.id), '{}'),
         'carteiras', (select jsonb_agg(o.id order by o.id) from carteira o where o.account_id = a.id),
         'nextNumber', (select n.next_number from numbering_space n where n.gateway = a.gateway and n.convenio = c.convenio)
       ) end as account
     from carteira c left join gateway_account a on a.id = c.account_id
     where c.id = ?`,
    [id],
  );
  return rows[0] ?? null;
}

/** The account with its secrets, for the worker. @throws Error for an unknown account or another SECRETS_KEY. */
export async function loadAccount(knex: Knex, secretBox: SecretBox, accountId: number): Promise<GatewayAccount> {
  const { rows } = await knex.raw<{
    rows: (Omit<GatewayAccount, 'credentials'> & { sealed: Buffer; fingerprint: string })[];
  }>(
    `select id, version, gateway, base_url as "baseUrl", auth_url as "authUrl", credentials as sealed, credential_fingerprint as fingerprint
     from gateway_account where id = ?`,
    [accountId],
  );
  const [row] = rows;
  if (!row) throw new Error(`gateway account ${accountId} is not in the record`);
  const { sealed, fingerprint, ...account } = row;
  const plain = secretBox.open(sealed, accountPlace({ ...account, fingerprint }));
  return { ...account, credentials: JSON.parse(plain) as Record<string, string> };
}

export type ChangedLimits = Partial<Record<RouteClass, Limit>>;

export type LimitsResult =
  | { kind: 'changed'; before: ChangedLimits; after: ChangedLimits }
  | { kind: 'invalid'; message: string }
  | { kind: 'unknownCarteira' }
  | { kind: 'otherFilial' }
  | { kind: 'noAccount' };

/** Changes the allowance of a carteira's account. Workers lease by it from their next call on, also in a running batch. */
export async function changeLimits(
  knex: Knex,
  change: { carteiraId: number; limits: ChangedLimits; by: string; filiais?: readonly number[] | null },
): Promise<LimitsResult> {
  const { carteiraId, limits, by, filiais } = change;
  const message = limitProblem(limits);
  if (message !== null) return { kind: 'invalid', message };
  return knex.transaction(async (trx): Promise<LimitsResult> => {
    const current = await getCarteira(trx, carteiraId);
    if (!current) return { kind: 'unknownCarteira' };
    if (!current.account) return { kind: 'noAccount' };
    const { id } = current.account;
    if (await servesOthers(trx, id, filiais)) return { kind: 'otherFilial' };
    const before = await lockedLimits(trx, id);
    const after = { ...before, ...limits };
    for (const [routeClass, { calls, windowMs }] of Object.entries(limits))
      await trx.raw(
        `insert into gateway_limit (account_id, route_class, calls, window_ms) values (?, ?, ?, ?)
         on conflict (account_id, route_class) do update set calls = excluded.calls, window_ms = excluded.window_ms`,
        [id, routeClass, calls, windowMs],
      );
    await trx('audit_entry').insert({
      actor: by,
      action: 'mudar limites',
      entity: 'carteira',
      entity_id: String(carteiraId),
      before: JSON.stringify({ accountId: id, limits: before }),
      after: JSON.stringify({ accountId: id, limits: after }),
    });
    return { kind: 'changed', before, after };
  });
}

async function lockedLimits(trx: Knex.Transaction, accountId: number): Promise<ChangedLimits> {
  const { rows } = await trx.raw<{ rows: ({ routeClass: RouteClass } & Limit)[] }>(
    `select route_class as "routeClass", calls, window_ms as "windowMs" from gateway_limit
     where account_id = ? order by route_class for update`,
    [accountId],
  );
  return Object.fromEntries(rows.map(({ routeClass, ...limit }) => [routeClass, limit]));
}

/**
 * Takes the account's next test, in all processes together.
 * @returns null when it is the caller's; else how many milliseconds ago the last one began.
 */
export async function beginAccountTest(knex: Knex, accountId: number, everyMs: number): Promise<number | null> {
  const { rowCount } = await knex.raw<{ rowCount: number }>(
    `update gateway_account set tested_at = clock_timestamp()
     where id = :accountId and coalesce(tested_at <= clock_timestamp() - :everyMs * interval '1 millisecond', true)`,
    { accountId, everyMs },
  );
  if (rowCount > 0) return null;
  const { rows } = await knex.raw<{ rows: { sinceMs: number }[] }>(
    `select extract(epoch from clock_timestamp() - tested_at)::float8 * 1000 as "sinceMs"
     from gateway_account where id = ?`,
    [accountId],
  );
  return Math.min(everyMs, Math.max(0, rows[0]?.sinceMs ?? 0));
}

/** That somebody tested the account, and how each step ended. */
export async function noteAccountCheck(
  knex: Knex,
  check: { carteiraId: number; by: string; steps: readonly { step: string; ok: boolean }[] },
): Promise<void> {
  await knex('audit_entry').insert({
    actor: check.by,
    action: 'testar conta de gateway',
    entity: 'carteira',
    entity_id: String(check.carteiraId),
    after: JSON.stringify({ steps: check.steps.map(({ step, ok }) => ({ step, ok })) }),
  });
}

export interface AccountDefinition {
  carteiraId: number;
  gateway: string;
  baseUrl: string;
  authUrl: string;
  convenio: string;
  /** Parsed JSON, not yet trusted. */
  credentials: unknown;
  /** Absent = as it is. */
  variation?: string;
  code?: string;
  timeoutSeconds?: number;
  addressSource?: 'main' | 'billing';
  pix?: boolean;
  acceptInvalidCodes?: boolean;
  /** Digits, without the check digit; leading zeros are dropped. */
  agency?: string;
  bankAccount?: string;
  limits?: Partial<Record<RouteClass, Limit>>;
  /** Numbers below it were given by an earlier system. Only ever raises. */
  nextNumber?: number;
  /** Of the carteira as it was read; absent = whatever it is by now. */
  version?: string;
  /** Opaque login id. */
  by: string;
  /** Of somebody who sees no others: an account that also serves carteiras of another filial is not theirs to change. */
  filiais?: readonly number[] | null;
}

export type DefinitionResult =
  | { kind: 'defined'; accountId: number; newAccount: boolean; sharedWith: number[] }
  /** Wrong input: one message for each option. */
  | { kind: 'invalid'; problems: { field: string; message: string }[] }
  | { kind: 'unknownCarteira' }
  | { kind: 'otherFilial' }
  /** Wrong codes are accepted of a sandbox only. */
  | { kind: 'production' }
  | Obstacle
  /** By whom (a name where one is known) and when, since `version`. */
  | { kind: 'changedSince'; by: string; at: Date | null }
  /** The bank knows one numbering for a convênio: two accounts would give the same numbers twice. */
  | { kind: 'convenioElsewhere'; carteiraIds: number[] };

/**
 * Ties a carteira to its account at a gateway. Two carteiras with the same gateway, base URL and client id share the
 * account, its limits and its token. A new client id, or a new address, under the same convênio is the same account
 * with other credentials: its boletos and its numbering go on.
 */
export async function defineGatewayAccount(
  knex: Knex,
  secretBox: SecretBox,
  knownGateways: KnownGateways,
  definition: AccountDefinition,
): Promise<DefinitionResult> {
  const problems = definitionProblems(knownGateways, definition);
  const known = knownGateways[definition.gateway];
  if (problems.length > 0 || !known) return { kind: 'invalid', problems };
  const credentials = definition.credentials as Record<string, string>;
  const identity = {
    gateway: definition.gateway,
    baseUrl: definition.baseUrl.replace(/\/+$/, ''),
    authUrl: definition.authUrl,
    convenio: definition.convenio,
    fingerprint: createHash('sha256')
      .update(credentials['clientId'] as string)
      .digest('hex'),
  };
  const target: Target = { ...identity, sealed: secretBox.seal(JSON.stringify(credentials), accountPlace(identity)) };
  return knex.transaction(async (trx): Promise<DefinitionResult> => {
    // One definition at a time: which account a convênio belongs to is decided over several rows.
    await trx.raw(`select pg_advisory_xact_lock(7062002)`);
    const { rows } = await trx.raw<{ rows: CarteiraRow[] }>(
      `select c.account_id as "accountId", c.convenio, c.variation, c.homologation, a.gateway, a.base_url as "baseUrl",
         a.credential_fingerprint as fingerprint, ${version} as version
       from carteira c left join gateway_account a on a.id = c.account_id where c.id = ? for update of c`,
      [definition.carteiraId],
    );
    const [current] = rows;
    if (!current) return { kind: 'unknownCarteira' };
    if (definition.version !== undefined && definition.version !== current.version)
      return { kind: 'changedSince', ...(await lastDefinition(trx, definition.carteiraId)) };
    if (known.variationRequired && (definition.variation ?? current.variation) === '')
      return {
        kind: 'invalid',
        problems: [{ field: 'variacao', message: 'este gateway exige a variação da carteira' }],
      };

    const isReal = known.productionHosts?.includes(new URL(target.baseUrl).hostname) ?? false;
    if (definition.acceptInvalidCodes && (isReal || !current.homologation)) return { kind: 'production' };

    const accountId = await findAccount(trx, current, target);
    if (await servesOthers(trx, accountId ?? current.accountId, definition.filiais)) return { kind: 'otherFilial' };
    const others = await carteirasOfConvenio(trx, definition.carteiraId, target, accountId);
    if (others.length > 0) return { kind: 'convenioElsewhere', carteiraIds: others };
    const { rewrites, obstacle } = await judgeChange(trx, secretBox, {
      carteira: { id: definition.carteiraId, accountId: current.accountId, convenio: current.convenio },
      ...{ accountId, convenio: target.convenio, credentials },
      identity: { baseUrl: target.baseUrl, authUrl: target.authUrl, fingerprint: target.fingerprint },
    });
    if (obstacle) return obstacle;
    const before = await getCarteira(trx, definition.carteiraId);
    const id = accountId !== null && !rewrites ? accountId : await storeAccount(trx, accountId, target);
    await storeLimits(trx, id, known.limits, definition.limits ?? {});
    await raiseNextNumber(trx, target, definition.nextNumber ?? 1, definition.nextNumber ? 'person' : 'nobody');
    await trx('carteira')
      .where({ id: definition.carteiraId })
      .update({
        definitions: trx.raw('definitions + 1'),
        account_id: id,
        gateway: target.gateway,
        convenio: target.convenio,
        ...(definition.variation === undefined ? {} : { variation: definition.variation }),
        ...(definition.code === undefined ? {} : { code: definition.code }),
        ...(definition.timeoutSeconds === undefined ? {} : { timeout_seconds: definition.timeoutSeconds }),
        ...(definition.addressSource === undefined ? {} : { address_source: definition.addressSource }),
        ...(definition.agency === undefined ? {} : { agency: withoutZeros(definition.agency) }),
        ...(definition.bankAccount === undefined ? {} : { bank_account: withoutZeros(definition.bankAccount) }),
        ...(definition.pix === undefined ? {} : { pix: definition.pix }),
        ...(definition.acceptInvalidCodes === undefined ? {} : { accept_invalid_codes: definition.acceptInvalidCodes }),
        ...(isReal ? { accept_invalid_codes: false } : {}),
      });
    const after = await getCarteira(trx, definition.carteiraId);
    await trx('audit_entry').insert({
      actor: definition.by,
      action: 'definir conta de gateway',
      entity: 'carteira',
      entity_id: String(definition.carteiraId),
      before: JSON.stringify(audited(before)),
      after: JSON.stringify(audited(after)),
    });
    const sharedWith = (after?.account?.carteiras ?? []).filter((other) => other !== definition.carteiraId);
    return { kind: 'defined', accountId: id, newAccount: accountId === null, sharedWith };
  });
}

/** Without the other carteiras of its account: whoever reads this one's history may not know of them. */
function audited(carteira: CarteiraDetails | null): object | null {
  if (!carteira) return null;
  const { version: _version, account, ...told } = carteira;
  if (!account) return { ...told, account };
  const { carteiras: _others, ...ofAccount } = account;
  return { ...told, account: ofAccount };
}

interface Target {
  gateway: string;
  baseUrl: string;
  authUrl: string;
  convenio: string;
  fingerprint: string;
  sealed: Buffer;
}

interface CarteiraRow {
  accountId: number | null;
  convenio: string | null;
  variation: string;
  homologation: boolean;
  gateway: string | null;
  baseUrl: string | null;
  fingerprint: string | null;
  version: string;
}

/** The account that the definition means: the one of the same identity, else the carteira's own under other credentials. */
async function findAccount(trx: Knex.Transaction, current: CarteiraRow, target: Target): Promise<number | null> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `select id from gateway_account
     where gateway = :gateway and base_url = :baseUrl and credential_fingerprint = :fingerprint`,
    { gateway: target.gateway, baseUrl: target.baseUrl, fingerprint: target.fingerprint },
  );
  if (rows[0]) return rows[0].id;
  const sameConvenio = current.gateway === target.gateway && current.convenio === target.convenio;
  const sameSide = current.baseUrl === target.baseUrl || current.fingerprint === target.fingerprint;
  return sameConvenio && sameSide ? current.accountId : null;
}

async function servesOthers(
  trx: Knex.Transaction,
  accountId: number | null,
  filiais: readonly number[] | null = null,
): Promise<boolean> {
  if (accountId === null || filiais === null) return false;
  const { rows } = await trx.raw<{ rows: unknown[] }>(
    `select from carteira where account_id = ? and (filial_id is null or filial_id <> all (?::bigint[])) limit 1`,
    [accountId, [...filiais]],
  );
  return rows.length > 0;
}

async function carteirasOfConvenio(
  trx: Knex.Transaction,
  carteiraId: number,
  target: Target,
  accountId: number | null,
): Promise<number[]> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    `select c.id from carteira c join gateway_account a on a.id = c.account_id
     where c.id <> :carteiraId and c.convenio = :convenio and a.gateway = :gateway and a.base_url = :baseUrl
       and a.id is distinct from :accountId::bigint
     order by c.id`,
    { carteiraId, convenio: target.convenio, gateway: target.gateway, baseUrl: target.baseUrl, accountId },
  );
  return rows.map(({ id }) => id);
}

/** Of the carteira, or of another one of its account. */
async function lastDefinition(trx: Knex.Transaction, carteiraId: number): Promise<{ by: string; at: Date | null }> {
  const { rows } = await trx.raw<{ rows: { by: string; at: Date }[] }>(
    `select coalesce(u.name, t.name, e.actor) as by, e.at
     from audit_entry e left join app_user u on u.id = e.actor left join api_token t on t.id = e.actor
     where e.entity = 'carteira' and e.action = 'definir conta de gateway'
       and e.entity_id in (select o.id::text from carteira o join carteira c on c.id = :carteiraId
                           where o.id = c.id or o.account_id = c.account_id)
     order by e.id desc limit 1`,
    { carteiraId },
  );
  return rows[0] ?? { by: 'alguém', at: null };
}

async function storeAccount(trx: Knex.Transaction, accountId: number | null, target: Target): Promise<number> {
  const row = {
    gateway: target.gateway,
    base_url: target.baseUrl,
    auth_url: target.authUrl,
    credential_fingerprint: target.fingerprint,
    credentials: target.sealed,
  };
  if (accountId !== null) {
    await trx('gateway_account').where({ id: accountId }).update(row);
    return accountId;
  }
  const [stored] = await trx('gateway_account').insert(row).returning<{ id: number }[]>('id');
  return stored?.id as number;
}

/** Limits that were not given stay, or begin as the gateway's own. */
async function storeLimits(
  trx: Knex.Transaction,
  accountId: number,
  usual: Record<RouteClass, Limit>,
  given: Partial<Record<RouteClass, Limit>>,
): Promise<void> {
  for (const [routeClass, limit] of Object.entries({ ...usual, ...given }))
    await trx.raw(
      `insert into gateway_limit (account_id, route_class, calls, window_ms)
       values (:accountId, :routeClass, :calls, :windowMs)
       on conflict (account_id, route_class) do ${
         routeClass in given ? 'update set calls = excluded.calls, window_ms = excluded.window_ms' : 'nothing'
       }`,
      { accountId, routeClass, ...limit },
    );
}

function definitionProblems(
  knownGateways: KnownGateways,
  definition: AccountDefinition,
): { field: string; message: string }[] {
  const known = knownGateways[definition.gateway];
  const problems: [string, string | null][] = [
    [
      'gateway',
      known ? null : `não conheço o gateway "${definition.gateway}"; conheço: ${Object.keys(knownGateways).join(', ')}`,
    ],
    ['base-url', urlProblem(definition.baseUrl)],
    ['auth-url', urlProblem(definition.authUrl)],
    [
      'convenio',
      !known || known.convenio.test(definition.convenio) ? null : `o convênio deve ter ${known.convenioForm}`,
    ],
    ['credenciais', known ? credentialsProblem(known, definition.credentials) : null],
    ['timeout', outside(definition.timeoutSeconds, 1, 300) ? 'o timeout deve ser de 1 a 300 segundos' : null],
    [
      'proximo-numero',
      outside(definition.nextNumber, 1, 9_999_999_999) ? 'o próximo número deve ser de 1 a 9999999999' : null,
    ],
    ['carteira', shortCode(definition.code) ? null : 'a carteira deve ter de 1 a 10 letras ou dígitos'],
    ['variacao', shortCode(definition.variation) ? null : 'a variação deve ter de 1 a 10 letras ou dígitos'],
    ['agencia', branchProblem('a agência', definition.agency, 5)],
    ['conta', branchProblem('a conta', definition.bankAccount, 12)],
    ['limite', limitProblem(definition.limits ?? {})],
  ];
  return problems.flatMap(([field, message]) => (message === null ? [] : [{ field, message }]));
}

function limitProblem(limits: ChangedLimits): string | null {
  const wrong = Object.values(limits).some(
    ({ calls, windowMs }) => outside(calls, 1, 1_000_000) || outside(windowMs, 1, 86_400_000),
  );
  return wrong ? 'o limite deve ser de 1 a 1000000 chamadas em até 24h' : null;
}

function outside(value: number | undefined, from: number, to: number): boolean {
  return value !== undefined && !(Number.isInteger(value) && value >= from && value <= to);
}

function shortCode(code: string | undefined): boolean {
  return code === undefined || /^[A-Za-z0-9]{1,10}$/.test(code);
}

function withoutZeros(digits: string): string {
  return digits.replace(/^0+/, '');
}

function branchProblem(what: string, given: string | undefined, longest: number): string | null {
  if (given === undefined || (/^\d+$/.test(given) && new RegExp(`^\\d{1,${longest}}$`).test(withoutZeros(given))))
    return null;
  return `${what} deve ter de 1 a ${longest} dígitos, sem o dígito verificador (452, e não 452-9)`;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function urlProblem(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `"${text.slice(0, 100)}" não é um endereço como https://api.banco.com.br/cobrancas/v2`;
  }
  if (url.username || url.password || url.search || url.hash) return 'o endereço não pode ter usuário, senha, ? nem #';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return null;
  return 'o endereço deve começar com https:// (http:// somente para esta máquina, 127.0.0.1)';
}

/** Never quotes a value. */
function credentialsProblem(known: KnownGateway, credentials: unknown): string | null {
  if (typeof credentials !== 'object' || credentials === null || Array.isArray(credentials))
    return `devem ser um objeto JSON com ${known.credentialKeys.join(', ')}`;
  const entries = Object.entries(credentials as Record<string, unknown>);
  const given = new Map(entries);
  const missing = known.credentialKeys.filter((name) => !given.get(name));
  if (missing.length > 0) return `falta ${missing.join(', ')}`;
  const allowed = [...known.credentialKeys, ...(known.optionalCredentialKeys ?? [])];
  if (entries.some(([name]) => !allowed.includes(name))) return `só podem ter ${allowed.join(', ')}`;
  const wrong = entries.filter(
    ([, value]) => typeof value !== 'string' || value.length > 20_000 || value.includes('\0'),
  );
  return wrong.length > 0 ? `${wrong.map(([name]) => name).join(', ')} deve ser um texto` : null;
}

/**
 * Whether an account has each of the credentials that its gateway needs. Whether the bank takes them, only a test of the
 * account tells. @throws Error for another SECRETS_KEY.
 */
export async function hasCredentials(
  knex: Knex,
  secretBox: SecretBox,
  accountId: number,
  needed: readonly string[],
): Promise<boolean> {
  const { credentials } = await loadAccount(knex, secretBox, accountId);
  return needed.every((key) => (credentials[key] ?? '') !== '');
}
