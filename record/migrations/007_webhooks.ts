import type { Knex } from 'knex';

/**
 * What other programs are told. A notice is written in the transaction of what happened, once for each webhook that
 * wants it; nothing is written where nobody does.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table webhook (
  id text primary key check (id ~ '^w-[0-9a-f]{12}$'),
  name text not null,
  url text not null,
  -- Under SECRETS_KEY, as credentials of banks are.
  secret bytea not null,
  -- Signs beside the new one for a while, so that a receiver can change over.
  previous_secret bytea,
  previous_until timestamptz,
  events text[] not null check (events <> '{}'),
  -- null = of every filial.
  filiais bigint[] check (filiais <> '{}'),
  active boolean not null default true,
  -- Why it is not active, when it was not a person: gone, noAnswer.
  stopped_by text,
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  -- Failures since the last success; while it fails, it is tried at retry_at and not before.
  failures int not null default 0,
  failing_since timestamptz,
  retry_at timestamptz,
  -- When somebody last delivered to it, or looked whether there is something.
  worked_at timestamptz not null default '-infinity'
);

create table webhook_event (
  -- The webhook-id of every delivery, also of one that is sent again: a receiver knows it by that.
  id text primary key,
  type text not null,
  -- Ids only: nothing of a person.
  data jsonb not null,
  at timestamptz not null default clock_timestamp()
);

create table webhook_delivery (
  id bigint generated always as identity primary key,
  webhook_id text not null references webhook on delete cascade,
  event_id text not null references webhook_event,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  tries int not null default 0,
  next_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp(),
  delivered_at timestamptz
);
create index webhook_delivery_pending on webhook_delivery (webhook_id, tries, id) where state = 'pending';
create index webhook_delivery_by_webhook on webhook_delivery (webhook_id, id);
create index webhook_delivery_by_event on webhook_delivery (event_id);

create table webhook_attempt (
  id bigint generated always as identity primary key,
  delivery_id bigint not null references webhook_delivery on delete cascade,
  at timestamptz not null,
  duration_ms int not null,
  http_status int,
  -- A code of domain/webhooks.ts; null = delivered.
  failure text,
  -- The beginning of what was answered.
  answer text
);
create index webhook_attempt_by_delivery on webhook_attempt (delivery_id, id);

-- owner_filial: that of the carteira, or of the título. all_filiais: of everything it is about; null = not known yet.
create function tell_webhooks(kind text, owner_filial bigint, all_filiais bigint[], about jsonb)
returns void language plpgsql as $$
declare
  told text[];
  event text;
begin
  select array_agg(id) into told from webhook
  where active and kind = any(events)
    and (filiais is null or (owner_filial = any(filiais) and all_filiais is not null and all_filiais <@ filiais));
  if told is null then return; end if;
  event := 'evt_' || replace(gen_random_uuid()::text, '-', '');
  insert into webhook_event (id, type, data) values (event, kind, about);
  insert into webhook_delivery (webhook_id, event_id) select unnest(told), event;
end $$;

create function boleto_tells_webhooks() returns trigger language plpgsql as $$
begin
  -- Of hundreds a second: nothing more is looked up where nobody asks.
  if not exists (select from webhook where active and 'boleto.registered' = any(events)) then return null; end if;
  perform tell_webhooks('boleto.registered', r.filial_id, array[r.filial_id], jsonb_build_object(
    'boletoId', new.id, 'receivableId', r.id, 'carteiraId', r.carteira_id, 'filialId', r.filial_id,
    'batchId', (select a.batch_id from attempt a where a.boleto_id = new.id order by a.intended_at desc limit 1)))
  from receivable r where r.id = new.receivable_id;
  return null;
end $$;
create trigger boleto_webhooks after update of state on boleto for each row
  when (new.state = 'registered' and old.state <> 'registered') execute function boleto_tells_webhooks();

create function batch_tells_webhooks() returns trigger language plpgsql as $$
begin
  perform tell_webhooks(
    case when new.phase = 'concluded' then 'batch.done' else 'batch.waiting' end, c.filial_id, new.filiais,
    jsonb_build_object('batchId', new.id, 'carteiraId', new.carteira_id, 'phase', new.phase, 'round', new.round))
  from carteira c where c.id = new.carteira_id;
  return null;
end $$;
create trigger batch_webhooks after update of phase on batch for each row
  when (new.phase <> old.phase and new.phase in ('awaitingAdjustments', 'paused', 'concluded'))
  execute function batch_tells_webhooks();

create function alert_tells_webhooks() returns trigger language plpgsql as $$
begin
  perform tell_webhooks(
    case new.kind when 'config' then 'configuration.failed' else 'due.soon' end, c.filial_id, b.filiais,
    jsonb_build_object('batchId', b.id, 'carteiraId', b.carteira_id) || case new.kind
      -- A code of ours, not the message: a bank may have put a name into that.
      when 'config' then jsonb_build_object('code', b.pause_reason) else jsonb_build_object('day', new.day) end)
  from batch b join carteira c on c.id = b.carteira_id where b.id = new.batch_id;
  return null;
end $$;
-- The alert of a day is written over when the batch is stopped again: that is news, too.
create trigger alert_webhooks after insert or update on alert for each row
  when (new.kind in ('config', 'dueDate')) execute function alert_tells_webhooks();
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
