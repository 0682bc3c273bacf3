import type { Knex } from 'knex';

/**
 * Programs are told what was refused, corrected and found to differ, too; and a webhook that a token made is told
 * nothing when that token may no more.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
-- Of the program that made it; null = a person answers for it.
alter table webhook add token_id text references api_token, add check (token_id is null or filiais is not null);

-- As record/access/apiTokens.ts judges a call of the token.
create function webhook_is_vouched_for(token text, of_filiais bigint[]) returns boolean stable language sql as $$
  select token is null or exists (
    select from api_token t join app_user u on u.id = t.created_by
    where t.id = token and t.expires_at > clock_timestamp() and t.revoked_at is null and u.active
      and 'consulta' not in (t.role, u.role)
      and (t.filiais is null or of_filiais <@ t.filiais) and (u.filiais is null or of_filiais <@ u.filiais))
$$;

create or replace function tell_webhooks(kind text, owner_filial bigint, all_filiais bigint[], about jsonb)
returns void language plpgsql as $$
declare
  told text[];
  event text;
begin
  -- Only a deletion is in the way of this lock, and whoever is being deleted is told nothing more.
  select array_agg(id) into told from (
    select id from webhook
    where active and kind = any(events)
      and (filiais is null or (owner_filial = any(filiais) and all_filiais is not null and all_filiais <@ filiais))
      and webhook_is_vouched_for(token_id, filiais)
    for key share skip locked) w;
  if told is null then return; end if;
  event := 'evt_' || replace(gen_random_uuid()::text, '-', '');
  insert into webhook_event (id, type, data) values (event, kind, about);
  insert into webhook_delivery (webhook_id, event_id) select unnest(told), event;
end $$;

-- Of a título, with its boleto and batch where they are known.
create function tell_webhooks_of_titulo(kind text, titulo bigint, of_boleto bigint, of_batch text, more jsonb)
returns void language plpgsql as $$
begin
  -- Of hundreds a second: nothing more is looked up where nobody asks.
  if not exists (select from webhook where active and kind = any(events)) then return; end if;
  perform tell_webhooks(kind, r.filial_id, array[r.filial_id], jsonb_build_object(
    'boletoId', coalesce(of_boleto, (select b.id from boleto b
      where b.receivable_id = r.id and b.state not in ('superseded', 'cancelled'))),
    'receivableId', r.id, 'carteiraId', r.carteira_id, 'filialId', r.filial_id,
    'batchId', coalesce(of_batch, (select a.batch_id from attempt a where a.boleto_id = of_boleto
      order by a.intended_at desc limit 1))) || more)
  from receivable r where r.id = titulo;
end $$;

create function refusal_tells_webhooks() returns trigger language plpgsql as $$
begin
  -- Codes, not the message: a bank may have put a name into that.
  perform tell_webhooks_of_titulo('boleto.refused', new.receivable_id, new.boleto_id, new.batch_id,
    jsonb_build_object('code', new.provider_code));
  return null;
end $$;
create trigger refusal_webhooks after update of state on batch_item for each row
  when (new.state = 'rejected' and old.state <> 'rejected') execute function refusal_tells_webhooks();

-- Each correction of a título has its entry in the audit, one of many at once, too.
create function correction_tells_webhooks() returns trigger language plpgsql as $$
begin
  perform tell_webhooks_of_titulo('boleto.corrected', new.entity_id::bigint, null,
    (select batch_id from batch_item where receivable_id = new.entity_id::bigint and closed_at is null), '{}');
  return null;
end $$;
create trigger correction_webhooks after insert on audit_entry for each row
  when (new.action = 'corrigir' and new.entity = 'receivable') execute function correction_tells_webhooks();

create function divergence_tells_webhooks() returns trigger language plpgsql as $$
begin
  perform tell_webhooks_of_titulo('boleto.diverged', new.receivable_id, new.id, null, jsonb_build_object('reason',
    case when new.state = 'conflict' then 'conflict' else 'olderData' end));
  return null;
end $$;
create trigger divergence_webhooks after update of state, older_data on boleto for each row
  when ((new.state = 'conflict' and old.state <> 'conflict')
    or (new.state = 'registered' and new.older_data and not (old.state = 'registered' and old.older_data)))
  execute function divergence_tells_webhooks();

create function two_alive_tell_webhooks() returns trigger language plpgsql as $$
begin
  perform tell_webhooks_of_titulo('boleto.diverged', new.receivable_id, null, new.batch_id,
    jsonb_build_object('reason', 'twoAlive'));
  return null;
end $$;
create trigger two_alive_webhooks after insert on alert for each row
  when (new.kind = 'twoAlive' and new.receivable_id is not null) execute function two_alive_tell_webhooks();
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
