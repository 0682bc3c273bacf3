import { openLiveApi } from '../api/support/liveApi';
import { openLiveScene, type LiveScene } from '../kit/liveScene';
import { createReceivables } from '../kit/record';

let scene: LiveScene;
let api: Awaited<ReturnType<typeof openLiveApi>>;
beforeAll(async () => {
  scene = await openLiveScene();
  api = await openLiveApi(scene);
  await scene.startWorker();
});
afterAll(async () => {
  await api?.close();
  await scene?.close();
});

async function limit(calls: number, windowMs: number): Promise<number> {
  const response = await fetch(`${api.origin}/api/v1/carteiras/${scene.carteira.id}/limites`, {
    method: 'PATCH',
    headers: { Authorization: `Bearer ${await api.token('administrador')}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ register: { calls, windowMs } }),
  });
  return response.status;
}
const registered = () => scene.bank.admin.ledger.counts().registered;
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 50));
}

test('a running batch follows a limit that is lowered, and one that is raised', async () => {
  const TITULOS = 120;
  await createReceivables(scene.knex, scene.carteira, TITULOS);
  expect(await limit(5, 1_000)).toBe(200);
  const { json } = await scene.boletos('comunicar', '--carteira', String(scene.carteira.id), '--json');
  const { batchId } = json[0] as { batchId: string };
  await until(() => registered() >= 5);

  // One call in 15 s: what is leased already still leaves, a quarter of a second's worth, and then one.
  expect(await limit(1, 15_000)).toBe(200);
  const atMost = registered() + 20;
  // The worker has asked by the new limit: its next turn is further away than the old one ever was.
  for (let ahead = 0; ahead < 5;) {
    const { rows } = await scene.knex.raw<{ rows: { ahead: number }[] }>(
      `select extract(epoch from max(tat) - clock_timestamp())::float8 as ahead from gateway_limit where route_class = 'register'`,
    );
    ahead = rows[0]!.ahead;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(registered()).toBeLessThanOrEqual(atMost);

  // At that pace the rest would take longer than this test may.
  expect(await limit(100, 1_000)).toBe(200);
  expect(await scene.phaseOf(batchId)).toBe('concluded');
  expect(await scene.states(batchId)).toEqual({ registered: TITULOS });
});
