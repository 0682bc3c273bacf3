import type { Knex } from 'knex';
import { resolveReceivable } from '../../record/receivables/erpKeys';
import { seesBatch, seesCarteira, seesReceivable, type Viewer } from '../../record/access/visibility';
import { clipped } from '../../domain/receivable/erpKey';
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

/**
 * @param name its ID da cobrança, or the ERP's key
 * @returns its id
 * @throws Problem 404
 */
export async function requireReceivable(knex: Knex, actor: Actor, name: string): Promise<number> {
  const id = await resolveReceivable(knex, name);
  if (id === null || !(await seesReceivable(knex, id, actor))) throw unknownReceivable(name);
  return id;
}

export function unknownReceivable(name: number | string) {
  return notFound(`O título ${clipped(String(name))}`, 'Confira o ID da cobrança.');
}
