import { hashOf, newSecret } from '../../api/access/secrets';
import { createTestDatabase } from '../support/database';
import { createApiToken, createUser } from '../support/record';
import { startApiProgram, type RunningProgram } from './support/programs';
import { findSchemathesis, runSchemathesis } from './support/schemathesis';
import { createSide, createWorld } from './support/world';

/**
 * Schemathesis reads the OpenAPI document and asks every operation with what it allows and what it forbids: no server
 * error, no answer that the document does not have, none that breaks its schema, nothing without signing in.
 */
const found = findSchemathesis();
const testWithSchemathesis = 'path' in found ? test : test.skip;
const why = 'missing' in found ? ` (pulado: ${found.missing})` : '';

/** Requests of each operation in each phase: the coverage phase alone makes more. */
const EXAMPLES = process.env.SCHEMATHESIS_EXAMPLES ?? '10';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let api: RunningProgram<{ origin: string }>;
let token: string;

beforeAll(async () => {
  if ('missing' in found) return;
  database = await createTestDatabase();
  const { knex } = database;
  await createWorld(knex, await createSide(knex, 'Jabuticaba', 711));
  token = newSecret();
  const created_by = await createUser(knex, { role: 'administrador' });
  await createApiToken(knex, { token_hash: hashOf(token), role: 'administrador', created_by });
  api = await startApiProgram(database.url, { API_RATE: '100000' });
});
afterAll(async () => {
  await api?.stop();
  await database?.close();
});

testWithSchemathesis(
  `the API answers as its document says, whatever it is asked${why}`,
  async () => {
    const { passed, report } = await runSchemathesis((found as { path: string }).path, [
      `${api.ready.origin}/api/v1/openapi.json`,
      ...['--header', `Authorization: Bearer ${token}`],
      ...['--checks', 'all', '--phases', 'examples,coverage,fuzzing', '--max-examples', EXAMPLES],
      '--generation-deterministic',
      '--continue-on-failure',
    ]);
    if (!passed) throw new Error(report);
  },
  900_000,
);
