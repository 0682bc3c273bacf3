import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import { explainFailure } from '../../client/explainFailure';

/** A Temporal that takes every call and answers none, as one that was stopped in its tracks. */
async function openSilentService() {
  const server = createServer();
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream) => stream.on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connection = Connection.lazy({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  return {
    client: new Client({ connection }),
    async close() {
      for (const session of sessions) session.destroy();
      server.close();
      await connection.close();
    },
  };
}

test('a Temporal that is silent is said to be, soon, without its address and in Portuguese', async () => {
  const { client, close } = await openSilentService();
  const ask = () => client.workflowService.getSystemInfo({});
  const error: unknown = await client.withDeadline(Date.now() + 300, ask).catch((thrown: unknown) => thrown);
  expect((error as Error).message).toMatch(/deadline/i);
  const deadlines = jest.spyOn(client, 'withDeadline');
  const asked = Date.now();
  const explained = await explainFailure(client, 'lote-1', error);
  expect(deadlines.mock.calls.map(([deadline]) => Number(deadline) - asked < 5_000)).toEqual([true]);
  expect(explained).toMatchObject({ code: 'temporal_inacessivel', message: 'o Temporal não responde' });
  await close();
});
