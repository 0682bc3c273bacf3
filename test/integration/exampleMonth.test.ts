import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifests } from '../../gateways';
import { startBatch } from '../../client/startBatch';
import { createSecretBox } from '../../config/secrets';
import { defineGatewayAccount } from '../../record/accounts/defineAccount';
import { correctReceivable } from '../../record/receivables/corrections';
import { batchFailures } from '../../record/batches/items';
import { importFile } from '../../record/importing/importFile';
import { knownCodec } from '../../gateways';
import { previaRows } from '../../domain/catalogue/previa';
import { saoPauloDate } from '../../domain/kinds/dates';
import type { DefectKind } from '../../examples/defects';
import { DEMO_CARTEIRA, generateExamples, writeExamples } from '../../examples/generate';
import { simulatedAccount } from '../../gateways/bancoDoBrasil/simulator/simulator';
import { openLiveScene, type LiveScene } from '../kit/liveScene';

const examples = generateExamples({ today: saoPauloDate(new Date()) });
/** What the prévia calls each planted defect; null = only the bank knows. */
const codes: Record<DefectKind, RegExp | null> = {
  wrongCpfDigit: /^documentoDigitoErrado$/,
  wrongCnpjDigit: /^documentoDigitoErrado$/,
  shortCep: /^cepInvalido$/,
  cepOfAnotherUf: /^cepDeOutraUf$/,
  emptyDistrict: /^bairroVazio$/,
  longName: /^nomeLongo$/,
  forbiddenCharacter: /^(nome|endereco|bairro)Caractere$/,
  pastDueDate: /^vencimentoPassado$/,
  zeroAmount: /^valorZerado$/,
  irregularDocument: null,
  unknownCep: null,
};
const planted = examples.defects.filter(({ kind }) => codes[kind] !== null);
const onlyTheBankKnows = examples.defects.filter(({ kind }) => codes[kind] === null);
const idsOf = (titulos: readonly { receivableId: number }[]) =>
  titulos.map(({ receivableId }) => receivableId).sort((a, b) => a - b);

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  const { knex, bank } = scene;
  // Its own carteira would have the same convênio at the same bank.
  await knex('carteira').where({ id: scene.carteira.id }).update({ convenio: '3128999' });
  const folder = await mkdtemp(join(tmpdir(), 'exemplos-'));
  const files = await writeExamples(folder, examples);
  for (const path of files.imports)
    expect(await importFile(knex, { path, by: 'op-7' })).toMatchObject({ kind: 'imported', problems: 0 });
  await rm(folder, { recursive: true });
  const defined = await defineGatewayAccount(knex, createSecretBox(scene.variables.SECRETS_KEY as string), manifests, {
    ...{ carteiraId: DEMO_CARTEIRA, gateway: 'banco-do-brasil', convenio: '3128557', by: 'op-7' },
    ...{ baseUrl: bank.baseUrl, authUrl: bank.authUrl, credentials: { ...simulatedAccount } },
    limits: { register: { calls: 200, windowMs: 1_000 } },
  });
  expect(defined).toMatchObject({ kind: 'defined' });
  bank.admin.settings({ facts: { ...examples.bankFacts } });
});
afterAll(() => scene.close());

interface Simulated {
  receivableId: number;
  defects: { code: string; field: string; erpField: string }[];
}

test('the dry run finds every planted defect by name and field, and nothing that is right', async () => {
  const args = ['comunicar', '--carteira', String(DEMO_CARTEIRA), '--simular', '--json'];
  const { json } = await scene.boletos(...args, '--falhas');
  const found = json as unknown as Simulated[];
  expect(idsOf(found)).toEqual(idsOf(planted));
  for (const { receivableId, kind } of planted) {
    const { changes } = examples.corrections.find((correction) => correction.receivableId === receivableId)!;
    const defects = found.find((titulo) => titulo.receivableId === receivableId)?.defects;
    // The field that an operator would correct, under the name that `corrigir` takes.
    expect({ kind, defects }).toEqual({
      kind,
      defects: [
        expect.objectContaining({ code: expect.stringMatching(codes[kind]!), erpField: Object.keys(changes)[0] }),
      ],
    });
  }
  const [summary] = (await scene.boletos(...args)).json;
  expect(summary).toMatchObject({
    selected: 800,
    ready: { count: 800 - planted.length },
    pending: { count: planted.length },
    credentials: 'complete',
  });
});

test('a communication refuses them before sending; corrected, none is left that the prévia could have known', async () => {
  await scene.startWorker();
  const request = { batchId: 'o-mes', carteiraId: DEMO_CARTEIRA, filters: {}, by: 'op-7' };
  const batch = await startBatch(scene.client, request);
  await scene.phaseOf(batch.batchId, 'awaitingAdjustments');
  const refusals = async () => {
    const failures = await batchFailures(scene.knex, batch.batchId, { cursor: 0, limit: 500 });
    return {
      ours: failures.filter(({ providerCode }) => Object.hasOwn(previaRows, providerCode ?? '')),
      theirs: failures.filter(({ providerCode }) => !Object.hasOwn(previaRows, providerCode ?? '')),
    };
  };

  const first = await refusals();
  expect(idsOf(first.ours)).toEqual(idsOf(planted));
  expect(idsOf(first.theirs)).toEqual(idsOf(onlyTheBankKnows));
  // One call a título that the prévia let pass, and none for the others.
  expect(scene.bank.admin.calls.counts()['register']).toBe(800 - planted.length);
  const attempts = await scene
    .knex('attempt as a')
    .join('boleto as b', 'b.id', 'a.boleto_id')
    .whereIn('b.receivable_id', idsOf(planted))
    .count();
  expect(attempts).toEqual([{ count: 0 }]);

  for (const { receivableId, changes } of examples.corrections)
    expect(await correctReceivable(scene.knex, { receivableId, changes, by: 'op-7' }, knownCodec)).toMatchObject({
      kind: 'corrected',
    });
  await batch.recommunicate({ by: 'op-7', scope: 'corrected' });
  // Asked of the workflow: the record may still show the phase before the new round.
  while ((await batch.progress()).phase !== 'awaitingAdjustments')
    await new Promise((resolve) => setTimeout(resolve, 50));

  const second = await refusals();
  expect(second.ours).toEqual([]);
  expect(idsOf(second.theirs)).toEqual([...examples.discards].sort((a, b) => a - b));
  await batch.discard({ by: 'op-7', receivableIds: examples.discards, reasonCode: 'pagador-irregular' });
  expect(await batch.result({ withinMs: 60_000 })).toMatchObject({
    ...{ selected: 800, registered: 800 - examples.discards.length, discarded: examples.discards.length },
    ...{ rejected: 0, unconfirmed: 0, rounds: 2 },
  });
  expect(scene.bank.admin.ledger.counts().duplicates).toBe(0);
});
