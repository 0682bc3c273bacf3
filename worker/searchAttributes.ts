import type { Logger, NativeConnection } from '@temporalio/worker';

/** temporal.api.enums.v1.IndexedValueType */
const KEYWORD = 2;
const INT = 3;
const DATETIME = 6;

const wanted: Record<string, number> = {
  BoletoPhase: KEYWORD,
  BoletoCarteira: KEYWORD,
  BoletoGateway: KEYWORD,
  BoletoOperator: KEYWORD,
  BoletoTotal: INT,
  BoletoFailures: INT,
  BoletoRound: INT,
  BoletoNearestDueDate: DATETIME,
};

/**
 * Registers the search attributes that the namespace lacks.
 * @returns false where it may not or cannot have them (all Int slots taken, no permission): batches then run without.
 */
export async function ensureSearchAttributes(
  connection: NativeConnection,
  namespace: string,
  logger: Logger,
): Promise<boolean> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.entries(wanted).filter(([name]) => customAttributes[name] === undefined);
    if (missing.length === 0) return true;
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) });
    return true;
  } catch (error) {
    logger.warn('sem atributos de busca neste namespace: as comunicações correm sem eles', {
      namespace,
      reason: error instanceof Error ? error.message : String(error),
    });
    return false;
  }
}
