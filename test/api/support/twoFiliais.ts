import type { Knex } from 'knex';
import type { ApiScene } from './apiScene';
import { createBatch, createCarteira, createItem, createReceivable } from '../../kit/record';

/** A title and a batch in each of two filiais, and whoever sees only the first. */
export interface TwoFiliais {
  own: Filial;
  foreign: Filial;
  /** Tokens that see `own` only. */
  consulta: string;
  operador: string;
  /** Sees everything. */
  administrador: string;
}

export interface Filial {
  filialId: number;
  carteira: { id: number; filialId: number; accountId: number | null };
  receivableId: number;
  batchId: string;
}

export async function twoFiliais({ knex, createToken }: ApiScene): Promise<TwoFiliais> {
  const [own, foreign] = [await filial(knex), await filial(knex)];
  const token = async (role: 'consulta' | 'operador' | 'administrador', filiais: number[] | null) =>
    (await createToken(role, filiais)).token;
  return {
    ...{ own, foreign },
    consulta: await token('consulta', [own.filialId]),
    operador: await token('operador', [own.filialId]),
    administrador: await token('administrador', null),
  };
}

async function filial(knex: Knex): Promise<Filial> {
  const carteira = await createCarteira(knex, { variation: '35' });
  const receivableId = await createReceivable(knex, carteira);
  const batchId = await createBatch(knex, carteira.id, {
    ...{ selected: 1, left_out: 0, selected_at: new Date(), phase: 'awaitingAdjustments', round: 1 },
    filiais: [carteira.filialId],
  });
  await createItem(knex, batchId, receivableId, {
    ...{ state: 'rejected', due_at: null, failure_kind: 'data', field: 'payer.cep' },
    ...{ provider_code: '4874915', provider_message: 'CEP inválido' },
  });
  return { filialId: carteira.filialId, carteira, receivableId, batchId };
}
