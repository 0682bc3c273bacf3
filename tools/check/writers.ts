import { withoutComments, type SourceFile } from './sources';

/** One place writes what a call did: nobody else does, but the migrations, and what is never run in production. */
const ROOMS = /^(record\/(engine|migrations)|tools|test|docs|findings)\//;

const TABLES = 'attempt|boleto|batch_item';
const STATEMENT = new RegExp(
  `\\b(?:insert\\s+into|update|delete\\s+from|merge\\s+into|truncate(?:\\s+table)?|copy)\\s+(?:only\\s+)?(?:public\\.)?(${TABLES})\\b`,
  'gi',
);
const BUILDER = new RegExp(`\\(\\s*['"\`](${TABLES})(?:\\s+as\\s+\\w+)?['"\`]\\s*\\)([^;]*)`, 'g');
const WRITES = /\.(?:insert|update|upsert|increment|decrement|del|delete|truncate)\s*\(/;
const INSERTS_INTO = /\.into\s*$/;

/** Files of other rooms that write attempt, boleto or batch_item, by SQL or by the query builder. */
export function secondWriters(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !ROOMS.test(path))
    .flatMap((file) => {
      const code = withoutComments(file);
      const found = [
        ...[...code.matchAll(STATEMENT)],
        ...[...code.matchAll(BUILDER)].filter(
          ({ 2: chain = '', index }) => WRITES.test(chain) || INSERTS_INTO.test(code.slice(0, index)),
        ),
      ];
      return found.map(
        ({ 1: table, index }) =>
          `${file.path}:${code.slice(0, index).split('\n').length} writes ${table}: only record/engine/ does`,
      );
    });
}
