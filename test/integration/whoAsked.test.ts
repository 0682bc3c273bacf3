import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { batchWorkflows } from '../../worker/batchWorkflows';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivable, createUser } from '../kit/record';

const run = promisify(execFile);
const DISTRICT = 'Vila Inventada do Fulano';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
});
afterAll(() => scene.close());

/** The stock command of Temporal, as anybody has it who reaches its port. */
async function temporal(...args: string[]): Promise<string> {
  const { TEMPORAL_ADDRESS: address = '', TEMPORAL_NAMESPACE: namespace = '' } = scene.variables;
  const { stdout } = await run(process.env.TEMPORAL_CLI_PATH ?? 'temporal', [
    ...args,
    ...['--address', address, '--namespace', namespace],
  ]);
  return stdout;
}

test('who acts by the command line is told by name here and by an opaque id in Temporal; who forges a message is told as Temporal', async () => {
  const colleague = await createUser(scene.knex, { login: 'colega', name: 'Colega Inventada' });
  const customer_id = await createCustomer(scene.knex, { cep: '123', district: DISTRICT });
  const [first, second] = [
    await createReceivable(scene.knex, scene.carteira, { customer_id }),
    await createReceivable(scene.knex, scene.carteira, { customer_id }),
  ];
  await scene.startWorker();
  const started = await scene.boletos(
    ...['--por', 'fulana.silva', 'comunicar', '--carteira', String(scene.carteira.id), '--bairro', DISTRICT, '--json'],
  );
  expect(started.json).toMatchObject([{ selected: 2 }]);
  const batchId = String(started.json[0]?.['batchId']);
  await scene.phaseOf(batchId, 'awaitingAdjustments');

  const update = ['workflow', 'update', 'execute', '--workflow-id', `boletos/${batchId}`, '--name', 'discard'];
  const forged = { by: colleague, actionId: 'forjada-1', receivableIds: [first], reasonCode: 'x' };
  await temporal(...update, '--input', JSON.stringify(forged));
  const discarded = ['descartar', batchId, '--titulos', String(second), '--motivo', 'cliente mudou-se', '--json'];
  expect((await scene.boletos('--por', 'colega', ...discarded)).json).toMatchObject([{ changed: 1 }]);
  await scene.phaseOf(batchId, 'concluded');

  const { rows } = await scene.knex.raw<{ rows: { action: string; actor: string }[] }>(
    `select action, actor from audit_entry where entity = 'batch' and entity_id = ? order by id`,
    [batchId],
  );
  const fulana = rows[0]?.actor ?? '';
  expect(fulana).toMatch(/^cli-[0-9a-f]{8}$/);
  expect(rows).toEqual([
    { action: 'openBatch', actor: fulana },
    { action: 'discard', actor: 'temporal' },
    { action: 'discard.reason', actor: colleague },
    { action: 'discard', actor: colleague },
    { action: 'concludeBatch', actor: fulana },
  ]);
  const shown = await scene.boletos('comunicacao', batchId);
  expect(shown.stdout).toContain('por fulana.silva');
  expect(shown.stdout).toContain(`Bairro: ${DISTRICT}`);

  const history = await temporal('workflow', 'show', '--workflow-id', `boletos/${batchId}`, '--output', 'json');
  const about = await temporal('workflow', 'describe', '--workflow-id', `boletos/${batchId}`, '--output', 'json');
  for (const text of [history, about].map(readable))
    for (const untold of [DISTRICT, 'Vila', 'fulana', 'silva', 'mudou-se']) expect(text).not.toContain(untold);
  expect(readable(about)).toContain(fulana);
});

test('a batch that lost its workflow is started again without its filters and without a name', async () => {
  const customer_id = await createCustomer(scene.knex, { cep: '123', district: DISTRICT });
  const title = await createReceivable(scene.knex, scene.carteira, { customer_id });
  const batchId = 'perdida-1';
  const row = { id: batchId, carteira_id: scene.carteira.id, requested_by: 'fulana.silva' };
  await scene.knex('batch').insert({ ...row, filters: JSON.stringify({ district: DISTRICT }) });
  const { carteira } = scene;
  await batchWorkflows(scene.client).start({
    batchId,
    carteiraId: carteira.id,
    requestedBy: 'cli-0a1b2c3d',
    uncertain: false,
  });
  await scene.phaseOf(batchId, 'awaitingAdjustments');
  expect(await scene.knex('batch_item').where({ batch_id: batchId }).pluck('receivable_id')).toContain(title);
  const history = await temporal('workflow', 'show', '--workflow-id', `boletos/${batchId}`, '--output', 'json');
  for (const untold of ['Vila', 'fulana', 'silva']) expect(readable(history)).not.toContain(untold);
});

/** With the payloads, which are base64. */
function readable(json: string): string {
  return json.replace(
    /"([A-Za-z0-9+/]{8,}={0,2})"/g,
    (_, text: string) => `${text} ${Buffer.from(text, 'base64').toString()}`,
  );
}
