import type { Knex } from 'knex';
import type { ChargeSnapshot } from '../../domain/boleto/charge';

/** The first look at a number that was given up; each further one waits as long as it has been given up, to a day. */
const FIRST_LOOK_MIN = 5;

/**
 * Gives numbers up: their títulos get others. One that was ever sent is looked for from now on, since a call that
 * nobody heard of may have registered it after all.
 */
export async function giveUp(trx: Knex.Transaction, boletoIds: readonly number[]): Promise<void> {
  if (boletoIds.length === 0) return;
  await trx.raw(
    `update boleto b set state = 'superseded', given_up_at = clock_timestamp(),
       watch_at = case when exists (
           select from attempt a where a.boleto_id = b.id and coalesce(a.resolution, '') not in ('notSent', 'refused')
             and a.kind is distinct from 'duplicate')
         then clock_timestamp() + :first * interval '1 minute' end
     where id = any(:boletoIds)`,
    { boletoIds: [...boletoIds], first: FIRST_LOOK_MIN },
  );
}

/** Looked for so long after it was given up; then whoever compares everything with the bank finds it. */
const WATCHED_DAYS = 60;

/** A number that was given up and is to be looked for now, with the last attempt that used it. */
export interface GivenUpBoleto {
  boletoId: number;
  attemptId: string;
  accountId: number;
  convenio: string;
  bankId: string | null;
  snapshot: ChargeSnapshot;
  timeoutMs: number;
  acceptsMismatches: boolean;
}

/** Those of one gateway whose turn has come, longest due first. */
export async function dueGivenUp(knex: Knex, gateway: string, limit: number): Promise<GivenUpBoleto[]> {
  const { rows } = await knex.raw<{ rows: GivenUpBoleto[] }>(
    `select b.id as "boletoId", a.id as "attemptId", b.account_id as "accountId", b.convenio, b.bank_id as "bankId",
       a.snapshot, c.timeout_seconds * 1000 as "timeoutMs",
       c.homologation and c.accept_invalid_codes as "acceptsMismatches"
     from boleto b join gateway_account g on g.id = b.account_id
     join receivable r on r.id = b.receivable_id join carteira c on c.id = r.carteira_id
     join lateral (select id, snapshot from attempt where boleto_id = b.id order by intended_at desc limit 1) a on true
     where b.watch_at <= clock_timestamp() and g.gateway = :gateway order by b.watch_at limit :limit`,
    { gateway, limit },
  );
  return rows;
}

/** Gateways with numbers whose turn has come. */
export async function gatewaysToWatch(knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw<{ rows: { gateway: string }[] }>(
    `select distinct g.gateway from boleto b join gateway_account g on g.id = b.account_id
     where b.watch_at <= clock_timestamp() order by g.gateway`,
  );
  return rows.map(({ gateway }) => gateway);
}

/** The account cannot be asked just now: the others of its gateway come first next time. */
export async function postponeWatches(knex: Knex, accountId: number): Promise<void> {
  await knex.raw(
    `update boleto set watch_at = clock_timestamp() + :first * interval '1 minute'
     where account_id = :accountId and watch_at <= clock_timestamp()`,
    { accountId, first: FIRST_LOOK_MIN },
  );
}

/** The next look: after as long as it has been given up, at most a day; none after sixty days. */
export async function watchAgain(knex: Knex, boletoId: number): Promise<void> {
  await knex.raw(
    `update boleto set watch_at = case when given_up_at > clock_timestamp() - :days * interval '1 day'
       then clock_timestamp() + least(interval '1 day', greatest(:first * interval '1 minute', clock_timestamp() - given_up_at))
       end
     where id = :boletoId and watch_at is not null`,
    { boletoId, days: WATCHED_DAYS, first: FIRST_LOOK_MIN },
  );
}
