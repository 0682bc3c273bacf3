import type { ActionResult } from '../../domain/batch';
import { itemRefusalLabels } from '../../domain/refusals';
import type { CliContext } from './context';
import { CliError } from './error';
import { counted } from './text';

const SHOWN_REFUSALS = 20;

/**
 * Tells what an action changed and what it left alone.
 * @throws CliError exit 1 `nada_alterado` when títulos were named and none was changed
 */
export function printActionResult(context: CliContext, batchId: string, result: ActionResult, done: string): void {
  if (result.changed === 0 && result.refused.length > 0)
    throw new CliError(
      1,
      'nada_alterado',
      `nenhum título foi alterado: ${refusalsText(result)}`,
      `veja: boletos comunicacao ${batchId} --falhas`,
    );
  const left = result.refused.length > 0 ? `\nFicaram como estavam: ${refusalsText(result)}` : '';
  context.print({ batchId, ...result }, `${counted(result.changed, 'título', 'títulos')} ${done}.${left}`);
}

function refusalsText({ refused }: ActionResult): string {
  const shown = refused
    .slice(0, SHOWN_REFUSALS)
    .map(({ receivableId, reason }) => `${receivableId} (${label(reason)})`);
  return shown.join(', ') + (refused.length > shown.length ? ` e mais ${refused.length - shown.length}` : '');
}

function label(reason: string): string {
  return (itemRefusalLabels as Record<string, string>)[reason] ?? reason;
}
