import type { Knex } from 'knex';
import { addPendenciasNoBancoCommand } from '../../cli/pendenciasNoBanco';
import { correctReceivable } from '../../record/receivables/corrections';
import { knownCodec } from '../../gateways';
import { runCommand } from '../kit/command';
import { createTestDatabase } from '../kit/database';
import { createBoleto, createCarteira, createReceivable } from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ knex, close } = await createTestDatabase());
});
afterAll(() => close());

test('boletos pendencias-no-banco lists what is to be done there, and closes what was', async () => {
  const carteira = await createCarteira(knex);
  const id = await createReceivable(knex, carteira);
  await createBoleto(knex, id, carteira.accountId as number, { state: 'registered' });
  await correctReceivable(
    knex,
    { receivableId: id, changes: { data_vencimento: '10/12/2030' }, by: 'u-1' },
    knownCodec,
  );
  const run = (...args: string[]) =>
    runCommand(addPendenciasNoBancoCommand, ['pendencias-no-banco', ...args], { knex });
  const listed = await run('--carteira', String(carteira.id), '--tipo', 'alterar');
  const [work] = listed.printed as { id: number }[];
  expect(work).toMatchObject({ receivableId: id, kind: 'alter', fields: { data_vencimento: { bank: '2030-02-10' } } });
  expect((await run('--tipo', 'baixar')).printed).toEqual([]);
  const done = () => run('feita', String(work?.id), '--motivo', 'alterado no site');
  expect((await done()).printed).toEqual([{ id: work?.id, receivableId: id, done: true }]);
  expect((await done()).error).toMatchObject({ exitCode: 1, code: 'pendencia_encerrada' });
  expect((await run()).printed).toEqual([]);
});
