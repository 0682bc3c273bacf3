import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Knex } from 'knex';
import { batchItems, failuresByCause } from '../record/batches/items';
import type { ResolveAction } from '../domain/batch/batch';
import type { ItemState } from '../domain/boleto/states';
import { REASON_CODE } from '../domain/batch/names';
import { printActionResult } from './actionResult';
import { parseBatchId, parseReason } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';
import { CliError } from './error';
import { existingBatch } from './readBatch';
import { parseReceivables, receivableIds } from './receivables';

const decisions = {
  registrado: 'registered',
  ausente: 'absent',
  'novo-numero': 'newNumber',
} as const satisfies Record<string, ResolveAction['decision']>;
const PAGE = 500;

interface Options {
  titulo?: string[];
  todosIncertos?: boolean;
  causa?: string;
  decisao: keyof typeof decisions;
  motivo: string;
}

export function addResolverCommand(program: Command, context: () => CliContext): void {
  program
    .command('resolver')
    .description('decide resultados incertos ou divergências, depois de conferir no banco')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .addOption(
      new Option('--titulo <ids>', 'IDs da cobrança (ou chaves no ERP), separados por vírgula')
        .argParser(parseReceivables)
        .conflicts(['todosIncertos', 'causa']),
    )
    .addOption(new Option('--todos-incertos', 'todos os de resultado incerto').conflicts(['titulo', 'causa']))
    .addOption(
      new Option('--causa <chave>', 'todos de uma causa, pela chave que comunicacao --por-causa mostra')
        .argParser(parseCause)
        .conflicts(['titulo', 'todosIncertos']),
    )
    .addOption(
      new Option('--decisao <qual>', 'o que consta no banco, ou pedir outro número; vale para todos')
        .choices(Object.keys(decisions))
        .makeOptionMandatory(),
    )
    .requiredOption('--motivo <texto>', 'como se sabe; fica no registro de auditoria', parseReason)
    .action((batchId: string, options: Options) => resolve(context(), batchId, options));
}

function parseCause(text: string): string {
  if (!/^[0-9a-f]{8,32}$/.test(text)) throw new InvalidArgumentError(`"${text}" não é a chave de uma causa`);
  return text;
}

async function resolve(context: CliContext, batchId: string, options: Options): Promise<void> {
  const { decisao, motivo } = options;
  const knex = await context.database();
  await existingBatch(knex, batchId);
  const receivableIds = await chosen(knex, batchId, options);
  const { batch, told } = await ask(context, { batchId, kind: 'resolve', receivableIds, reason: motivo });
  const result = await batch.resolve({
    ...told,
    receivableIds,
    decision: decisions[decisao],
    reasonCode: REASON_CODE,
  });
  await printActionResult(context, batchId, result, result.changed === 1 ? 'resolvido' : 'resolvidos');
}

async function chosen(knex: Knex, batchId: string, { titulo, todosIncertos, causa }: Options): Promise<number[]> {
  if (titulo) return receivableIds(knex, titulo);
  if (todosIncertos) return nonEmpty(await idsOf(knex, batchId, { states: ['unconfirmed'] }));
  if (causa === undefined)
    throw new CliError(
      2,
      'opcao_ausente',
      'falta a opção --titulo, --todos-incertos ou --causa',
      'diga quais títulos; as chaves das causas: boletos comunicacao NUMERO --por-causa',
    );
  const keys = (await failuresByCause(knex, batchId)).map(({ key }) => key).filter((key) => key.startsWith(causa));
  if (keys.length !== 1)
    throw new CliError(
      1,
      'causa_desconhecida',
      keys.length === 0 ? `nenhuma causa tem a chave ${causa}` : `mais de uma causa começa com ${causa}`,
      `veja as causas com: boletos comunicacao ${batchId} --por-causa`,
    );
  return nonEmpty(await idsOf(knex, batchId, { cause: keys[0] }));
}

async function idsOf(
  knex: Knex,
  batchId: string,
  search: { states?: ItemState[]; cause?: string | undefined },
): Promise<number[]> {
  const ids: number[] = [];
  for (let cursor = 0; ;) {
    const items = await batchItems(knex, batchId, { ...search, cursor, limit: PAGE });
    ids.push(...items.map(({ receivableId }) => receivableId));
    if (items.length < PAGE) return ids;
    cursor = items.at(-1)?.ordinal ?? cursor;
  }
}

function nonEmpty(ids: number[]): number[] {
  if (ids.length > 0) return ids;
  throw new CliError(
    1,
    'nada_a_resolver',
    'nenhum título tem resultado incerto',
    'confira com: boletos comunicacao NUMERO',
  );
}
