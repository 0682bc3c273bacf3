import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createCustomer, createReceivable } from '../kit/record';

const run = promisify(execFile);
const BATCH = 'lote-da-cli';

let scene: LiveScene;
beforeAll(async () => {
  scene = await openLiveScene();
  await scene.startWorker();
});
afterAll(() => scene.close());

/** The stock `temporal` command, with nothing of ours. */
async function temporal(...args: string[]): Promise<string> {
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = scene.variables;
  const { stdout } = await run(process.env.TEMPORAL_CLI_PATH ?? 'temporal', [
    ...args,
    '--address',
    address as string,
    '--namespace',
    namespace as string,
  ]);
  return stdout;
}

test('with the stock temporal command alone: start, find, read, signal, communicate again, conclude', async () => {
  const broken = await createCustomer(scene.knex, { cep: '123' });
  const hopeless = await createCustomer(scene.knex, { document: '11111111111' });
  await createReceivable(scene.knex, scene.carteira);
  const corrected = await createReceivable(scene.knex, scene.carteira, { customer_id: broken });
  await createReceivable(scene.knex, scene.carteira, { customer_id: hopeless });
  const workflowId = `boletos/${BATCH}`;
  const input = { batchId: BATCH, carteiraId: scene.carteira.id, filters: {}, by: 'op-7' };

  await temporal(
    'workflow',
    'start',
    '--type',
    'boletoBatch',
    '--task-queue',
    'boletos',
    '--workflow-id',
    workflowId,
    '--input',
    JSON.stringify(input),
  );
  await scene.phaseOf(BATCH, 'awaitingAdjustments');

  const query = `BoletoPhase = "awaitingAdjustments" and BoletoCarteira = "${scene.carteira.id}" and BoletoFailures = 2`;
  let listed = '';
  while (!listed.includes(workflowId))
    listed = await temporal('workflow', 'list', '--query', query, '--output', 'json');

  const details = await temporal('workflow', 'metadata', '--workflow-id', workflowId, '--output', 'json');
  expect(details).toContain('Aguardando ajustes');
  expect(details).toContain('Rejeitado (dados) | 2');
  expect(details).toContain(String(corrected));
  expect(details).not.toContain('11111111111');

  await scene.knex('customer').where({ id: broken }).update({ cep: '01310100' });
  await temporal(
    'workflow',
    'signal',
    '--workflow-id',
    workflowId,
    '--name',
    'receivableCorrected',
    '--input',
    JSON.stringify({ receivableId: corrected }),
  );
  const again = await temporal(
    'workflow',
    'update',
    'execute',
    '--workflow-id',
    workflowId,
    '--name',
    'recommunicate',
    '--input',
    JSON.stringify({ by: 'op-7', actionId: 'acao-1', scope: 'corrected' }),
  );
  expect(again).toMatch(/changed\W+1\b/);
  await scene.phaseOf(BATCH, 'awaitingAdjustments');
  while ((await scene.states(BATCH)).registered !== 2) await scene.phaseOf(BATCH);

  const progress = () =>
    temporal('workflow', 'query', '--workflow-id', workflowId, '--type', 'progress', '--output', 'json');
  while (!(await progress()).includes('awaitingAdjustments'));
  const refused = temporal(
    'workflow',
    'update',
    'execute',
    '--workflow-id',
    workflowId,
    '--name',
    'resume',
    '--input',
    JSON.stringify({ by: 'op-7', actionId: 'acao-2' }),
  );
  await expect(refused).rejects.toMatchObject({ stderr: expect.stringMatching(/não cabe agora/) });

  await temporal(
    'workflow',
    'update',
    'execute',
    '--workflow-id',
    workflowId,
    '--name',
    'conclude',
    '--input',
    JSON.stringify({ by: 'op-7', actionId: 'acao-3' }),
  );
  const result = await temporal('workflow', 'result', '--workflow-id', workflowId);
  expect(result).toMatch(/registered\W+2\b/);
  expect(await scene.phaseOf(BATCH)).toBe('concluded');
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 2, duplicates: 0 });
});
