import type { Knex } from 'knex';
import { deliver } from '../../activities/webhooks/deliver';
import { send, type SendOptions } from '../../activities/webhooks/send';
import { verifyWebhook } from '../../client/webhooks';
import { listDeliveries, sendAgain } from '../../record/outbox/webhookDeliveries';
import { createTestDatabase } from '../kit/database';
import { openReceiver, type Receiver } from '../kit/receiver';
import { createDelivery, createWebhook } from '../kit/record';
import { newId } from '../../api/access/secrets';
import { webhookPlace } from '../../domain/account/sealedPlaces';
import { testSecretBox } from '../kit/testWorker';

const secret = `whsec_${Buffer.from('a secret of a test, 32 bytes long').toString('base64')}`;

let knex: Knex;
let close: () => Promise<void>;
let receiver: Receiver;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
beforeEach(async () => void (receiver = await openReceiver()));
afterEach(() => receiver.close());
afterAll(() => close());

const deliverTo = (webhookId: string, options: Partial<SendOptions> = {}) =>
  deliver(
    {
      ...{ knex, secretBox: testSecretBox },
      send: (url, message) => send(url, message, { loopback: true, timeoutMs: 5_000, ...options }),
    },
    webhookId,
  );

const sealed = (plain: string, id: string) => testSecretBox.seal(plain, webhookPlace(id));
const openWebhook = (columns: { id?: string; [column: string]: unknown } = {}) => {
  const { id = newId('w') } = columns;
  return createWebhook(knex, { url: receiver.url, secret: sealed(secret, id), ...columns, id });
};

/** As if all pauses were over. */
async function later(webhookId: string): Promise<void> {
  await knex('webhook').where({ id: webhookId }).whereNotNull('retry_at').update({ retry_at: knex.fn.now() });
  await knex('webhook_delivery').where({ webhook_id: webhookId }).update({ next_at: knex.fn.now() });
}

const webhook = (id: string) =>
  knex('webhook').where({ id }).first<{ active: boolean; stopped_by: string | null; failures: number }>();

test('a notice is posted with a signature of the Standard Webhooks scheme, and noted as delivered', async () => {
  const id = await openWebhook();
  await createDelivery(knex, id);
  expect(await deliverTo(id)).toEqual({ nextDueInMs: null });
  const [call] = receiver.received;
  expect(call).toMatchObject({ method: 'POST', path: '/avisos', headers: { 'content-type': 'application/json' } });
  const [logged] = await listDeliveries(knex, id, { limit: 10 });
  expect(verifyWebhook(secret, call?.headers ?? {}, call?.body ?? '')).toMatchObject({
    id: logged?.eventId,
    payload: { type: 'batch.done', data: { batchId: 'lote-1' }, timestamp: expect.any(String) as string },
  });
  expect(() => verifyWebhook(`whsec_${'A'.repeat(44)}`, call?.headers ?? {}, call?.body ?? '')).toThrow('assinatura');
  expect(logged).toMatchObject({
    ...{ state: 'delivered', tries: 1, nextAt: null },
    attempts: [{ httpStatus: 200, failure: null, answer: null }],
  });
});

test('while a secret is replaced both sign', async () => {
  const older = `whsec_${Buffer.from('the secret that was there before').toString('base64')}`;
  const previous = (id: string) => ({ id, previous_secret: sealed(older, id) });
  const id = await openWebhook({
    ...previous('w-000000000001'),
    previous_until: knex.raw("clock_timestamp() + interval '1 hour'"),
  });
  await createDelivery(knex, id);
  await deliverTo(id);
  const [call] = receiver.received;
  for (const valid of [secret, older]) verifyWebhook(valid, call?.headers ?? {}, call?.body ?? '');

  const after = await openWebhook({ ...previous('w-000000000002'), previous_until: knex.raw('clock_timestamp()') });
  await createDelivery(knex, after);
  await deliverTo(after);
  const [, next] = receiver.received;
  verifyWebhook(secret, next?.headers ?? {}, next?.body ?? '');
  expect(() => verifyWebhook(older, next?.headers ?? {}, next?.body ?? '')).toThrow('assinatura');
});

describe('a failure', () => {
  test('of 500 and 503 is tried again after growing pauses, with the same id and content', async () => {
    const id = await openWebhook();
    await createDelivery(knex, id);
    receiver.answer(500, 503);
    const pauses = [];
    for (let nth = 0; nth < 2; nth += 1) {
      pauses.push((await deliverTo(id)).nextDueInMs ?? 0);
      // Nothing more goes there until then.
      await deliverTo(id);
      expect(receiver.received).toHaveLength(nth + 1);
      await later(id);
    }
    expect(pauses[0]).toBeGreaterThan(0);
    expect(pauses[1]).toBeGreaterThan(pauses[0] as number);
    expect(await deliverTo(id)).toEqual({ nextDueInMs: null });
    expect(receiver.received).toHaveLength(3);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1);
    const [logged] = await listDeliveries(knex, id, { limit: 1 });
    expect(logged?.attempts.map(({ httpStatus, failure }) => [httpStatus, failure])).toEqual([
      [200, null],
      [503, 'status'],
      [500, 'status'],
    ]);
    expect(await webhook(id)).toMatchObject({ failures: 0, failing_since: null, retry_at: null });
  });

  test('of a receiver that is down lets all wait for it, and all arrive once it is there', async () => {
    const id = await openWebhook();
    for (let nth = 0; nth < 20; nth += 1) await createDelivery(knex, id);
    await receiver.close();
    expect((await deliverTo(id)).nextDueInMs).toBeGreaterThan(0);
    // Of the twenty only the first few found out.
    expect(await knex('webhook_attempt').whereIn('delivery_id', deliveriesOf(id)).count()).toEqual([{ count: 8 }]);
    receiver = await openReceiver(receiver.port);
    await later(id);
    expect(await deliverTo(id)).toEqual({ nextDueInMs: null });
    expect(receiver.received).toHaveLength(20);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(20);
  });

  test('of one notice that the receiver does not want, beside others that it takes, keeps none', async () => {
    const id = await openWebhook();
    for (let nth = 0; nth < 9; nth += 1) await createDelivery(knex, id);
    receiver.answer(422);
    await deliverTo(id);
    expect(receiver.received).toHaveLength(9);
    expect(await webhook(id)).toMatchObject({ failures: 0 });
    const logged = await listDeliveries(knex, id, { limit: 10 });
    expect(logged.map(({ state }) => state).sort()).toEqual([...Array<string>(8).fill('delivered'), 'pending']);
  });

  test.each([400, 409, 413, 415, 422])('of all that it is told, by %d, lets the receiver rest', async (status) => {
    const id = await openWebhook();
    for (let nth = 0; nth < 20; nth += 1) await createDelivery(knex, id);
    receiver.answer(...Array<number>(20).fill(status));
    expect((await deliverTo(id)).nextDueInMs).toBeGreaterThan(0);
    expect(receiver.received).toHaveLength(8);
    expect(await webhook(id)).toMatchObject({ failures: 1 });
    await later(id);
    receiver.answer();
    expect(await deliverTo(id)).toEqual({ nextDueInMs: null });
    expect(await webhook(id)).toMatchObject({ failures: 0, retry_at: null });
  });

  test('again and again gives the notice up; a person can send it again', async () => {
    const id = await openWebhook();
    const deliveryId = await createDelivery(knex, id, { tries: 10 });
    receiver.answer(500);
    expect(await deliverTo(id)).toEqual({ nextDueInMs: null });
    expect(await listDeliveries(knex, id, { limit: 1 })).toMatchObject([{ state: 'failed', tries: 11 }]);
    expect(await sendAgain(knex, id, deliveryId)).toBe(true);
    await deliverTo(id);
    expect(await listDeliveries(knex, id, { limit: 1 })).toMatchObject([{ state: 'delivered', tries: 1 }]);
    const [first, second] = receiver.received;
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  });

  test('for five days stops the webhook, and what waits stays', async () => {
    const id = await openWebhook({ failures: 9, failing_since: knex.raw("clock_timestamp() - interval '121 hours'") });
    await createDelivery(knex, id);
    receiver.answer(500);
    expect(await deliverTo(id)).toEqual({ nextDueInMs: null });
    expect(await webhook(id)).toMatchObject({ active: false, stopped_by: 'noAnswer' });
    expect(await listDeliveries(knex, id, { limit: 1 })).toMatchObject([{ state: 'pending' }]);
  });

  test('with 410 stops it at once', async () => {
    const id = await openWebhook();
    await createDelivery(knex, id);
    receiver.answer(410);
    await deliverTo(id);
    expect(await webhook(id)).toMatchObject({ active: false, stopped_by: 'gone' });
  });

  const deliveriesOf = (id: string) => knex('webhook_delivery').where({ webhook_id: id }).select('id');
});

describe('where a call may go', () => {
  const message = { headers: {}, body: '{}' };
  const resolveTo =
    (...addresses: string[]): NonNullable<SendOptions['resolve']> =>
    () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

  test('a redirection is not followed', async () => {
    const other = await openReceiver();
    for (const status of [301, 302, 307, 308]) {
      receiver.answer((response) => response.writeHead(status, { Location: other.url }).end());
      expect(await send(receiver.url, message, { loopback: true })).toMatchObject({
        ...{ httpStatus: status, failure: 'redirect' },
      });
    }
    expect(other.received).toEqual([]);
    await other.close();
  });

  test.each([
    'https://10.0.0.1/',
    'https://192.168.1.10/',
    'https://172.16.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[::ffff:10.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::7f00:1]/',
    'https://[64:ff9b::a00:1]/',
    'https://[2002:a00:1::]/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://0177.0.0.1/',
    'https://127.1/',
    'https://localhost/',
    'http://exemplo.com.br/',
    'https://user:password@exemplo.com.br/',
    'ftp://exemplo.com.br/',
    'file:///etc/passwd',
    'nada',
  ])('%s is refused before anything leaves', async (url) => {
    const neverAsked = () => Promise.reject(new Error('resolved'));
    expect(await send(url, message, { loopback: false, resolve: neverAsked })).toMatchObject({
      failure: 'addressRefused',
    });
  });

  test('a name is refused that leads inside, also with one address of several', async () => {
    const inside = ['10.0.0.1', '169.254.169.254', '::ffff:192.168.0.1', 'fd00:ec2::254', '127.0.0.1', '::1'];
    for (const address of inside)
      for (const resolve of [resolveTo(address), resolveTo('203.0.114.7', address), resolveTo(address, '203.0.114.7')])
        expect(await send('https://erp.invalid/', message, { loopback: false, resolve })).toMatchObject({
          failure: 'addressRefused',
        });
    // Simulated, this machine may be called, the network around it may not.
    for (const url of ['https://erp.invalid/', receiver.url])
      expect(await send(url, message, { loopback: true, resolve: resolveTo('10.0.0.1') })).toMatchObject({
        failure: 'addressRefused',
      });
    expect(await send(receiver.url, message, { loopback: false })).toMatchObject({ failure: 'addressRefused' });
    expect(receiver.received).toEqual([]);
  });

  test('a private network is reached where the installation allows it, and no other with it', async () => {
    const networks = ['10.1.0.0/16', 'fd00:1::/32'];
    const to = (...addresses: string[]) =>
      send('https://erp.invalid/', message, {
        ...{ loopback: false, networks, timeoutMs: 100, resolve: resolveTo(...addresses) },
      });
    // Nobody is there: it was tried.
    expect((await to('fd00:1::9')).failure).toMatch(/^(connection|timeout)$/);
    for (const outside of ['10.2.0.1', '127.0.0.1', '169.254.169.254', 'fd00:2::9', '::ffff:10.2.0.1'])
      for (const addresses of [[outside], ['fd00:1::9', outside], [outside, 'fd00:1::9']])
        expect(await to(...addresses)).toMatchObject({ failure: 'addressRefused' });
    // Named by number, and never by plain http.
    const options = { loopback: false, networks, timeoutMs: 100 };
    expect(await send('https://10.2.0.1/', message, options)).toMatchObject({ failure: 'addressRefused' });
    expect(await send('http://[fd00:1::9]/', message, options)).toMatchObject({ failure: 'addressRefused' });
    expect((await send('https://[fd00:1::9]/', message, options)).failure).toMatch(/^(connection|timeout)$/);
  });

  test('the connection goes to the address that was judged, and the name is asked once', async () => {
    // Where the system itself would not go for this name.
    const there = await openReceiver(0, '127.0.0.2');
    const asked: string[] = [];
    const result = await send(`http://localhost:${there.port}/avisos`, message, {
      loopback: true,
      resolve(host) {
        asked.push(host);
        return resolveTo('127.0.0.2')(host);
      },
    });
    expect(result).toMatchObject({ httpStatus: 200, failure: null });
    expect(asked).toEqual(['localhost']);
    expect(there.received[0]?.headers.host).toBe(`localhost:${there.port}`);
    await there.close();
  });

  test('a name that does not exist says so', async () => {
    const resolve = () => Promise.reject(new Error('ENOTFOUND'));
    expect(await send('https://erp.invalid/', message, { loopback: false, resolve })).toMatchObject({
      failure: 'nameUnknown',
    });
  });
});

describe('what a call waits for', () => {
  const message = { headers: {}, body: '{}' };
  const resolveToThis = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);

  test('of an answer without end only the beginning is read', async () => {
    receiver.answer((response) => {
      response.writeHead(200);
      const pour = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', pour);
      pour();
    });
    const { httpStatus, failure, answer } = await send(receiver.url, message, { loopback: true, ownAnswers: true });
    expect({ httpStatus, failure }).toEqual({ httpStatus: 200, failure: null });
    expect(answer).toHaveLength(500);
  });

  test('a receiver that never answers, and a name that is never found, end it', async () => {
    receiver.answer(() => undefined);
    expect(await send(receiver.url, message, { loopback: true, timeoutMs: 100 })).toMatchObject({ failure: 'timeout' });
    const resolve = () => new Promise<never>(() => undefined);
    expect(await send('https://erp.invalid/', message, { loopback: false, timeoutMs: 50, resolve })).toMatchObject({
      failure: 'timeout',
    });
  });

  test('control characters of an answer do not reach the log', async () => {
    receiver.answer((response) => response.writeHead(500).end('ruim\u0000\u001b[31m'));
    const { answer } = await send(receiver.url, message, { loopback: true, ownAnswers: true });
    expect(answer).toMatch(/^ruim[^\p{Cc}]*$/u);
  });

  test.each([
    ['by number', '127.0.0.1'],
    ['by name', 'localhost'],
  ])('what a service of this machine answers, called %s, is not kept', async (_how, host) => {
    receiver.answer(500);
    const result = await send(receiver.url.replace('127.0.0.1', host), message, {
      ...{ loopback: true, resolve: resolveToThis },
    });
    expect(result).toEqual({ httpStatus: 500, failure: 'status', answer: null });
  });
});
