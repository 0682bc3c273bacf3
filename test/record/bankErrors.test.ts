import { bankErrors } from '../../record/accounts/bankErrors';
import { createTestDatabase } from '../kit/database';
import {
  createAccount,
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createItem,
  createReceivable,
} from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.knex('attempt').delete());

/** One call that ended as `columns` say. */
async function attempt(columns: Record<string, unknown>, gateway = 'banco-do-brasil'): Promise<void> {
  const { knex } = database;
  const account_id = await createAccount(knex, { gateway });
  const carteira = await createCarteira(knex, { account_id, gateway });
  const receivableId = await createReceivable(knex, carteira);
  const batchId = await createBatch(knex, carteira.id);
  const ordinal = await createItem(knex, batchId, receivableId);
  const boletoId = await createBoleto(knex, receivableId, account_id);
  const ended = { kind: 'data', http_status: 400, resolution: 'refused', finished_at: '2030-01-02T10:00:00Z' };
  await createAttempt(knex, boletoId, { batchId, ordinal, receivableId }, { ...ended, ...columns });
}

describe('errors of banks', () => {
  test('are counted by gateway, code, status and words, the most frequent first, with when they were seen', async () => {
    const cep = { provider_code: 'X1', provider_message: 'CEP recusado.' };
    await attempt(cep);
    await attempt({ ...cep, finished_at: '2030-01-05T10:00:00Z' });
    await attempt({ ...cep, finished_at: '2030-01-03T10:00:00Z' });
    await attempt({ ...cep, http_status: 422 });
    await attempt(cep, 'sicoob');
    await attempt({ provider_message: 'Outra coisa.', finished_at: '2030-02-01T10:00:00Z' });
    const errors = await bankErrors(database.knex);
    expect(errors[0]).toEqual({
      gateway: 'banco-do-brasil',
      code: 'X1',
      httpStatus: 400,
      example: 'CEP recusado.',
      count: 3,
      firstSeen: new Date('2030-01-02T10:00:00Z'),
      lastSeen: new Date('2030-01-05T10:00:00Z'),
    });
    expect(errors.slice(1)).toHaveLength(3);
    expect(errors.slice(1)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ code: 'X1', httpStatus: 422, count: 1 }),
        expect.objectContaining({ gateway: 'sicoob', count: 1 }),
        expect.objectContaining({ code: '', example: 'Outra coisa.', count: 1 }),
      ]),
    );
  });

  test('are the same when only numbers, masked names and addresses in them differ', async () => {
    for (const [finished_at, words] of [
      ['2030-01-02', 'O boleto 123 de J*** D***, CPF ***.982.247-**, vence em 10/02/2030, e-mail a@exemplo.com'],
      [
        '2030-01-04',
        'O boleto 45 de M*** A*** S***, CPF ***.111.222-**, vence em 11/12/2030, e-mail b.c@exemplo.com.br',
      ],
      ['2030-01-03', 'O boleto 98765 de L***, CPF ***.333.444-**, vence em 12/12/2030, e-mail d@exemplo.com'],
    ])
      await attempt({ provider_code: 'X2', provider_message: words, finished_at });
    const errors = await bankErrors(database.knex);
    expect(errors).toMatchObject([{ code: 'X2', count: 3 }]);
    expect(errors[0]?.example).toContain('boleto 45 de M***');
  });

  test('show no number or address that could be a payer’s, and keep the short ones', async () => {
    await attempt({
      provider_code: 'X3',
      provider_message:
        'Documento 529.982.247-25 ou 11222333000181 ou 11.222.333/0001-81, CEP 01310-100, fone (11) 98765-4321, fulano@exemplo.com: no máximo 40 letras e 100%.',
    });
    const [error] = await bankErrors(database.knex);
    expect(error?.example).toBe(
      'Documento *** ou *** ou ***, CEP ***, fone (11) ***, ***@***: no máximo 40 letras e 100%.',
    );
  });

  test('are not those that did not happen: registered, under way, without code and words', async () => {
    await attempt({ kind: 'registered', resolution: 'registered', provider_message: 'ok' });
    await attempt({ kind: null, resolution: null, finished_at: null, provider_message: 'x' });
    await attempt({ kind: 'ambiguous', resolution: null });
    expect(await bankErrors(database.knex)).toEqual([]);
  });
});
