import { Option, type Command } from 'commander';
import { followBatch } from './acompanhar';
import { printActionResult } from './actionResult';
import { parseBatchId } from './arguments';
import { ask } from './ask';
import type { CliContext } from './context';
import { CliError } from './error';
import { parseReceivables, receivableIds } from './receivables';

interface Options {
  somenteCorrigidos?: boolean;
  todos?: boolean;
  titulos?: string[];
  acompanhar?: boolean;
}

export function addRecomunicarCommand(program: Command, context: () => CliContext): void {
  program
    .command('recomunicar')
    .description('refaz a comunicação do que falhou: sem opção, só do que foi corrigido')
    .argument('<comunicacao>', 'número da comunicação', parseBatchId)
    .option('--somente-corrigidos', 'só os títulos corrigidos desde a falha (padrão)')
    .addOption(new Option('--todos', 'todos os que falharam').conflicts('somenteCorrigidos'))
    .addOption(
      new Option('--titulos <ids>', 'só estes IDs da cobrança (ou chaves no ERP), separados por vírgula')
        .argParser(parseReceivables)
        .conflicts(['somenteCorrigidos', 'todos']),
    )
    .option('--acompanhar', 'mostra o andamento até o fim da rodada')
    .action((batchId: string, options: Options) => recommunicate(context(), batchId, options));
}

async function recommunicate(context: CliContext, batchId: string, options: Options): Promise<void> {
  const titulos = options.titulos && (await receivableIds(await context.database(), options.titulos));
  const { batch, told } = await ask(context, { batchId, kind: 'recommunicate', receivableIds: titulos });
  const result = titulos
    ? await batch.recommunicate({ ...told, scope: 'selected', receivableIds: titulos })
    : await batch.recommunicate({ ...told, scope: options.todos ? 'all' : 'corrected' });
  if (result.changed === 0 && result.refused.length === 0)
    throw options.todos
      ? new CliError(
          1,
          'nada_a_refazer',
          'nenhum título espera nova comunicação',
          `para encerrar: boletos concluir ${batchId}`,
        )
      : new CliError(
          1,
          'nada_corrigido',
          'nenhum título foi corrigido desde a falha',
          `corrija com: boletos corrigir TITULO --campo … (ou refaça tudo com --todos)`,
        );
  await printActionResult(context, batchId, result, 'na nova rodada');
  if (options.acompanhar) await followBatch(context, batchId);
}
