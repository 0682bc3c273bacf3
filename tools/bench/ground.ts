import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Knex } from 'knex';
import type { Limit } from '../../domain/manifest';
import { createSecretBox } from '../../config/secrets';
import { accountPlace } from '../../domain/account/sealedPlaces';
import { root } from '../stack/root';
import type { Stack } from '../stack/stack';

/** The pair that every simulator of ours accepts until it is told others. */
const credentials = { clientId: 'simulado', clientSecret: 'segredo-simulado', appKey: 'chave-simulada' };
const FIRST_CONVENIO = 3_200_000;
const IDS_OF_A_CARTEIRA = 1_000_000;

export interface Ground {
  carteiraId: number;
  accountId: number;
  convenio: string;
  /** Ids of its títulos are firstId, firstId + 1 … */
  firstId: number;
}

/**
 * Carteira `carteiraId` with an account of its own and `boletos` títulos, by SQL: an import of as many takes longer
 * than what is measured, and each título has a customer of its own, as at a provider.
 *
 * @param origin of the simulated bank
 */
export async function fillCarteira(
  { knex, stack }: { knex: Knex; stack: Stack },
  { carteiraId, boletos, limit, origin }: { carteiraId: number; boletos: number; limit: Limit; origin: string },
): Promise<Ground> {
  const convenio = String(FIRST_CONVENIO + carteiraId);
  const firstId = carteiraId * IDS_OF_A_CARTEIRA + 1;
  const identity = {
    ...{ gateway: 'banco-do-brasil', fingerprint: `bench-${carteiraId}` },
    ...{ baseUrl: `${origin}/cobrancas/v2`, authUrl: `${origin}/oauth/token` },
  };
  const [account] = await knex('gateway_account')
    .insert({
      gateway: identity.gateway,
      base_url: identity.baseUrl,
      auth_url: identity.authUrl,
      credential_fingerprint: identity.fingerprint,
      credentials: createSecretBox(stack.secretsKey).seal(JSON.stringify(credentials), accountPlace(identity)),
    })
    .returning<{ id: number }[]>('id');
  const accountId = account?.id as number;
  for (const route_class of ['register', 'read'])
    await knex('gateway_limit').insert({
      account_id: accountId,
      route_class,
      calls: limit.calls,
      window_ms: limit.windowMs,
    });
  await knex('filial').insert({ id: 1, name: 'Provedor Inventado' }).onConflict('id').ignore();
  await knex('carteira').insert({
    ...{ id: carteiraId, description: `Carteira ${carteiraId}`, filial_id: 1, gateway: 'banco-do-brasil' },
    ...{ agency: '452', bank_account: '123873' },
    ...{
      account_id: accountId,
      convenio,
      code: '17',
      variation: '35',
      interest_percent: 1,
      fine_percent: 2,
      timeout_seconds: 30,
    },
  });
  const values = { carteiraId, firstId, lastId: firstId + boletos - 1 };
  await knex.raw(
    `insert into customer (id, person_type, name, document, cep, street, number, district, city, uf)
     select id, 'F', 'Fulano Inventado da Silva ' || id, '52998224725', '01310100', 'Avenida Inventada', '100',
       'Centro', 'São Paulo', 'SP'
     from generate_series(:firstId::bigint, :lastId::bigint) id`,
    values,
  );
  await knex.raw(
    `insert into receivable (id, customer_id, filial_id, carteira_id, issue_date, due_date, amount_cents,
       open_amount_cents)
     select id, id, 1, :carteiraId, current_date - 1, '2030-02-10', 9990, 9990
     from generate_series(:firstId::bigint, :lastId::bigint) id`,
    values,
  );
  return { carteiraId, accountId, convenio, firstId };
}

/** A worker of the bench's own, besides those of the stack. Resolves when it takes work; ends by SIGTERM. */
export async function startWorker(stack: Stack, variables: Record<string, string> = {}): Promise<ChildProcess> {
  const worker = spawn(process.execPath, ['--import', 'tsx', 'worker/main.ts'], {
    cwd: root,
    env: { ...process.env, ...stack.variables, LOG_LEVEL: 'error', ...variables },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(worker, 'exit').then(() => Promise.reject(new Error('the worker ended before it was ready')));
  await Promise.race([once(worker, 'message'), ended]);
  ended.catch(() => undefined);
  return worker;
}

export async function stopWorker(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill('SIGTERM');
  await ended;
}
