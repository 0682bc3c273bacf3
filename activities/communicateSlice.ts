import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledFailure, Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import { SecretsKeyError } from '../config/secrets';
import { readGatewayOf, type BatchGateway } from '../record/batches/batchGateway';
import { SetupError } from '../record/engine/intents';
import type { Behind } from '../record/engine/numbering';
import { deferItems, leaseItems, stopBatch, type LeasedItem } from '../record/engine/leases';
import { holdPermits } from '../record/engine/limits';
import type { Outcome } from '../record/engine/outcomes';
import type { SliceResult } from '../domain/batch/batch';
import { backoffMs, NO_CONNECTION } from '../domain/boleto/failure';
import { judgeDoubt } from '../domain/boleto/doubt';
import {
  routeOf,
  type AccessToken,
  type GatewayAccount,
  type GatewayCall,
  type RegisterResult,
} from '../domain/gateway';
import type { ItemState } from '../domain/boleto/states';
import { toFailure } from './failure';
import type { GatewayLine } from './gatewayLine';
import type { GatewayActivities } from './index';
import { lookForEvidence } from './lookForEvidence';
import type { NumberCall } from './numberingWatch';
import { doubtedCall, QUOTA_CODE, QUOTA_WORDS, registerBoleto, SEND_WINDOW_MS } from './registerBoleto';

/** A slice hands back what it has not begun by then. */
const BUDGET_MS = 60_000;
/** An item that must wait longer than this frees its slot instead of waiting in it. */
const WAIT_INSIDE_MS = 2_000;
const BEAT_MS = 5_000;
/** The wall clock may be set by a little; by more, and the process was suspended. */
const CLOCK_STEP_MS = 5_000;
/** A slice that failed so often, some four minutes, will not heal by itself: people are told. */
const HOPELESS_ATTEMPTS = 8;

export interface SliceDeps {
  knex: Knex;
  lineOf(accountId: number): GatewayLine;
  /** Shorter, in a test. */
  sendWindowMs?: number;
}

/**
 * Communicates the due items of a range of ordinals: lease, then for each item either evidence about an earlier call,
 * or intent, permit, one call, outcome. Safe to run again at any point: the row of each item is the checkpoint.
 */
export function createCommunicateSlice({
  knex,
  lineOf,
  sendWindowMs = SEND_WINDOW_MS,
}: SliceDeps): GatewayActivities['communicateSlice'] {
  return async (slice) => {
    const context = Context.current();
    const bank = await readGatewayOf(knex, slice.batchId);
    const run = new SliceRun(knex, lineOf(bank.accountId), bank, sendWindowMs);
    const beat = setInterval(() => context.heartbeat(run.result.moved), BEAT_MS);
    context.cancellationSignal.addEventListener('abort', () => run.stop());
    try {
      await run.communicate(slice);
    } catch (error) {
      if (context.info.attempt < HOPELESS_ATTEMPTS) throw toFailure(error);
      await stopBatch(knex, slice.batchId, 'sliceFailed', SLICE_FAILED).catch(() => Promise.reject(toFailure(error)));
      return { ...run.result, pausedBy: 'sliceFailed' };
    } finally {
      clearInterval(beat);
    }
    // An administrator's pause holds only what fails: an activity that returns is done. What was under way has ended.
    if (context.cancellationDetails?.paused) throw new CancelledFailure('pausada no Temporal');
    return run.result;
  };
}

const SLICE_FAILED =
  'O envio falha repetidamente por um erro do sistema, não do banco: a comunicação foi pausada. Veja o registro do worker e retome.';

/** A group of outcomes is in the record within some 50 ms, an answer of the bank there mostly within this. */
const LAST_WORD_MS = 400;

function pauseWords(receivableId: number, { doubt, message }: Outcome): string {
  return doubt === 'documentForm'
    ? `O banco recusa o documento de todos os pagadores desta forma (a última, cobrança ${receivableId}: ${message}): parece ser a forma em que o documento é enviado, não os cadastros. Avise o suporte do sistema.`
    : `Cobrança ${receivableId}: ${message}`;
}

const BANK_AWAY = 'O banco está fora do ar; os boletos esperam e são enviados quando ele voltar.';

/** Not one that is looked for: reads have an allowance of their own. */
function isToBeSent({ state }: LeasedItem): boolean {
  return state === 'pending' || state === 'deferred';
}

/** One run of a slice, from its first lease to its last outcome. */
class SliceRun {
  readonly result: SliceResult = { moved: {}, pausedBy: null };
  private readonly until = performance.now() + BUDGET_MS;
  private stopped = false;

  constructor(
    private readonly knex: Knex,
    private readonly line: GatewayLine,
    private readonly bank: BatchGateway,
    private readonly sendWindowMs: number,
  ) {}

  stop(): void {
    this.stopped = true;
  }

  async communicate(slice: { batchId: string; from: number; to: number }): Promise<void> {
    while (!this.isOver()) {
      const items = await leaseItems(this.knex, slice, WAIT_INSIDE_MS);
      if (items.length === 0) return;
      const ends = await Promise.allSettled(items.map((item) => this.communicateItem(item)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    }
  }

  private isOver(): boolean {
    return this.stopped || performance.now() > this.until;
  }

  private async communicateItem(item: LeasedItem): Promise<void> {
    if (item.dueInMs > 0) await sleep(item.dueInMs);
    const giveCall = await this.line.calls.take();
    let wentAhead: ((kind: string | null) => void) | null = null;
    try {
      if (this.isOver()) return;
      const awayForMs = this.line.reach.awayForMs();
      if (awayForMs > 0) return await this.waitForTheBank(item, awayForMs);
      const usedUpForMs = this.line.usedUpForMs();
      if (usedUpForMs > 0 && isToBeSent(item)) return await this.waitForQuota(item, usedUpForMs);
      const account = await this.line.account();
      const token = await this.tokenFor(account, item);
      if (!token) return;
      wentAhead = await this.line.numbering.check(this.bank.numbering, this.numberCall(account, token));
      await this.intendAndSend(item, account, token, giveCall, wentAhead);
    } catch (error) {
      if (!(error instanceof SetupError || error instanceof SecretsKeyError)) throw error;
      await this.stopBatch(item.batchId, error.message);
    } finally {
      giveCall();
      wentAhead?.(null);
    }
  }

  /** The token comes before any intent: without one nothing may be left half-done. */
  private async tokenFor(account: GatewayAccount, item: LeasedItem): Promise<AccessToken | null> {
    const current = await this.line.tokens.current(account);
    if (current.kind === 'token') return current.token;
    if (current.kind === 'stale') this.beginAnew();
    else if (current.kind === 'config') await this.stopBatch(item.batchId, current.message);
    else {
      // How long is a matter of the account, and the same for all its items.
      const dueInMs = Math.max(current.retryAfterMs ?? 0, backoffMs(0, Math.random()));
      await deferItems(this.knex, [item], { dueInMs, kind: 'transient', code: 'token', message: current.message });
      this.count('deferred');
    }
    return null;
  }

  /** The account was changed, or the carteira has another: nothing was written, and the next slice reads what is so now. */
  private beginAnew(): void {
    this.line.forgetAccount();
    this.stop();
  }

  private async waitForTheBank(item: LeasedItem, awayForMs: number): Promise<void> {
    // Spread, so that not all come back in the same instant.
    const dueInMs = awayForMs + backoffMs(0, Math.random());
    await deferItems(this.knex, [item], { dueInMs, kind: 'transient', code: NO_CONNECTION, message: BANK_AWAY });
    this.count('deferred');
  }

  private async waitForQuota(item: LeasedItem, usedUpForMs: number): Promise<void> {
    const dueInMs = usedUpForMs + backoffMs(0, Math.random());
    await deferItems(this.knex, [item], { dueInMs, kind: 'quota', code: QUOTA_CODE, message: QUOTA_WORDS });
    this.count('deferred');
  }

  private async intendAndSend(
    item: LeasedItem,
    account: GatewayAccount,
    token: AccessToken,
    giveCall: () => void,
    wentAhead: ((kind: string | null) => void) | null,
  ): Promise<void> {
    const giveAhead = await this.line.ahead.take();
    try {
      if (this.isOver()) return;
      const [asked, askedAt] = [performance.now(), Date.now()];
      const deadlineMs = this.sendWindowMs + this.bank.timeoutMs;
      const attemptId = randomUUID();
      const intent = await this.line.openIntent({ ...item, account, attemptId, deadlineMs });
      switch (intent.kind) {
        case 'stale':
          return this.beginAnew();
        case 'held':
          // Paused, or taken over: this slice has nothing more to do here.
          return this.stop();
        case 'settled':
          return this.count(intent.state);
        case 'numberingBehind':
          return await this.stopNumbering(item.batchId, intent.behind, account, token);
        case 'evidence':
          giveAhead();
          return await this.look(item, intent.boletoId, account, token);
        case 'send':
          this.line.numbering.given(this.bank.numbering.convenio, intent.snapshot.ourNumber);
          return await this.send(giveCall, {
            item,
            attemptId,
            boletoId: intent.boletoId,
            snapshot: intent.snapshot,
            homologation: intent.homologation,
            acceptsMismatches: intent.acceptsMismatches,
            account,
            token,
            timeoutMs: this.bank.timeoutMs,
            deadline: asked + deadlineMs,
            wallDeadline: askedAt + deadlineMs + CLOCK_STEP_MS,
            onSend: giveAhead,
          }).then(wentAhead);
      }
    } finally {
      giveAhead();
    }
  }

  /** @returns how the call ended */
  private async send(giveCall: () => void, registration: Parameters<typeof registerBoleto>[1]): Promise<string | null> {
    const { outcome, pausesBatch, result } = await registerBoleto(this.line, registration);
    // The bank is free for another. Answers do not pile up: without the record there are no intents either.
    giveCall();
    if (outcome.code === NO_CONNECTION) this.line.reach.failed();
    else if (outcome.exchange?.sentAt) this.line.reach.reached();
    await this.line.recordOutcome(outcome);
    this.count(outcome.itemState);
    if (pausesBatch || (await this.stopsEverybody(registration, outcome, result)))
      await this.stopBatch(outcome.batchId, pauseWords(registration.item.receivableId, outcome));
    if (result.kind !== 'registered' && result.retryAfterMs !== null && result.exchange.status === 429)
      await this.hold(registration.account, ['register'], result.retryAfterMs);
    if (result.kind === 'quota' && result.exchange.sentAt !== null) await this.line.noteQuotaUsedUp();
    return outcome.kind;
  }

  /** The bank asked everybody to come back later. */
  private async hold({ id }: GatewayAccount, calls: readonly GatewayCall[], forMs: number): Promise<void> {
    const classes = new Set(calls.map((call) => routeOf(this.line.gateway.capabilities, call)));
    for (const routeClass of classes) await holdPermits(this.knex, id, routeClass, forMs);
  }

  /** Asked once it is in the record, beside what others of this carteira met at the same time. */
  private async stopsEverybody(
    registration: Parameters<typeof registerBoleto>[1],
    { doubt, itemState }: Outcome,
    result: RegisterResult,
  ): Promise<boolean> {
    if (!doubt || itemState !== 'deferred') return false;
    const named = 'named' in result && result.named;
    const asks = async () =>
      judgeDoubt({ ...(await this.line.readDoubt({ ...doubtedCall(registration), doubt })), doubt, named });
    if ((await asks()) !== 'pause') return false;
    // Answers that are under way, or that another worker is about to write, may still speak for the account.
    await sleep(LAST_WORD_MS);
    return (await asks()) === 'pause';
  }

  private async look(item: LeasedItem, boletoId: number, account: GatewayAccount, token: AccessToken): Promise<void> {
    const { timeoutMs } = this.bank;
    const end = await lookForEvidence(this.knex, this.line, { item, boletoId, account, token, timeoutMs });
    this.count(end.state);
    if (end.heldForMs !== null) await this.hold(account, ['look', 'lookMany'], end.heldForMs);
    if (end.pausesBatch) await this.stopBatch(item.batchId, end.message);
  }

  private async stopBatch(batchId: string, message: string, code = 'config'): Promise<void> {
    this.result.pausedBy = code;
    this.stop();
    await stopBatch(this.knex, batchId, code, message);
  }

  /** The bank has numbers that the record never gave: no boleto of this batch is sent under a new one. */
  private async stopNumbering(
    batchId: string,
    behind: Behind,
    account: GatewayAccount,
    token: AccessToken,
  ): Promise<void> {
    this.stop();
    const call = this.numberCall(account, token);
    await this.stopBatch(batchId, await this.line.numbering.explain(this.bank.numbering, behind, call), 'numbering');
  }

  private numberCall(account: GatewayAccount, token: AccessToken): NumberCall {
    const { carteiraId, timeoutMs } = this.bank;
    return { carteiraId, account, token, timeoutMs };
  }

  private count(state: ItemState): void {
    this.result.moved[state] = (this.result.moved[state] ?? 0) + 1;
  }
}
