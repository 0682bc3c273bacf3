import type { Command } from 'commander';
import { askPixAgain } from '../record/engine/pixFetch';
import { SWEEP_SCHEDULE } from '../domain/batch/names';
import { parseId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { counted } from '../words/text';

interface Options {
  titulo?: number;
  carteira?: number;
}

export function addPixCommand(program: Command, context: () => CliContext): void {
  program
    .command('pix')
    .description('pede de novo ao banco o Pix de boletos registrados sem ele')
    .option('--titulo <id>', 'só este título (ID da cobrança)', parseId)
    .option('--carteira <id>', 'todos os desta carteira', parseId)
    .action((options: Options) => askAgain(context(), options));
}

async function askAgain(context: CliContext, { titulo, carteira }: Options): Promise<void> {
  if ((titulo === undefined) === (carteira === undefined))
    throw new CliError(
      2,
      'uso_invalido',
      'informe um título com --titulo, ou uma carteira com --carteira',
      'por exemplo: boletos pix --carteira 1',
    );
  const wanted = titulo === undefined ? { carteiraId: carteira as number } : { receivableIds: [titulo] };
  const receivableIds = await askPixAgain(await context.database(), wanted, { by: await context.by(), filiais: null });
  if (titulo !== undefined && receivableIds.length === 0)
    throw new CliError(
      1,
      'sem_pix_a_pedir',
      `ao título ${titulo} não falta um Pix que se possa pedir`,
      'o boleto não está registrado, já tem Pix, o título está encerrado, ou a carteira não pede Pix',
    );
  const woken = receivableIds.length > 0 && (await wake(context));
  context.print(
    { asked: receivableIds.length, receivableIds },
    receivableIds.length === 0
      ? 'Nenhum boleto registrado desta carteira está sem o Pix que ela pede.'
      : `Pix pedido para ${counted(receivableIds.length, 'boleto', 'boletos')}.`,
  );
  if (receivableIds.length > 0 && !woken) context.note('O worker começa em até 5 minutos.');
}

/** Without Temporal at hand the sweep comes by itself. */
async function wake(context: CliContext): Promise<boolean> {
  try {
    await (await context.temporal()).schedule.getHandle(SWEEP_SCHEDULE).trigger();
    return true;
  } catch {
    return false;
  }
}
