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

/** A pool of connections to the record. The caller destroys it. */
export function openDatabase(url: string, poolSize = 10): Knex {
  return knex({
    client: 'pg',
    connection: { connectionString: url, application_name: 'boletos', connectionTimeoutMillis: 5_000 },
    pool: {
      min: 0,
      max: poolSize,
      // PostgreSQL's default is that of a spinning disk: for a handful of rows by key it would read a whole table.
      afterCreate: (connection: Client, done: (error: Error | null, connection: Client) => void) =>
        void connection.query('set random_page_cost = 1.1').then(
          () => done(null, connection),
          (error: unknown) => done(error as Error, connection),
        ),
    },
    acquireConnectionTimeout: 15_000,
    // knex tells a lost connection on standard output, which belongs to --json; the query that fails tells it anyway.
    log: { warn: () => undefined, error: () => undefined },
  });
}
