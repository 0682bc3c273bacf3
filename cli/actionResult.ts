import { receivableNames } from '../record/receivables/erpKeys';
import type { ActionResult } from '../domain/batch/batch';
import { itemRefusalLabels } from '../domain/batch/refusals';
import type { CliContext } from './context';
import { CliError } from './error';
import { counted } from '../words/text';

const SHOWN_REFUSALS = 20;

/**
 * Tells what an action changed and what it left alone.
 * @throws CliError exit 1 `nada_alterado` when títulos were named and none was changed
 */
export async function printActionResult(
  context: CliContext,
  batchId: string,
  result: ActionResult,
  done: string,
): Promise<void> {
  const refused = await named(context, result);
  if (result.changed === 0 && result.refused.length > 0)
    throw new CliError(
      1,
      'nada_alterado',
      `nenhum título foi alterado: ${refusalsText(refused)}`,
      `veja: boletos comunicacao ${batchId} --falhas`,
    );
  const left = result.refused.length > 0 ? `\nFicaram como estavam: ${refusalsText(refused)}` : '';
  context.print({ batchId, ...result, refused }, `${counted(result.changed, 'título', 'títulos')} ${done}.${left}`);
}

type Refused = ActionResult['refused'][number] & { erpKey?: string };

/** With the ERP's key of each that is called by one. */
async function named(context: CliContext, { refused }: ActionResult): Promise<Refused[]> {
  if (refused.length === 0) return [];
  const nameOfId = await receivableNames(
    await context.database(),
    refused.map(({ receivableId }) => receivableId),
  );
  return refused.map((each) => {
    const name = nameOfId(each.receivableId);
    return name === String(each.receivableId) ? each : { ...each, erpKey: name };
  });
}

function refusalsText(refused: readonly Refused[]): string {
  const shown = refused
    .slice(0, SHOWN_REFUSALS)
    .map(({ receivableId, erpKey, reason }) => `${erpKey ?? receivableId} (${label(reason)})`);
  return shown.join(', ') + (refused.length > shown.length ? ` e mais ${refused.length - shown.length}` : '');
}

function label(reason: string): string {
  return (itemRefusalLabels as Record<string, string>)[reason] ?? reason;
}
