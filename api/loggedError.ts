const LONGEST = 300;
const MOST_CAUSES = 3;
/** PostgreSQL's class 22 quotes the value that it could not take: the code says what was wrong with it. */
const QUOTES_VALUES = /^22/;
const SQLSTATE = /^[0-9A-Z]{5}$/;

/**
 * What a log keeps of an error: what went wrong and at which rule of the record, never the values it went wrong with.
 * Before the last dash knex writes its statement; PostgreSQL's detail, which holds rows, is left out.
 */
export function loggedError(error: Error, causes = MOST_CAUSES): object {
  const { name, message, cause } = error;
  const { code, table, column, constraint } = error as {
    [key in 'code' | 'table' | 'column' | 'constraint']?: unknown;
  };
  const sqlState = typeof code === 'string' && SQLSTATE.test(code) ? code : '';
  const words = message.slice(message.lastIndexOf(' - ') + 1).replace(/^- /, '');
  return {
    name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    message: QUOTES_VALUES.test(sqlState) ? 'a value was not taken' : words.slice(0, LONGEST),
    ...(sqlState !== '' && { table, column, constraint }),
    ...(cause instanceof Error && causes > 0 && { cause: loggedError(cause, causes - 1) }),
  };
}
