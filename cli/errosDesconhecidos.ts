import type { Command } from 'commander';
import { bankErrors, type BankError } from '../record/accounts/bankErrors';
import { explain } from '../gateways/catalogue';
import type { CliContext } from './context';
import { printList } from './output';
import { count, instant, table } from '../words/text';

export function addErrosDesconhecidosCommand(program: Command, context: () => CliContext): void {
  program
    .command('erros-desconhecidos')
    .description('lista os erros dos bancos que o catálogo ainda não explica, do mais frequente ao menos')
    .action(() => list(context()));
}

async function list(context: CliContext): Promise<void> {
  const errors = await bankErrors(await context.database());
  const unknown = errors.filter(({ example, ...error }) => !explain({ ...error, message: example }).known);
  printList(
    context,
    unknown,
    unknown.length === 0
      ? 'Nenhum: o catálogo explica todos os erros que os bancos deram.'
      : table<BankError>(
          unknown,
          [
            { title: 'Vezes', value: (error) => count(error.count), right: true },
            { title: 'Gateway', value: (error) => error.gateway },
            { title: 'Código', value: (error) => error.code },
            { title: 'HTTP', value: (error) => String(error.httpStatus ?? ''), right: true },
            { title: 'Primeira vez', value: (error) => instant(error.firstSeen) },
            { title: 'Última vez', value: (error) => instant(error.lastSeen) },
          ],
          ({ example }) => (example ? [example] : []),
        ),
  );
}
