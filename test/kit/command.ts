import { Command } from 'commander';
import type { Knex } from 'knex';
import type { CliContext } from '../../cli/context';
import { CliError } from '../../cli/error';
import { createSecretBox } from '../../config/secrets';

export const testSecretBox = createSecretBox('chave somente para testes, sem valor');

export interface CommandRun {
  printed: unknown[];
  texts: string[];
  notes: string[];
  error: CliError | null;
}

/** Runs one command of the CLI against `knex`, without a process. Temporal is unreachable unless it is given. */
export async function runCommand(
  add: (program: Command, context: () => CliContext) => void,
  args: string[],
  given: { knex: Knex } & Partial<CliContext>,
): Promise<CommandRun> {
  const run: CommandRun = { printed: [], texts: [], notes: [], error: null };
  const context: CliContext = {
    json: true,
    by: () => Promise.resolve('operador.1'),
    database: () => Promise.resolve(given.knex),
    temporal: () => Promise.reject(new CliError(3, 'temporal_inacessivel', 'sem Temporal', 'inicie')),
    prepareRecord: () => Promise.reject(new Error('not of this command')),
    secretBox: () => testSecretBox,
    checkAccount: () => Promise.resolve({ kind: 'unknownCarteira' }),
    setPassword: () => Promise.reject(new Error('not of this command')),
    print(value, text) {
      run.printed.push(value);
      run.texts.push(text);
    },
    note: (text) => void run.notes.push(text),
    ...given,
  };
  const program = new Command().exitOverride().configureOutput({ outputError: () => undefined });
  add(program, () => context);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    run.error = error;
  }
  return run;
}
