import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, newSecret } from '../../api/access/secrets';
import { insertSession } from '../../record/access/sessions';
import { createTestDatabase } from '../kit/database';
import { createApiToken, createUser } from '../kit/record';
import { startApiProgram, type RunningProgram } from './support/programs';
import { findSchemathesis, runSchemathesis } from './support/schemathesis';
import { samples } from './support/samples';
import { createSide, createWorld, type World } from './support/world';

/**
 * Schemathesis reads the OpenAPI document and asks every operation with what it allows and what it forbids: no server
 * error, no answer that the document does not have, none that breaks its schema, nothing without signing in.
 */
const found = findSchemathesis();
const testWithSchemathesis = 'path' in found ? test : test.skip;
const why = 'missing' in found ? ` (pulado: ${found.missing})` : '';
if (why) process.stderr.write(`… sem Schemathesis${why}\n`);

/** Requests of each operation in each phase: the coverage phase alone makes more. */
const EXAMPLES = process.env.SCHEMATHESIS_EXAMPLES ?? '10';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let api: RunningProgram<{ origin: string }>;
let token: string;
/** Of a person who has just shown again who it is: what only people may. */
let session: string[];
let world: World;

beforeAll(async () => {
  if ('missing' in found) return;
  database = await createTestDatabase();
  const { knex } = database;
  world = await createWorld(knex, await createSide(knex, 'Jabuticaba', 711));
  token = newSecret();
  const created_by = await createUser(knex, { role: 'administrador' });
  await createApiToken(knex, { token_hash: hashOf(token), role: 'administrador', created_by });
  const [cookie, csrf] = [newSecret(), newSecret()];
  const userId = await createUser(knex, { role: 'administrador', password_hash: 'x' });
  await insertSession(knex, { tokenHash: hashOf(cookie), userId, csrfToken: csrf });
  await knex.raw(`update app_session set confirmed_at = clock_timestamp() + interval '1 hour'`);
  session = ['--header', `Cookie: boletos_sessao=${cookie}`, '--header', `X-CSRF-Token: ${csrf}`];
  api = await startApiProgram(database.url, { API_RATE: '100000' });
});
afterAll(async () => {
  await api?.stop();
  await database?.close();
});

/**
 * What the record has, by the operation's own sample: fuzzed ids would find nothing, and the code behind them would
 * never run. Coverage varies them all the same.
 */
function knownIds(): string {
  return Object.entries(samples)
    .map(([name, { about }]) => [name, Object.entries(about(world).path ?? {})] as const)
    .filter(([, parameters]) => parameters.length > 0)
    .map(([name, parameters]) =>
      [
        '[[operations]]',
        `include-name = "${name.replace(' ', ' /api/v1')}"`,
        ...parameters.map(([key, value]) => `parameters."path.${key}" = ${JSON.stringify(value)}`),
      ].join('\n'),
    )
    .join('\n\n');
}

testWithSchemathesis.each([
  ['whatever it is asked', '', 'all'],
  // What it breaks on purpose it would call broken with an id of ours in its place, too.
  ['of things that exist', 'known ids', 'positive'],
])(
  `the API answers as its document says, %s${why}`,
  async (_what, ids, mode) => {
    const base = readFileSync(join(__dirname, 'schemathesis.toml'), 'utf8');
    const { passed, report } = await runSchemathesis(
      (found as { path: string }).path,
      ids ? `${base}\n${knownIds()}\n` : base,
      [
        `${api.ready.origin}/api/v1/openapi.json`,
        ...['--header', `Authorization: Bearer ${token}`],
        ...['--checks', 'all', '--phases', 'examples,coverage,fuzzing', '--mode', mode, '--max-examples', EXAMPLES],
        // The one ends only when its viewer goes (test/api/eventos.test.ts); the other, found by the list, would end this
        // very token.
        ...['--exclude-path-regex', '(/eventos|/tokens/[{]id[}])$'],
        ...['--generation-deterministic', '--continue-on-failure', '--suppress-health-check', 'too_slow'],
      ],
    );
    if (!passed) throw new Error(report);
    if (process.env.SCHEMATHESIS_REPORT) console.log(report);
  },
  900_000,
);

testWithSchemathesis(
  `the API answers as its document says a person who gives access${why}`,
  async () => {
    const base = readFileSync(join(__dirname, 'schemathesis.toml'), 'utf8');
    const { passed, report } = await runSchemathesis((found as { path: string }).path, base, [
      ...[`${api.ready.origin}/api/v1/openapi.json`, ...session],
      // Only what asks for a confirmation; the session's own end is not among it.
      ...['--include-path-regex', '/(usuarios|tokens|webhooks|carteiras)(/\\{id\\}(/conta)?)?$'],
      // The door is tried by the run above; here it takes the cookie, which every request has, for one that it left out.
      ...['--checks', 'all', '--exclude-checks', 'ignored_auth,negative_data_rejection'],
      ...['--phases', 'examples,coverage,fuzzing', '--mode', 'all', '--max-examples', EXAMPLES],
      ...['--generation-deterministic', '--continue-on-failure', '--suppress-health-check', 'too_slow'],
    ]);
    if (!passed) throw new Error(report);
    if (process.env.SCHEMATHESIS_REPORT) console.log(report);
  },
  900_000,
);
