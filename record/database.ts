import { knex, type Knex } from 'knex';
import { types, type Client } from 'pg';

const DATE_OID = 1082;
const BIGINT_OID = 20;

// A date column is a calendar date, not an instant at local midnight.
types.setTypeParser(DATE_OID, (text) => text);
// ids and cents fit a double exactly; a larger value is a defect and must not be rounded in silence.
types.setTypeParser(BIGINT_OID, (text) => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint out of range: ${text}`);
  return value;
});

// PostgreSQL's default is that of a spinning disk: for a handful of rows by key it would read a whole table.
const settings = ['random_page_cost = 1.1'];

/**
 * For statements that find every row by its key. The plan that checks a foreign key is made once a connection and kept:
 * made while the table was still empty, it would read the whole of it for each row, until the next analyze.
 */
const settingsByKey = [...settings, 'enable_seqscan = off', 'jit = off'];

/**
 * A pool of connections to the record. The caller destroys it.
 * @param statementTimeoutMs after which PostgreSQL gives a statement up (57014); absent: never
 */
export function openDatabase(
  url: string,
  poolSize = 10,
  { statementTimeoutMs }: { statementTimeoutMs?: number } = {},
): Knex {
  const limit = statementTimeoutMs === undefined ? [] : [`statement_timeout = ${statementTimeoutMs}`];
  return openPool(url, poolSize, [...settings, ...limit]);
}

/** The same for what only ever finds rows by key, whatever the statistics say or do not say yet. */
export function openDatabaseByKey(url: string, poolSize: number): Knex {
  return openPool(url, poolSize, settingsByKey);
}

/**
 * `.options(plannedOnce('…'))` on a statement that runs for each group of boletos: a connection parses and plans it
 * once, under this name. Planned anew each time, they cost the record a quarter of all it does.
 */
export function plannedOnce(name: string): { name: string } {
  return { name };
}

function openPool(url: string, poolSize: number, settings: readonly string[]): Knex {
  return knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'boletos', connectionTimeoutMillis: 5_000 },
    pool: {
      min: 0,
      max: poolSize,
      afterCreate: (connection: Client, done: (error: Error | null, connection: Client) => void) =>
        void connection.query(settings.map((setting) => `set ${setting}`).join('; ')).then(
          () => done(null, connection),
          (error: unknown) => done(error as Error, connection),
        ),
    },
    acquireConnectionTimeout: 15_000,
    // knex tells a lost connection on standard output, which belongs to --json; the query that fails tells it anyway.
    log: { warn: () => undefined, error: () => undefined },
  });
}
