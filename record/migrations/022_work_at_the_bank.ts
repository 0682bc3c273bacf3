import type { Knex } from 'knex';

/**
 * A correction is a proposal that stands on a value; what changed after registration is work for somebody at the bank;
 * what cannot be taken while a call has no certain end waits for that end.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
create table correction_basis (
  id bigint generated always as identity primary key,
  entity text not null check (entity in ('customer', 'receivable')),
  row_id bigint not null,
  column_name text not null,
  -- What the source had said when it was corrected; while it repeats that, the correction stays.
  basis jsonb not null,
  value jsonb not null,
  by text not null,
  at timestamptz not null default clock_timestamp(),
  -- The título through which it was corrected.
  receivable_id bigint not null references receivable,
  -- Of many at once; null = of one alone.
  correction_id bigint references correction,
  -- The source says something else by now: a person decides.
  conflict_value jsonb,
  conflict_at timestamptz,
  conflict_by text,
  ended_at timestamptz,
  end_reason text check (end_reason in ('agreed', 'conflictSettled', 'undone', 'replaced', 'closed')),
  ended_by text,
  constraint correction_basis_end check (num_nulls(ended_at, end_reason) in (0, 2)),
  constraint correction_basis_conflict check (num_nulls(conflict_value, conflict_at, conflict_by) in (0, 3)),
  constraint correction_basis_proposes check (value <> basis)
);
create unique index correction_basis_one_live on correction_basis (entity, row_id, column_name) where ended_at is null;
create index correction_basis_conflicts on correction_basis (entity, row_id)
  where ended_at is null and conflict_value is not null;
create index correction_basis_by_receivable on correction_basis (receivable_id);

-- What an import said of a título while a call of it had no certain end; the latest wins, field by field.
create table pending_change (
  receivable_id bigint primary key references receivable,
  -- Columns of receivable, and parts of imported_registration.
  data jsonb not null,
  registration jsonb,
  by text not null,
  at timestamptz not null default clock_timestamp()
);

alter table boleto
  -- What the bank has, where that is not what the registered attempt sent: of one that was adopted, or altered there.
  -- Keys as in an attempt's snapshot and its payer; customerId and carteiraId once the título has others.
  add bank_terms jsonb;

create table bank_work (
  id bigint generated always as identity primary key,
  boleto_id bigint not null references boleto,
  receivable_id bigint not null references receivable,
  kind text not null check (kind in ('alter', 'cancel')),
  -- By the ERP's names: {"data_vencimento": {"bank": "2030-02-10", "wanted": "2030-03-10"}}; amounts in cents.
  fields jsonb not null check (fields <> '{}'),
  origin text not null check (origin in ('import', 'correction', 'registration', 'record', 'bank')),
  -- Opaque; null = nobody: it was registered with what was sent before.
  by text,
  opened_at timestamptz not null default clock_timestamp(),
  -- When what is wanted last changed.
  changed_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  -- equal: the record says again what the bank has; replaced: the other kind is needed; bankShows; done: a person says so.
  close_reason text check (close_reason in ('equal', 'replaced', 'bankShows', 'done')),
  closed_by text,
  constraint bank_work_end check (num_nulls(closed_at, close_reason) in (0, 2))
);
create unique index bank_work_one_open on bank_work (boleto_id, kind) where closed_at is null;
create index bank_work_open on bank_work (receivable_id) where closed_at is null;
create index bank_work_by_receivable on bank_work (receivable_id);

-- The terms of a título alone, as one text that is another when one of them is.
create function own_terms_of(r receivable) returns text language sql immutable as $$
  select md5(jsonb_build_array(r.interest_percent, r.daily_interest_cents, r.fine_percent, r.fine_cents, r.grace_days,
    r.discount_percent, r.discount_cents, r.discount_days, r.discount2_percent, r.discount2_cents, r.discount2_days,
    r.discount3_percent, r.discount3_cents, r.discount3_days, r.write_off_days)::text)
$$;

-- What a bank would be told of a título today.
create function terms_of(id bigint) returns jsonb language sql stable as $$
  select jsonb_build_object('dueDate', r.due_date, 'amountCents', r.open_amount_cents, 'personType', c.person_type,
      'document', c.document, 'name', c.name)
    || case k.address_source when 'billing' then jsonb_build_object('cep', c.billing_cep, 'street', c.billing_street,
      'number', c.billing_number, 'complement', c.billing_complement, 'district', c.billing_district,
      'city', c.billing_city, 'uf', c.billing_uf)
    else jsonb_build_object('cep', c.cep, 'street', c.street, 'number', c.number, 'complement', c.complement,
      'district', c.district, 'city', c.city, 'uf', c.uf) end
  from receivable r join customer c on c.id = r.customer_id join carteira k on k.id = r.carteira_id where r.id = $1
$$;

-- Holds the registered boletos of these títulos against the record as it is now. One statement for however many.
-- What a bank would not see (accents, upper case, spaces at the ends) is no difference.
create function review_bank_work(ids bigint[], how text, who text) returns void language sql as $$
  with charge as materialized (
    select b.id as boleto_id, r.id as receivable_id, own_terms_of(r) as own_terms, r.status, r.due_date, r.open_amount_cents, r.customer_id,
      r.carteira_id, c.document, c.name,
      case k.address_source when 'billing' then '_cob' else '' end as suffix,
      case k.address_source when 'billing' then jsonb_build_object('cep', c.billing_cep, 'endereco', c.billing_street,
        'numero', c.billing_number, 'complemento', c.billing_complement, 'bairro', c.billing_district,
        'cidade', c.billing_city, 'uf', c.billing_uf)
      else jsonb_build_object('cep', c.cep, 'endereco', c.street, 'numero', c.number, 'complemento', c.complement,
        'bairro', c.district, 'cidade', c.city, 'uf', c.uf) end as address,
      coalesce((
        select jsonb_build_object('dueDate', a.snapshot->'dueDate', 'amountCents', a.snapshot->'amountCents')
          || (a.snapshot->'payer')
        from attempt a where a.boleto_id = b.id
        -- The one that the barcode is about (due date factor and amount), whatever is known of it; else the last that
        -- registered.
        order by case when b.barcode ~ '^[0-9]{44}$' then substr(b.barcode, 6, 14)
            = lpad(((((a.snapshot->>'dueDate')::date - date '1997-10-07') - 1000) % 9000 + 1000)::text, 4, '0')
              || lpad(a.snapshot->>'amountCents', 10, '0') end desc nulls last,
          coalesce(a.resolution = 'registered', false) desc, a.kind is distinct from 'duplicate' desc, a.intended_at desc limit 1), '{}')
        || coalesce(b.bank_terms, '{}') as bank
    from receivable r
    join boleto b on b.receivable_id = r.id and b.state = 'registered'
    join customer c on c.id = r.customer_id
    join carteira k on k.id = r.carteira_id
    where r.id = any(ids)),
  differing as (
    select boleto_id, receivable_id, f.kind, f.name, f.bank, f.wanted
    from charge cross join lateral (
      select 'cancel' as kind, 'status' as name, to_jsonb('A'::text) as bank, to_jsonb(status) as wanted
        where status in ('C', 'R')
      union all
      -- Of what is owed no more nothing else matters.
      select d.* from (
        select 'cancel', 'id_cliente', bank->'customerId', to_jsonb(customer_id)
        union all select 'cancel', 'id_carteira_cobranca', bank->'carteiraId', to_jsonb(carteira_id)
        union all select 'cancel', 'cnpj_cpf', bank->'document', to_jsonb(document)
        union all select 'alter', 'data_vencimento', bank->'dueDate', to_jsonb(due_date)
        union all select 'alter', 'condicoes', bank->'ownTerms', to_jsonb(own_terms)
        union all select case open_amount_cents when 0 then 'cancel' else 'alter' end, 'valor_aberto', bank->'amountCents',
          to_jsonb(open_amount_cents)
      ) as d(kind, name, bank, wanted) where status not in ('C', 'R') and d.bank <> d.wanted
      union all
      select 'alter', t.name || case t.name when 'razao' then '' else suffix end, to_jsonb(t.bank), to_jsonb(t.wanted)
      from (
        select 'razao' as name, bank->>'name' as bank, name as wanted
        union all select key, coalesce(bank->>p.at_bank, ''), value
        from jsonb_each_text(address) join (values ('cep', 'cep'), ('endereco', 'street'), ('numero', 'number'),
          ('complemento', 'complement'), ('bairro', 'district'), ('cidade', 'city'), ('uf', 'uf'))
          as p(name, at_bank) on p.name = key
        -- Of a boleto whose payer nobody knows any more nothing is compared.
        where jsonb_exists(bank, 'street')
      ) t
      where status not in ('C', 'R') and t.bank <> t.wanted
        and lower(translate(trim(t.bank), 'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnaaaaaeeeeiiiiooooouuuucn'))
          <> lower(translate(trim(t.wanted), 'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnaaaaaeeeeiiiiooooouuuucn'))
    ) f),
  wanted as materialized (
    -- Of what is to be written off nothing is to be altered.
    select boleto_id, receivable_id, case when bool_or(kind = 'cancel') then 'cancel' else 'alter' end as kind,
      jsonb_object_agg(name, jsonb_build_object('bank', bank, 'wanted', wanted)) as fields
    from differing group by boleto_id, receivable_id),
  closed as (
    update bank_work w set closed_at = clock_timestamp(), closed_by = who,
      close_reason = case when exists (select from wanted n where n.boleto_id = w.boleto_id) then 'replaced'
        when how = 'bank' then 'bankShows' else 'equal' end
    where w.receivable_id = any(ids) and w.closed_at is null
      and not exists (select from wanted n where n.boleto_id = w.boleto_id and n.kind = w.kind))
  insert into bank_work (boleto_id, receivable_id, kind, fields, origin, by)
  select boleto_id, receivable_id, kind, fields, how, who from wanted order by boleto_id
  on conflict (boleto_id, kind) where closed_at is null do update
    set fields = excluded.fields, origin = excluded.origin, by = excluded.by, changed_at = clock_timestamp()
    where bank_work.fields <> excluded.fields
$$;

-- What stood for boletos that can be paid though nothing is owed is now work at the bank as any other.
drop trigger receivable_closes_boleto on receivable;
drop function receivable_closes_boleto();
drop trigger payable_boleto_webhooks on boleto;
drop function payable_boleto_tells_webhooks();
drop trigger boleto_of_closed_receivable on boleto;
drop trigger new_boleto_of_closed_receivable on boleto;
drop function boleto_of_closed_receivable();

-- By whatever way the status comes. Whoever writes many looks at all of them at once, at the end, and says so.
create function receivable_has_other_status() returns trigger language plpgsql as $$
begin
  if exists (select from boleto where receivable_id = new.id and state = 'registered') then
    perform review_bank_work(array[new.id], 'record', null);
  end if;
  return null;
end $$;
create trigger receivable_has_other_status after update of status on receivable for each row
  when (old.status is distinct from new.status
    and current_setting('boletos.bank_work', true) is distinct from 'at the end')
  execute function receivable_has_other_status();

-- The bank has the boleto of the customer and carteira that the título had.
create function receivable_moves_away() returns trigger language plpgsql as $$
begin
  update boleto set bank_terms = jsonb_build_object('customerId', old.customer_id, 'carteiraId', old.carteira_id)
    || coalesce(bank_terms, '{}')
  where receivable_id = new.id and state = 'registered';
  return null;
end $$;
-- And with the terms that it had.
create function receivable_changes_terms() returns trigger language plpgsql as $$
begin
  update boleto set bank_terms = jsonb_build_object('ownTerms', own_terms_of(old)) || coalesce(bank_terms, '{}')
  where receivable_id = new.id and state = 'registered';
  return null;
end $$;
create trigger receivable_changes_terms after update of interest_percent, daily_interest_cents, fine_percent, fine_cents,
    grace_days, discount_percent, discount_cents, discount_days, discount2_percent, discount2_cents, discount2_days,
    discount3_percent, discount3_cents, discount3_days, write_off_days on receivable for each row
  when (own_terms_of(old) is distinct from own_terms_of(new)) execute function receivable_changes_terms();
create trigger receivable_moves_away after update of customer_id, carteira_id on receivable for each row
  when ((old.customer_id, old.carteira_id) is distinct from (new.customer_id, new.carteira_id))
  execute function receivable_moves_away();

create function boleto_differs_when_registered() returns trigger language plpgsql as $$
declare
  is_closed boolean;
begin
  -- Locked, so that a status that is changed at the same instant is either seen here or sees the registration.
  select status in ('C', 'R') into is_closed from receivable where id = new.receivable_id for share;
  if is_closed or new.older_data then perform review_bank_work(array[new.receivable_id], 'registration', null); end if;
  return null;
end $$;
create function boleto_brings_terms() returns trigger language plpgsql as $$
begin
  -- No attempt of ours sent it: the record has nothing else to go by.
  new.bank_terms := terms_of(new.receivable_id);
  return new;
end $$;
create trigger boleto_brings_terms before insert on boleto for each row
  when (new.state = 'registered' and new.bank_terms is null) execute function boleto_brings_terms();
create trigger boleto_differs_when_registered after update of state on boleto for each row
  when (new.state = 'registered' and old.state <> 'registered') execute function boleto_differs_when_registered();
create trigger new_boleto_differs_when_registered after insert on boleto for each row
  when (new.state = 'registered') execute function boleto_differs_when_registered();

create function payable_boleto_tells_webhooks() returns trigger language plpgsql as $$
begin
  if not exists (select from webhook where active and 'boleto.payableThoughClosed' = any(events)) then return null; end if;
  if tg_op = 'UPDATE' and jsonb_exists(old.fields, 'status') then return null; end if;
  perform tell_webhooks('boleto.payableThoughClosed', r.filial_id, array[r.filial_id], jsonb_build_object(
    'boletoId', new.boleto_id, 'receivableId', r.id, 'carteiraId', r.carteira_id, 'filialId', r.filial_id,
    'status', r.status))
  from receivable r where r.id = new.receivable_id;
  return null;
end $$;
create trigger payable_boleto_webhooks after insert or update of fields on bank_work for each row
  when (new.kind = 'cancel' and jsonb_exists(new.fields, 'status')) execute function payable_boleto_tells_webhooks();

-- Of boletos that no attempt of ours registered the record knew only its own título: that is what the bank has.
update boleto b set bank_terms = terms_of(r.id)
from receivable r
where r.id = b.receivable_id and b.state = 'registered' and r.status in ('A', 'P')
  and not exists (select from attempt a where a.boleto_id = b.id and a.resolution = 'registered');

insert into bank_work (boleto_id, receivable_id, kind, fields, origin, opened_at, changed_at)
select b.id, r.id, 'cancel', jsonb_build_object('status', jsonb_build_object('bank', 'A', 'wanted', r.status)), 'record',
  b.payable_though_closed_since, b.payable_though_closed_since
from boleto b join receivable r on r.id = b.receivable_id
where b.state = 'registered' and b.payable_though_closed_since is not null and r.status in ('C', 'R');
select review_bank_work(array_agg(b.receivable_id), 'registration', null)
from boleto b where b.state = 'registered' and b.older_data;

drop index boleto_payable_though_closed;
alter table boleto drop column payable_though_closed_since;
`);
}

export async function down(): Promise<void> {
  throw new Error('the record is never rolled back: restore a backup instead');
}
