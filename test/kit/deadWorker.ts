import { randomUUID } from 'node:crypto';
import { registerBoleto, type Registration } from '../../activities/registerBoleto';
import { openIntents } from '../../record/engine/intents';
import { leaseItems, type LeasedItem } from '../../record/engine/leases';
import type { Outcome } from '../../record/engine/outcomes';
import type { AccessToken } from '../../domain/gateway';
import type { BankScene } from './bankScene';

/** The first item of a batch, held as a slice holds it. */
export async function leaseOne(scene: BankScene, batchId: string): Promise<LeasedItem> {
  const [item] = await leaseItems(scene.knex, { batchId, from: 1, to: 1 }, 0);
  return item as LeasedItem;
}

/** Writes the intent of a call, and nothing more. */
export async function intend(
  scene: BankScene,
  item: LeasedItem,
  deadlineMs = 50,
): Promise<Pick<Registration, 'attemptId' | 'boletoId' | 'snapshot' | 'homologation' | 'acceptsMismatches'>> {
  const attemptId = randomUUID();
  const account = await scene.worker.line.account();
  const [intent] = await openIntents(scene.knex, scene.worker.gateway, [{ ...item, account, attemptId, deadlineMs }]);
  if (intent?.kind !== 'send') throw new Error(`the intent was not granted: ${intent?.kind}`);
  const { kind: _, ...granted } = intent;
  return { attemptId, ...granted };
}

/** Sends an intent for real, as a worker does that dies before it can tell anybody. */
export async function sendAndDie(
  scene: BankScene,
  item: LeasedItem,
  token?: AccessToken,
): Promise<{ attemptId: string; boletoId: number; outcome: Outcome }> {
  const { line } = scene.worker;
  const intent = await intend(scene, item);
  const account = await line.account();
  const current = token ? { kind: 'token' as const, token } : await line.tokens.current(account);
  if (current.kind !== 'token') throw new Error(current.kind);
  const { outcome } = await registerBoleto(line, {
    ...intent,
    item,
    account,
    token: current.token,
    timeoutMs: 1_000,
    deadline: performance.now() + 10_000,
    wallDeadline: Infinity,
    onSend: () => undefined,
  });
  return { ...intent, outcome };
}
