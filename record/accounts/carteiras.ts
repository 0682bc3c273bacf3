import type { Knex } from 'knex';
import type { Limit } from '../../domain/manifest';
import type { CarteiraTerms } from '../../domain/account/carteiraTerms';
import type { GatewayAccount, RouteClass } from '../../domain/gateway';
import { accountPlace, type Sealer as SecretBox } from '../../domain/account/sealedPlaces';

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
    authUrl: string | null;
    limits: Record<RouteClass, Limit>;
    /** Every carteira of the account, this one too. */
    carteiras: number[];
    /** The number that the next new boleto of the convênio takes. */
    nextNumber: number | null;
  } | null;
}

const summaryColumns = `c.id, c.description, c.filial_id as "filialId", c.gateway, c.convenio, c.account_id as "accountId",
  c.code, c.variation, c.timeout_seconds as "timeoutSeconds"`;

/** Of a definition and its account, over `carteira c` and its `gateway_account a`. */
export const definitionVersion = `c.definitions || '-' || coalesce(a.version, 0)`;

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
    `select ${summaryColumns}, ${definitionVersion} as version, c.especie, c.address_source as "addressSource", c.homologation, c.pix,
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
