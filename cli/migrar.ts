import type { Command } from 'commander';
import type { CliContext } from './context';
import { CliError } from './error';
import { counted } from '../words/text';

/** For a PostgreSQL of one's own: `npm start` does the same by itself. */
export function addMigrarCommand(program: Command, context: () => CliContext): void {
  program
    .command('migrar')
    .description(
      'traz o registro (PostgreSQL) à versão atual, com o usuário de MIGRATION_DATABASE_URL, ' +
        'e dá ao de DATABASE_URL o que a API e o worker precisam',
    )
    .action(() => migrate(context()));
}

async function migrate({ prepareRecord, print }: CliContext): Promise<void> {
  const result = await prepareRecord().catch((error: unknown) => {
    throw isPermissionDenied(error) ? notTheOwner(error.message) : error;
  });
  const { ran, application } = result;
  const changed =
    ran.length === 0
      ? 'O registro já está nesta versão.'
      : `${counted(ran.length, 'mudança feita', 'mudanças feitas')}: ${ran.join(', ')}.`;
  print(
    result,
    application === null ? changed : `${changed}\nO usuário ${application} lê e grava o que precisa, e só.`,
  );
}

function isPermissionDenied(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === '42501';
}

function notTheOwner(detail: string): CliError {
  return new CliError(
    1,
    'sem_permissao',
    `o usuário do PostgreSQL não pode mudar as tabelas: ${detail.split(' - ').at(-1)}`,
    'informe em MIGRATION_DATABASE_URL o usuário que é dono do banco e das tabelas',
  );
}
