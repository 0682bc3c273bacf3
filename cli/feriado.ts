import { InvalidArgumentError, type Command } from 'commander';
import { addHoliday, listHolidays, removeHoliday } from '../record/guard/holidays';
import { formatDate, type LocalDate } from '../domain/kinds/dates';
import { nationalHolidays } from '../domain/guard/holidays';
import { parseDate, parseId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { printList } from './output';
import { table } from '../words/text';

interface AddOptions {
  data: LocalDate;
  nome: string;
  filial?: number;
  todoAno?: boolean;
}

export function addFeriadoCommand(program: Command, context: () => CliContext): void {
  const feriado = program.command('feriado').description('feriados, em que a guarda de dias úteis não comunica');
  feriado
    .command('listar')
    .description('os feriados bancários nacionais de um ano, com a lei de cada um, e os informados')
    .option('--ano <ano>', 'padrão: este ano', parseYear)
    .action(({ ano }: { ano?: number }) => list(context(), ano));
  feriado
    .command('incluir')
    .description('informa um feriado municipal, estadual ou da empresa')
    .requiredOption('--data <data>', 'o dia', parseDate)
    .requiredOption('--nome <nome>', 'o nome', parseName)
    .option('--filial <id>', 'só desta filial; sem ela, de todas', parseId)
    .option('--todo-ano', 'também nos anos seguintes')
    .action((options: AddOptions) => add(context(), options));
  feriado
    .command('excluir')
    .description('apaga um feriado informado')
    .argument('<id>', 'o número dele em feriado listar', parseId)
    .action((id: number) => remove(context(), id));
}

async function list(context: CliContext, year = new Date().getFullYear()): Promise<void> {
  const entered = await listHolidays(await context.database(), null);
  const rows = [
    ...nationalHolidays(year).map((holiday) => ({ ...holiday, id: null, filialId: null, yearly: false })),
    ...entered.map((holiday) => ({ ...holiday, source: 'informado' })),
  ];
  const text = table(rows, [
    { title: 'nº', value: ({ id }) => (id === null ? '' : String(id)), right: true },
    { title: 'dia', value: ({ day }) => formatDate(day) },
    { title: 'nome', value: ({ name }) => name, max: 50 },
    { title: 'filial', value: ({ filialId }) => (filialId === null ? 'todas' : String(filialId)) },
    { title: 'todo ano', value: ({ yearly }) => (yearly ? 'sim' : '') },
    { title: 'fonte', value: ({ source }) => source, max: 90 },
  ]);
  printList(context, rows, text);
}

async function add(context: CliContext, { data, nome, filial, todoAno }: AddOptions): Promise<void> {
  const made = await addHoliday(await context.database(), {
    ...{ day: data, name: nome, filialId: filial ?? null, yearly: todoAno ?? false, by: await context.by() },
  });
  if (!made)
    throw new CliError(
      1,
      'feriado_existe',
      'este dia já é feriado desta filial, ou a filial não existe',
      'confira com: boletos feriado listar',
    );
  context.print(made, `Feriado ${made.id} incluído: ${formatDate(made.day)}, ${made.name}.`);
}

async function remove(context: CliContext, id: number): Promise<void> {
  if (!(await removeHoliday(await context.database(), { id, by: await context.by(), filiais: null })))
    throw new CliError(
      1,
      'feriado_desconhecido',
      `não há feriado informado de número ${id}`,
      'veja com: boletos feriado listar',
    );
  context.print({ id, removed: true }, `Feriado ${id} apagado.`);
}

function parseYear(text: string): number {
  if (!/^(19|2\d)\d\d$/.test(text)) throw new InvalidArgumentError(`"${text}" não é um ano, de 1900 a 2999`);
  return Number(text);
}

function parseName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > 80 || /[\p{Cc}\p{Cs}]/u.test(name))
    throw new InvalidArgumentError('escreva o nome do feriado, em até 80 caracteres');
  return name;
}
