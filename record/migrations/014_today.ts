import type { Knex } from 'knex';

/** What needs a person, in a batch or not: alerts about carteiras, and boletos that can be paid though nothing is owed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
alter table alert
  alter batch_id drop not null,
  add carteira_id bigint references carteira,
  -- About a carteira, by filial, each told apart: counts and dates, nothing of a person.
  add counts jsonb,
  -- A person saw to it.
  add settled_at timestamptz,
  add settled_by text,
  add constraint alert_about_one_thing check (num_nonnulls(batch_id, carteira_id) = 1),
  drop constraint alert_once_a_day,
  add constraint alert_once_a_day unique nulls not distinct (batch_id, carteira_id, kind, day, receivable_id);
create index alert_by_day on alert (day);

-- Exactly what a communication would still have to register: found however old the título is, among however many.
create index receivable_to_register on receivable (carteira_id, due_date, filial_id, id)
  where status in ('A', 'P') and released and not impresso;

-- Another system's boletos, which a person decides about, and títulos that are open again after theirs was written off.
create index receivable_with_earlier_boleto on receivable (carteira_id)
  where imported_registration is not null and status in ('A', 'P') and released and not impresso;
create index boleto_cancelled on boleto (receivable_id) where state = 'cancelled';

-- The due date is told of by carteira: what a batch says stays with the batch.
create or replace function alert_tells_webhooks() returns trigger language plpgsql as $$
declare
  of_filial jsonb;
begin
  if new.kind = 'config' then
    perform tell_webhooks('configuration.failed', c.filial_id, b.filiais,
      -- A code of ours, not the message: a bank may have put a name into that.
      jsonb_build_object('batchId', b.id, 'carteiraId', b.carteira_id, 'code', b.pause_reason))
    from batch b join carteira c on c.id = b.carteira_id where b.id = new.batch_id;
  else
    -- A notice for each filial: whoever is told of one alone learns of its títulos, and nobody of one twice.
    for of_filial in select jsonb_array_elements(new.counts) loop
      perform tell_webhooks('due.soon', c.filial_id, array[(of_filial->>'filialId')::bigint],
        jsonb_build_object('carteiraId', c.id, 'day', new.day) || of_filial)
      from carteira c where c.id = new.carteira_id;
    end loop;
  end if;
  return null;
end $$;
drop trigger alert_webhooks on alert;
create trigger alert_webhooks after insert or update of message on alert for each row
  when (new.kind = 'config' or (new.kind = 'dueDate' and new.carteira_id is not null))
  execute function alert_tells_webhooks();

alter table boleto
  -- Registered, and its título is cancelled or paid: whoever has the boleto can still pay it.
  add payable_though_closed_since timestamptz;
update boleto b set payable_though_closed_since = clock_timestamp()
from receivable r where r.id = b.receivable_id and b.state = 'registered' and r.status in ('C', 'R');
create index boleto_payable_though_closed on boleto (receivable_id)
  where payable_though_closed_since is not null and state = 'registered';
-- For what Hoje counts.
create index boleto_disputed on boleto (receivable_id) where state in ('unconfirmed', 'conflict');
create index boleto_without_pix on boleto (account_id, convenio, receivable_id)
  where state = 'registered' and pix_emv is null;

-- By whatever way the status comes. A boleto that is just being registered is none of this trigger's: the other waits.
create function receivable_closes_boleto() returns trigger language plpgsql as $$
begin
  update boleto set payable_though_closed_since =
    case when new.status in ('C', 'R') then coalesce(payable_though_closed_since, clock_timestamp()) end
  where receivable_id = new.id and state = 'registered'
    and (payable_though_closed_since is null) = (new.status in ('C', 'R'));
  return null;
end $$;
create trigger receivable_closes_boleto after update of status on receivable for each row
  when (old.status is distinct from new.status) execute function receivable_closes_boleto();

create function boleto_of_closed_receivable() returns trigger language plpgsql as $$
declare
  is_closed boolean;
begin
  -- Locked, so that a status that is changed at the same instant is either seen here or sees the registration.
  select status in ('C', 'R') into is_closed from receivable where id = new.receivable_id for share;
  if is_closed then update boleto set payable_though_closed_since = clock_timestamp() where id = new.id; end if;
  return null;
end $$;
create trigger boleto_of_closed_receivable after update of state on boleto for each row
  when (new.state = 'registered' and old.state <> 'registered') execute function boleto_of_closed_receivable();
create trigger new_boleto_of_closed_receivable after insert on boleto for each row
  when (new.state = 'registered') execute function boleto_of_closed_receivable();

create function payable_boleto_tells_webhooks() returns trigger language plpgsql as $$
begin
  if not exists (select from webhook where active and 'boleto.payableThoughClosed' = any(events)) then return null; end if;
  perform tell_webhooks('boleto.payableThoughClosed', r.filial_id, array[r.filial_id], jsonb_build_object(
    'boletoId', new.id, 'receivableId', r.id, 'carteiraId', r.carteira_id, 'filialId', r.filial_id, 'status', r.status))
  from receivable r where r.id = new.receivable_id;
  return null;
end $$;
create trigger payable_boleto_webhooks after update of payable_though_closed_since on boleto for each row
  when (new.payable_though_closed_since is not null and old.payable_though_closed_since is null)
  execute function payable_boleto_tells_webhooks();
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
