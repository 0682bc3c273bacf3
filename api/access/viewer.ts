import type { Knex } from 'knex';
import { seesBatch, seesCarteira, seesReceivable, type Viewer } from '../../db/visibility';
import { notFound } from '../problem';
import type { Actor } from './actor';

/** The actor as statements take it. */
export function viewerOf({ id, filiais }: Actor): Viewer {
  return { viewer: id, filiais };
}

/** @throws Problem 404 for one that does not exist, and alike for one of another filial */
export async function requireBatch(knex: Knex, actor: Actor, batchId: string): Promise<void> {
  if (!(await seesBatch(knex, batchId, viewerOf(actor)))) throw unknownBatch(batchId);
}

export function unknownBatch(batchId: string) {
  return notFound(`A comunicação ${batchId}`, 'Uma recém-pedida aparece quando um worker a inicia.');
}

/** @throws Problem 404 */
export async function requireCarteira(knex: Knex, actor: Actor, carteiraId: number): Promise<void> {
  if (!(await seesCarteira(knex, carteiraId, actor))) throw notFound(`A carteira ${carteiraId}`);
}

/** @throws Problem 404 */
export async function requireReceivable(knex: Knex, actor: Actor, receivableId: number): Promise<void> {
  if (!(await seesReceivable(knex, receivableId, actor))) throw unknownReceivable(receivableId);
}

export function unknownReceivable(receivableId: number) {
  return notFound(`O título ${receivableId}`, 'Confira o ID da cobrança.');
}
