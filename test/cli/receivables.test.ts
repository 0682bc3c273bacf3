import type { Knex } from 'knex';
import { addCorrigirCommand } from '../../cli/corrigir';
import { parseReceivables, receivableIds } from '../../cli/receivables';
import { createTestDatabase } from '../kit/database';
import { createCarteira, createReceivable } from '../kit/record';
import { runCommand } from '../kit/command';

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
afterAll(() => close());

test('títulos are named by id or by key, several at once, also where a key has a comma', async () => {
  const carteira = await createCarteira(knex);
  const number = await createReceivable(knex, carteira);
  const text = await createReceivable(knex, carteira, { erp_key: 'ACC-1' });
  const comma = await createReceivable(knex, carteira, { erp_key: 'A,B' });
  const values = parseReceivables('A,B', parseReceivables(`${number}, ACC-1`));
  expect(await receivableIds(knex, values)).toEqual([number, text, comma]);
  await expect(receivableIds(knex, ['acc-1'])).rejects.toMatchObject({ exitCode: 1, code: 'titulo_desconhecido' });
});

test('a key is corrected by, and one of 10,000 characters is not repeated whole', async () => {
  const id = await createReceivable(knex, await createCarteira(knex), { erp_key: 'ACC-2' });
  const run = (name: string) =>
    runCommand(addCorrigirCommand, ['corrigir', name, '--campo', 'documento=NF-1'], {
      knex,
      temporal: () => Promise.reject(new Error('nobody waits')),
    });
  const { printed, texts } = await run(' ACC-2 ');
  expect(printed).toMatchObject([{ receivableId: id, changed: ['documento'] }]);
  expect(texts[0]).toContain('Título ACC-2 corrigido');
  expect(() => parseReceivables('x'.repeat(10_000))).toThrow(/^"x{40}…" tem 10000 caracteres/);
});
