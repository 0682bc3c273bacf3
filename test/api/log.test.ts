import type { Knex } from 'knex';
import { loggedError } from '../../api/loggedError';
import { createTestDatabase } from '../kit/database';
import { createCustomer } from '../kit/record';

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
afterAll(() => close());

const thrownBy = (asked: Promise<unknown>): Promise<Error> =>
  asked.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => error as Error,
  );

test('of what the record refuses the log has the rule, and neither statement nor values', async () => {
  const id = await createCustomer(knex, { name: 'Maria Inventada' });
  const error = await thrownBy(knex('customer').insert({ id, name: 'Maria Inventada', document: '11144477735' }));
  const logged = loggedError(error) as Record<string, unknown>;
  expect(logged).toMatchObject({ name: 'error', code: expect.stringMatching(/^23/) as string, table: 'customer' });
  expect(logged['message']).toMatch(/^(duplicate key|null value)/);
  expect(JSON.stringify(logged)).not.toMatch(/Maria|11144477735|insert/);
});

test('of a value that the record cannot read the log has only that', async () => {
  const error = await thrownBy(knex('customer').where({ id: '"x" - Maria "Inventada"' }));
  expect(loggedError(error)).toMatchObject({ code: '22P02', message: 'a value was not taken' });
  expect(JSON.stringify(loggedError(error))).not.toMatch(/Maria|Inventada|select/);
});

test('what caused it is there, however it was wrapped, and no further than three', () => {
  let error = new Error('select "name" from "x" - Connection terminated unexpectedly');
  for (const nth of [1, 2, 3, 4]) error = new Error(`camada ${nth}`, { cause: error });
  expect(loggedError(error.cause as Error)).toEqual({
    ...{ name: 'Error', message: 'camada 3' },
    cause: {
      ...{ name: 'Error', message: 'camada 2' },
      cause: {
        ...{ name: 'Error', message: 'camada 1' },
        cause: { name: 'Error', message: 'Connection terminated unexpectedly' },
      },
    },
  });
});
