import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Limit } from '../../domain/manifest';
import { manifests } from '../../gateways';
import { connect } from '../../client/connect';
import { createSecretBox } from '../../config/secrets';
import { defineGatewayAccount } from '../../record/accounts/defineAccount';
import { openDatabase } from '../../record/database';
import { importFile } from '../../record/importing/importFile';
import { saoPauloDate } from '../../domain/kinds/dates';
import type { RouteClass } from '../../domain/gateway';
import { createCustomers } from '../../examples/customers';
import { createRandom } from '../../examples/random';
import { createTitulos, printed } from '../../examples/titulos';
import type { Stack } from '../stack/stack';
import { bankAt } from './bank';

/** Opaque login id of whoever presses the buttons in a bench. */
export const OPERATOR = 'bench';
export const BANK = 'banco-do-brasil';
const CUSTOMERS = 500;
const FIRST_CONVENIO = 3_128_000;

/**
 * More than anybody here sends. Per minute and not per second: a turn is then not missed by a process that a busy
 * machine wakes a little late, which is the bench `limit`'s subject.
 */
const ampleLimits = {
  register: { calls: 12_000, windowMs: 60_000 },
  read: { calls: 12_000, windowMs: 60_000 },
} as const satisfies Record<RouteClass, Limit>;

/** A stack as a bench uses it: its record, its Temporal, its simulated bank. */
export interface Scene {
  stack: Stack;
  knex: Knex;
  client: Client;
  close(): Promise<void>;
}

export async function openScene(stack: Stack): Promise<Scene> {
  const knex = openDatabase(stack.databaseUrl);
  const client = await connect({ address: stack.temporalAddress, namespace: stack.temporalNamespace });
  return {
    stack,
    knex,
    client,
    async close() {
      await client.connection.close();
      await knex.destroy();
    },
  };
}

/** Carteira `id`, with `titulos` sound títulos that wait to be communicated. */
export interface CarteiraPlan {
  id: number;
  titulos: number;
  /** Default 2: short, so that an answer that never comes is over soon. */
  timeoutSeconds?: number;
  /** Default: ample. */
  limits?: Record<RouteClass, Limit>;
  /** More of a título's line, or otherwise, by its place among those of the carteira. */
  fields?: (index: number) => Record<string, unknown>;
}

/** What the bank knows of the account of a carteira: each has its own, with its own convênio and allowance. */
export function accountOf(carteiraId: number): { clientId: string; clientSecret: string; appKey: string } {
  return { clientId: `simulado-${carteiraId}`, clientSecret: 'segredo-simulado', appKey: `chave-${carteiraId}` };
}

export function convenioOf(carteiraId: number): string {
  return String(FIRST_CONVENIO + carteiraId);
}

/** The ids of a carteira's títulos begin here: they decide, with a seed, what the bank does to each (`probability`). */
export function firstTituloOf(carteiraId: number): number {
  return carteiraId * 1_000_000 + 1;
}

/**
 * Imports carteiras with their títulos, defines their accounts, and tells the simulated bank about them. The same
 * seed gives the same títulos.
 */
export async function loadCarteiras(
  { stack, knex }: Pick<Scene, 'stack' | 'knex'>,
  plans: readonly CarteiraPlan[],
  seed: number,
): Promise<void> {
  const random = createRandom(seed);
  const filiais = [1, 2, 3].map((id) => ({ type: 'filial', id, razao: `Provedor Inventado ${id} Ltda` }));
  const customers = createCustomers(random, CUSTOMERS);
  const createTitulo = createTitulos(random, saoPauloDate(new Date()));
  const carteiras = plans.map(({ id, timeoutSeconds = 2 }) => ({
    type: 'carteira',
    id,
    descricao: `Carteira ${id}`,
    filial_id: 1,
    carteira: '17',
    variacao_carteira: '35',
    n_convenio: convenioOf(id),
    gateway_nome: BANK,
    ambiente_homologacao_gateway: 'S',
    timeout: timeoutSeconds,
    juros: '1,00',
    multa: '2,00',
    desconto: '0',
    especie: 'DM',
  }));
  const kind = { status: 'A', released: true, impresso: false, due: [5, 35] } as const;
  const titulos = plans.flatMap(({ id, titulos: count, fields = () => ({}) }) =>
    Array.from({ length: count }, (_, index) => ({
      ...printed(createTitulo(random.pick(customers), { ...kind, carteira: id })),
      id: firstTituloOf(id) + index,
      ...fields(index),
    })),
  );
  const lines = [...filiais, ...carteiras, ...customers.map(({ line }) => line), ...titulos];
  await mkdir(stack.folder, { recursive: true });
  const path = join(stack.folder, 'cadastro.jsonl');
  await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const result = await importFile(knex, { path, by: OPERATOR, allOrNothing: true });
  if (result.kind !== 'imported') throw new Error(`the cadastro was not imported: ${JSON.stringify(result)}`);

  const origin = stack.gateways[BANK] ?? '';
  const secretBox = createSecretBox(stack.secretsKey);
  for (const { id, timeoutSeconds = 2, limits = ampleLimits } of plans) {
    const defined = await defineGatewayAccount(knex, secretBox, manifests, {
      ...{ carteiraId: id, gateway: BANK, convenio: convenioOf(id), credentials: accountOf(id), timeoutSeconds },
      ...{ baseUrl: `${origin}/cobrancas/v2`, authUrl: `${origin}/oauth/token`, limits, by: OPERATOR },
      // Those of every account of the simulator.
      ...{ agency: '452', bankAccount: '123873' },
    });
    if (defined.kind !== 'defined') throw new Error(`account ${id} was not defined: ${JSON.stringify(defined)}`);
  }
  await bankAt(origin).settings({ accounts: plans.map(({ id }) => accountOf(id)) });
}
