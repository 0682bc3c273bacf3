import { Option, type Command } from 'commander';
import { countBankWork, listBankWork, workDone, type BankWorkRow } from '../record/receivables/bankWork';
import { bankValue, bankWorkLabels, bankWorkOriginLabels } from '../domain/receivable/bankWork';
import { parseId, parseReason } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { printList } from './output';
import { count, instant, table } from '../words/text';

interface Options {
  carteira?: number;
  tipo?: 'alterar' | 'baixar';
}

/** More than anybody reads in a terminal; programs go on after the last id. */
const MOST = 1_000;

export function addPendenciasNoBancoCommand(program: Command, context: () => CliContext): void {
  const pendencias = program
    .command('pendencias-no-banco')
    .description('boletos registrados a alterar ou a baixar no banco, porque o registro já diz outra coisa')
    .option('--carteira <id>', 'só desta carteira', parseId)
    .addOption(new Option('--tipo <tipo>', 'só as deste tipo').choices(['alterar', 'baixar']))
    .action((options: Options) => list(context(), options));
  pendencias
    .command('feita')
    .description('encerra uma pendência: o boleto foi alterado, ou baixado, no banco; nada é enviado')
    .argument('<numero>', 'o número da pendência', parseId)
    .requiredOption('--motivo <texto>', 'como se sabe; fica no registro de auditoria', parseReason)
    .action((id: number, { motivo }: { motivo: string }) => done(context(), id, motivo));
}

async function list(context: CliContext, { carteira, tipo }: Options): Promise<void> {
  const knex = await context.database();
  const kind = tipo === undefined ? undefined : tipo === 'alterar' ? ('alter' as const) : ('cancel' as const);
  const filter = { filiais: null, carteiraId: carteira };
  const rows = await listBankWork(knex, { ...filter, kind, limit: MOST });
  const all = await countBankWork(knex, filter);
  const total = kind ? all[kind] : all.alter + all.cancel;
  const text = table<BankWorkRow>(
    rows,
    [
      { title: 'nº', value: ({ id }) => String(id), right: true },
      { title: 'cobrança', value: ({ receivableId }) => String(receivableId), right: true },
      { title: 'o que fazer', value: ({ kind }) => bankWorkLabels[kind] },
      { title: 'nosso número', value: ({ ourNumber }) => ourNumber ?? '' },
      { title: 'carteira', value: ({ carteiraId }) => String(carteiraId), right: true },
      { title: 'vem de', value: ({ origin }) => bankWorkOriginLabels[origin] },
      { title: 'desde', value: ({ openedAt }) => instant(openedAt) },
    ],
    ({ fields }) =>
      Object.entries(fields).map(
        ([name, { bank, wanted }]) => `${name}: no banco ${bankValue(name, bank)}, aqui ${bankValue(name, wanted)}`,
      ),
  );
  printList(
    context,
    rows,
    rows.length === 0
      ? 'Nada a alterar nem a baixar no banco.'
      : [text, ...(total > rows.length ? [`… e mais ${count(total - rows.length)}`] : [])].join('\n'),
  );
}

async function done(context: CliContext, workId: number, reason: string): Promise<void> {
  const result = await workDone(await context.database(), { workId, by: await context.by(), reason });
  if (result.kind !== 'done')
    throw new CliError(
      1,
      'pendencia_encerrada',
      `não há pendência aberta de número ${workId}`,
      'veja com: boletos pendencias-no-banco',
    );
  const { receivableId, kind } = result.work;
  context.print(
    { id: workId, receivableId, done: true },
    `Pendência ${workId} encerrada: a cobrança ${receivableId} foi ${kind === 'alter' ? 'alterada' : 'baixada'} no banco.`,
  );
}
