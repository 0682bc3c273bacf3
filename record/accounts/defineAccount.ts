import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { environmentOf, identifyingKeys, type GatewayManifest, type Manifests } from '../../domain/manifest';
import { accountPlace, type Sealer as SecretBox } from '../../domain/account/sealedPlaces';
import { raiseNextNumber } from '../engine/numbering';
import { judgeChange, type Obstacle } from './accountChange';
import { servesOthers, storeLimits, type ChangedLimits } from './accountLimits';
import { definitionVersion, getCarteira, type CarteiraDetails } from './carteiras';
import { definitionProblems, fieldValues, type DefinitionProblem } from './definitionProblems';

export interface AccountDefinition {
  carteiraId: number;
  gateway: string;
  baseUrl: string;
  /** Absent where the gateway has none. */
  authUrl?: string;
  /** Parsed JSON, not yet trusted. */
  credentials: unknown;
  /** The manifest says which it takes; absent = as it is, or as is usual. */
  convenio?: string;
  variation?: string;
  code?: string;
  /** Digits, without the check digit; leading zeros are dropped. */
  agency?: string;
  bankAccount?: string;
  /** Absent = as it is. */
  timeoutSeconds?: number;
  addressSource?: 'main' | 'billing';
  pix?: boolean;
  acceptInvalidCodes?: boolean;
  limits?: ChangedLimits;
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
  | { kind: 'invalid'; problems: DefinitionProblem[] }
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
 * Ties a carteira to its account at a gateway. Two carteiras with the same gateway, base URL and identifying credentials
 * share the account, its limits and its token. Others, or a new address, under the same convênio are the same account
 * with other credentials: its boletos and its numbering go on.
 */
export async function defineGatewayAccount(
  knex: Knex,
  secretBox: SecretBox,
  manifests: Manifests,
  definition: AccountDefinition,
): Promise<DefinitionResult> {
  const problems = definitionProblems(manifests, definition);
  const manifest = manifests[definition.gateway];
  if (problems.length > 0 || !manifest) return { kind: 'invalid', problems };
  const credentials = definition.credentials as Record<string, string>;
  const identity = {
    gateway: definition.gateway,
    baseUrl: definition.baseUrl.replace(/\/+$/, ''),
    authUrl: definition.authUrl ?? null,
    fingerprint: fingerprintOf(manifest, credentials),
  };
  const sealed = secretBox.seal(JSON.stringify(credentials), accountPlace(identity));
  return knex.transaction(async (trx): Promise<DefinitionResult> => {
    // One definition at a time: which account a convênio belongs to is decided over several rows.
    await trx.raw(`select pg_advisory_xact_lock(7062002)`);
    const { rows } = await trx.raw<{ rows: CarteiraRow[] }>(
      `select c.account_id as "accountId", c.convenio, c.code as carteira, c.variation as variacao,
         c.agency as agencia, c.bank_account as conta, c.homologation,
         a.gateway, a.base_url as "baseUrl", a.credential_fingerprint as fingerprint, ${definitionVersion} as version
       from carteira c left join gateway_account a on a.id = c.account_id where c.id = ? for update of c`,
      [definition.carteiraId],
    );
    const [current] = rows;
    if (!current) return { kind: 'unknownCarteira' };
    if (definition.version !== undefined && definition.version !== current.version)
      return { kind: 'changedSince', ...(await lastDefinition(trx, definition.carteiraId)) };
    const { problems: lacking, values } = fieldValues(manifest, definition, current);
    if (lacking.length > 0) return { kind: 'invalid', problems: lacking };
    const target: Target = { ...identity, sealed, convenio: values.convenio ?? '' };

    const isReal = environmentOf(manifest, target.baseUrl)?.real ?? false;
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
    await storeLimits(trx, id, manifest.capabilities.limits, definition.limits ?? {});
    if (manifest.capabilities.numbering === 'client')
      await raiseNextNumber(trx, target, definition.nextNumber ?? 1, definition.nextNumber ? 'person' : 'nobody');
    await trx('carteira')
      .where({ id: definition.carteiraId })
      .update({
        definitions: trx.raw('definitions + 1'),
        account_id: id,
        gateway: target.gateway,
        convenio: target.convenio,
        ...(values.variacao === undefined ? {} : { variation: values.variacao }),
        ...(values.carteira === undefined ? {} : { code: values.carteira }),
        ...(values.agencia === undefined ? {} : { agency: values.agencia }),
        ...(values.conta === undefined ? {} : { bank_account: values.conta }),
        ...(definition.timeoutSeconds === undefined ? {} : { timeout_seconds: definition.timeoutSeconds }),
        ...(definition.addressSource === undefined ? {} : { address_source: definition.addressSource }),
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

/** One key's value alone is hashed as it is: accounts of before are found by it. */
function fingerprintOf(manifest: GatewayManifest, credentials: Record<string, string>): string {
  const values = identifyingKeys(manifest).map((key) => credentials[key] ?? '');
  const [only = ''] = values;
  return createHash('sha256')
    .update(values.length === 1 ? only : JSON.stringify(values))
    .digest('hex');
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
  authUrl: string | null;
  /** Empty at a gateway that has none. */
  convenio: string;
  fingerprint: string;
  sealed: Buffer;
}

interface CarteiraRow {
  accountId: number | null;
  convenio: string | null;
  carteira: string;
  variacao: string;
  agencia: string | null;
  conta: string | null;
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
  // Where there are no convênios the carteira has nothing else to be known by: its account goes on, too.
  const sameConvenio = current.gateway === target.gateway && current.convenio === target.convenio;
  const sameSide = current.baseUrl === target.baseUrl || current.fingerprint === target.fingerprint;
  return sameConvenio && sameSide ? current.accountId : null;
}

async function carteirasOfConvenio(
  trx: Knex.Transaction,
  carteiraId: number,
  target: Target,
  accountId: number | null,
): Promise<number[]> {
  if (target.convenio === '') return [];
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
