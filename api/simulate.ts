import { explainDefect } from '../words/explainDefect';
import { SecretsKeyError } from '../config/secrets';
import { getCarteira, hasCredentials } from '../record/accounts/carteiras';
import { dryRun, type DefectiveTitulo } from '../record/engine/dryRun';
import { visibleBatchIds } from '../record/access/visibility';
import type { Total } from '../domain/batch/dryRun';
import { leftOutLabels, type BatchFilters } from '../domain/batch/filters';
import { previaDefect } from '../domain/boleto/previa';
import { manifestOf } from '../gateways';
import { neededCredentials, type GatewayManifest } from '../domain/manifest';
import type { Actor } from './access/actor';
import { viewerOf } from './access/viewer';
import type { ApiDeps } from './deps';
import { notFound, Problem } from './problem';

/** Títulos with defects that are shown one by one; the causes count them all. */
const SHOWN = 500;

/** What a communication with these filters would find; nothing is written. */
export async function simulate(deps: ApiDeps, actor: Actor, carteiraId: number, filters: BatchFilters) {
  const { knex } = deps;
  const { gateway, accountId, addressSource } = await usableCarteira(deps, carteiraId);
  const manifest = manifestOf(gateway);
  if (!manifest)
    throw new Problem(
      422,
      'gateway_desconhecido',
      `A carteira ${carteiraId} usa o gateway ${gateway}, que não é conhecido.`,
    );
  const credentials = await checkCredentials(deps, accountId, manifest);
  const defective: DefectiveTitulo[] = [];
  const ofAll = credentials === 'incomplete' ? [previaDefect('credencialIncompleta')] : [];
  const result = await dryRun(knex, manifest.codec, { carteiraId, filters, ofAll }, (titulos) => {
    defective.push(...titulos.slice(0, SHOWN - defective.length));
  });
  const { ready, pending, uncertain, leftOut } = result;
  const otherIds = result.leftOutByReason.flatMap(({ otherBatchIds }) => otherBatchIds);
  const seen = await visibleBatchIds(knex, otherIds, viewerOf(actor));
  return {
    ...{ carteiraId, gateway, credentials, selected: sum([ready, pending, uncertain]) },
    ...{ ready, pending, uncertain, leftOut },
    causes: result.causes.map(({ count, receivableIds, ...cause }) => ({
      ...explainDefect(cause, addressSource),
      ...{ count, receivableIds },
    })),
    leftOutByReason: result.leftOutByReason.map((group) => ({
      ...group,
      label: leftOutLabels[group.reason],
      otherBatchIds: group.otherBatchIds.filter((id) => seen.has(id)),
    })),
    items: defective.map(({ defects, ...titulo }) => ({
      ...titulo,
      defects: defects.map((defect) => ({ ...explainDefect(defect, addressSource), message: defect.message })),
    })),
  };
}

async function usableCarteira({ knex }: ApiDeps, carteiraId: number) {
  const carteira = await getCarteira(knex, carteiraId);
  if (!carteira) throw notFound(`A carteira ${carteiraId}`);
  const { gateway, accountId, convenio, addressSource } = carteira;
  if (gateway === null || accountId === null || convenio === null)
    throw new Problem(422, 'carteira_sem_conta', `A carteira ${carteiraId} não tem conta de gateway.`, {
      hint: 'Um administrador a define em Carteiras.',
    });
  return { gateway, accountId, addressSource };
}

async function checkCredentials({ knex, secretBox }: ApiDeps, accountId: number, manifest: GatewayManifest) {
  try {
    return (await hasCredentials(knex, secretBox, accountId, neededCredentials(manifest))) ? 'complete' : 'incomplete';
  } catch (error) {
    if (error instanceof SecretsKeyError) return 'notChecked';
    throw error;
  }
}

function sum(totals: readonly Total[]): Total {
  const dates = totals.flatMap(({ nearestDueDate }) => nearestDueDate ?? []).sort();
  return {
    count: totals.reduce((all, { count }) => all + count, 0),
    amountCents: totals.reduce((all, { amountCents }) => all + amountCents, 0),
    nearestDueDate: dates[0] ?? null,
  };
}
