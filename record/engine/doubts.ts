import type { Knex } from 'knex';
import type { Doubt, DoubtFacts } from '../../domain/boleto/doubt';

export interface DoubtedCall {
  batchId: string;
  boletoId: number;
  doubt: Doubt;
  /** Whether the payer's document has letters. */
  letters: boolean;
}

/**
 * What the calls of the last ten minutes say about a refusal, of all batches of the carteira and all workers: what is
 * registered proves the configuration. In the order of the intents, by the record's clock.
 */
export async function readDoubt(
  knex: Knex,
  { batchId, boletoId, doubt, letters }: DoubtedCall,
): Promise<Omit<DoubtFacts, 'doubt' | 'named'>> {
  const { rows } = await knex.raw<{ rows: Omit<DoubtFacts, 'doubt' | 'named'>[] }>(
    `with lately as (
       select a.boleto_id, a.kind, a.doubt, a.intended_at, a.snapshot #>> '{payer,document}' as document
       from batch own join batch b on b.carteira_id = own.carteira_id join attempt a on a.batch_id = b.id
       where own.id = :batchId and (a.kind = 'registered' or a.doubt is not null)
         and a.intended_at > now() - interval '10 minutes'),
     alike as materialized (
       select * from lately where :doubt::text <> 'documentForm' or (document ~ '[A-Z]') = :letters::boolean),
     passed as (select max(intended_at) as at from alike where kind = 'registered' and boleto_id <> :boletoId),
     refused as (
       select boleto_id, min(document) as document, min(intended_at) as first, count(*)::int as answers,
         -- A token that ran out is refused for everybody at once, and renewed.
         bool_or(kind <> 'auth') as counts
       from alike where alike.doubt = :doubt::text group by boleto_id)
     select coalesce((select answers from refused where boleto_id = :boletoId), 0) as answers,
       passed.at is not null as "passedLately",
       coalesce(passed.at > (select first from refused where boleto_id = :boletoId), false) as "passedSince",
       (select count(distinct case :doubt::text when 'documentForm' then document else boleto_id::text end)::int
        from refused where counts and (passed.at is null or first > passed.at)) as "inARow"
     from passed`,
    { batchId, boletoId, doubt, letters },
  );
  return rows[0] as Omit<DoubtFacts, 'doubt' | 'named'>;
}
