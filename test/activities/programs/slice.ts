// One worker on a scene's batch, in a process of its own, that stops or kills itself, or has its clock set, at a point
// of the path of its first boleto.
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { openDatabase } from '../../../record/database';
import type { CallContext } from '../../../domain/gateway';
import { createTestWorker, type TestWorkerOptions } from '../../kit/testWorker';
import type { Point, SliceArguments } from '../../kit/sliceProcess';

const given = JSON.parse(process.argv[2] ?? '') as SliceArguments;

const passed = new Set<Point>();
function at(point: Point): void {
  if (passed.has(point)) return;
  passed.add(point);
  if (given.clockStep?.at === point) process.env.CLOCK_OFF_MS = String(given.clockStep.byMs);
  // The kernel stops this thread inside the call: what follows it happens after the waking.
  if (given.halt?.at === point) process.kill(process.pid, given.halt.by);
}

function watched(call: CallContext): CallContext {
  return {
    ...call,
    async permit() {
      at('waitingForItsTurn');
      await call.permit();
      at('withItsTurn');
    },
    maySend() {
      const may = call.maySend();
      if (!may) return false;
      at('pastTheLastCheck');
      // Node writes the request in this very turn of the event loop.
      setImmediate(at, 'requestLeft');
      return true;
    },
  };
}
subscribe('http.client.response.finish', (message) => {
  const { request } = message as { request: ClientRequest };
  // The token was there before.
  if (request.method === 'POST' && passed.has('pastTheLastCheck')) at('headRead');
});

const options: TestWorkerOptions = {
  bank: given.bank,
  sendWindowMs: given.sendWindowMs,
  aroundGateway: (gateway) => ({
    ...gateway,
    register: (snapshot, call) => gateway.register(snapshot, watched(call)),
  }),
  aroundLine: (line) => ({
    ...line,
    async openIntent(request) {
      at('beforeIntent');
      return line.openIntent(request);
    },
    async recordOutcome(outcome) {
      at('beforeFlush');
      return line.recordOutcome(outcome);
    },
  }),
};

const worker = createTestWorker(openDatabase(given.databaseUrl), given.accountId, options);
const work = given.settles ? worker.settle(given.batchId) : worker.communicate(given.batchId);
void work.then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
