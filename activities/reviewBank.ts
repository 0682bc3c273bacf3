import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Knex } from 'knex';
import { SecretsKeyError } from '../config/secrets';
import { adoptFound, type Adoption } from '../record/engine/adoption';
import { holdPermits } from '../record/engine/limits';
import {
  addRemark,
  anyFound,
  beginChecking,
  beginLook,
  countPending,
  countTry,
  endLook,
  failReview,
  finishReview,
  forgetOldLooks,
  gapsBetween,
  hasRegistered,
  highestNumber,
  LIST_ENDED,
  nextNumberOf,
  noteRecovery,
  noteTrouble,
  pendingRows,
  progressOf,
  raiseAbove,
  readReviewWork,
  seekNumbers,
  settleRegistered,
  settleRow,
  storePage,
  type NumberedBoleto,
  type PendingRow,
  type ReviewWork,
  type Settled,
} from '../record/engine/reviewWork';
import type { ReviewProgress } from '../domain/account/bankReview';
import { backoffMs } from '../domain/boleto/failure';
import {
  routeOf,
  type CallContext,
  type FoundBoleto,
  type GatewayAccount,
  type ListedBoleto,
  type ListResult,
  type LookResult,
} from '../domain/gateway';
import { withNewestToken } from './callContext';
import { toFailure } from './failure';
import type { GatewayLine } from './gatewayLine';
import type { ReviewActivities } from './index';
import { inTurn } from './inTurn';
import { mismatchesOf } from './lookForEvidence';
import { NoTurnInTime } from './permits';
import { shareOf, type WaitForShare } from './share';

/** Then it is handed back, and taken up again where it is. */
const BUDGET_MS = 60_000;
const BEAT_MS = 5_000;
/** Of the account's reads: looks of a communication under way go on beside it. */
const SHARE = 0.5;
const TURN_WITHIN_MS = 20_000;
const LOOKS_AT_ONCE = 32;
const ROWS_AT_ONCE = 200;
/** The list waits for the looks at what it showed: what is known of it is in the record, and grows no further. */
const MOST_PENDING = 900;
const PENDING_PAUSE_MS = 50;
/** A look at one boleto that the bank refuses to answer, while it answers others. */
const TRIES = 4;
/** Past the bank's cache by a clear margin. */
const CACHE_MARGIN_MS = 1_000;
/** So many calls in a row that went wrong are the bank's trouble, not that of one boleto. */
const FAILURES_IN_A_ROW = 5;
/** Some half an hour of a bank that does not answer. */
const HOPELESS_FAILURES = 40;
/** Numbers without a boleto between others: so many are looked at one by one. */
const MOST_GAPS = 2_000;
/** Behind the last number, so many in a row that the bank does not have are its end. */
const NUMBERS_BEHIND = 3;
const NUMBERS_AT_ONCE = 1_000;

export interface ReviewDeps {
  knex: Knex;
  lineOf(accountId: number): GatewayLine;
  /** Other than half, in a test. */
  share?: number;
  budgetMs?: number;
}

/**
 * Holds what the bank registered in a period against the record, for a minute at a time: the list page by page, a look
 * at each boleto that the record does not call registered, and at each that the list did not show. Safe to run again at
 * any point: every boleto is a row, and the list's place is the checkpoint.
 */
export function createReviewBank({
  knex,
  lineOf,
  share = SHARE,
  budgetMs = BUDGET_MS,
}: ReviewDeps): ReviewActivities['reviewBank'] {
  // One a account, also over several reviews: together they use the share.
  const shares = new Map<number, WaitForShare>();
  return async ({ reviewId }) => {
    const context = Context.current();
    const work = await readReviewWork(knex, reviewId);
    if (!work) {
      await failReview(knex, reviewId, NO_AGENCY);
      throw ApplicationFailure.nonRetryable(
        'A conferência não existe, ou a carteira não tem agência e conta.',
        'review',
      );
    }
    const line = lineOf(work.accountId);
    let waitForShare = shares.get(work.accountId);
    if (!waitForShare) shares.set(work.accountId, (waitForShare = shareOf(() => line.readSpacingMs(), share)));
    const run = new ReviewRun(knex, line, work, waitForShare, budgetMs);
    const beat = setInterval(() => context.heartbeat(run.met), BEAT_MS);
    context.cancellationSignal.addEventListener('abort', () => run.stop());
    try {
      return await run.review();
    } catch (error) {
      run.stop();
      throw toFailure(error);
    } finally {
      clearInterval(beat);
    }
  };
}

const NO_AGENCY = 'A carteira ficou sem agência e conta: informe-as de novo e peça outra conferência.';

class ReviewRun {
  /** Boletos met in this run: a sign of life. */
  met = 0;
  private readonly until: number;
  private stopped = false;
  private waitMs = 0;
  /** Monotonic milliseconds of the first turn that this run is too short for; those before it are still used. */
  private nextTurnAt: number | null = null;
  private problem: ReviewProgress['problem'] = null;
  private failuresInARow = 0;
  /** Rows that wait for a look; those in memory are the next of them. */
  private pending = 0;
  private buffer: PendingRow[] = [];
  private readTo = 0;
  private filling: Promise<void> | null = null;
  private isListing = false;
  private isFinished = false;
  /** Looks that got no answer of use: of the boleto, or of the bank, the next answers tell. */
  private unanswered: PendingRow[] = [];
  /** Boletos to be asked for again when the bank does not repeat its answer any more. */
  private askAgain = 0;

  constructor(
    private readonly knex: Knex,
    private readonly line: GatewayLine,
    private readonly work: ReviewWork,
    private readonly share: WaitForShare,
    budgetMs: number,
  ) {
    this.until = performance.now() + budgetMs;
  }

  stop(): void {
    this.stopped = true;
  }

  async review(): Promise<ReviewProgress> {
    const { reviewId } = this.work;
    this.pending = await countPending(this.knex, reviewId);
    if (this.work.state === 'listing' || this.work.state === 'checking') await this.goOn();
    await forgetOldLooks(this.knex, this.work.accountId, this.line.gateway.capabilities.staleMs);
    const progress = await progressOf(this.knex, reviewId);
    const untilTurnMs = this.nextTurnAt === null ? 0 : this.nextTurnAt - performance.now();
    return { ...progress, waitMs: Math.max(0, Math.round(Math.max(this.waitMs, untilTurnMs))), problem: this.problem };
  }

  private async goOn(): Promise<void> {
    if (this.work.state === 'listing') {
      this.isListing = this.work.cursor !== LIST_ENDED;
      await allOf([this.list(), this.examine()]);
      if (this.isOver()) return;
      await beginChecking(this.knex, this.work);
    }
    await this.seekGaps();
    while (!this.isOver() && !this.isFinished) {
      await this.examineAll();
      if (!this.isOver()) await this.seekBehind();
    }
  }

  private isOver(): boolean {
    return this.stopped || this.waitMs > 0 || this.nextTurnAt !== null || performance.now() > this.until;
  }

  /** The bank's list, page by page. */
  private async list(): Promise<void> {
    try {
      while (this.isListing && !this.isOver()) {
        if (this.pending > MOST_PENDING) await sleep(PENDING_PAUSE_MS);
        else await this.listPage();
      }
    } finally {
      this.isListing = false;
    }
  }

  private async listPage(): Promise<void> {
    const { gateway } = this.line;
    const { convenio, agency, bankAccount, from, to, cursor } = this.work;
    const page = await this.call('list', (call) =>
      gateway.listRegistered({ convenio, agency, bankAccount, from, to, cursor }, call),
    );
    if (page?.kind !== 'page') return;
    const rows = page.rows.map((row) => this.numbered(row));
    const stored = await storePage(this.knex, this.work, {
      ...{ asked: cursor, next: page.next, rows, unreadable: page.unreadable },
    });
    this.work.cursor = page.next;
    this.pending += stored.pending;
    this.met += rows.length;
    if (stored.over) this.isListing = false;
    await this.raiseAbove(rows);
  }

  private numbered(row: ListedBoleto): NumberedBoleto {
    return { ...row, sequence: this.line.gateway.sequenceOf(this.work.convenio, row.bankId) };
  }

  private async raiseAbove(rows: readonly { sequence: number | null }[]): Promise<void> {
    const highest = Math.max(0, ...rows.map(({ sequence }) => sequence ?? 0));
    if (highest === 0) return;
    if (this.numberOf(highest + 1) === null) await addRemark(this.knex, this.work.reviewId, 'numbersUsedUp');
    else await raiseAbove(this.knex, this.work, highest + 1);
  }

  /** null behind the last number of the convênio, and where the bank numbers. */
  private numberOf(sequence: number): string | null {
    try {
      return this.line.gateway.ourNumber(this.work.convenio, sequence);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /** Looks at every boleto that waits for it, many at once. */
  private async examine(): Promise<void> {
    await allOf(Array.from({ length: LOOKS_AT_ONCE }, () => this.examineInTurn()));
  }

  /** From the first that waits; those that have to be asked again later end the run. */
  private async examineAll(): Promise<void> {
    this.readTo = 0;
    this.askAgain = 0;
    await this.examine();
    if (this.askAgain > 0 && !this.isOver()) this.waitMs = this.line.gateway.capabilities.staleMs + CACHE_MARGIN_MS;
  }

  private async examineInTurn(): Promise<void> {
    for (;;) {
      const row = await this.nextRow();
      if (!row) return;
      await this.examineRow(row);
    }
  }

  private async nextRow(): Promise<PendingRow | null> {
    for (;;) {
      if (this.isOver()) return null;
      const row = this.buffer.shift();
      if (row) return row;
      const listing = this.isListing;
      await (this.filling ??= this.fill().finally(() => (this.filling = null)));
      if (this.buffer.length > 0) continue;
      if (!listing) return null;
      await sleep(PENDING_PAUSE_MS);
    }
  }

  private async fill(): Promise<void> {
    const rows = await pendingRows(this.knex, this.work.reviewId, this.readTo, ROWS_AT_ONCE);
    this.readTo = rows.at(-1)?.position ?? this.readTo;
    this.buffer.push(...rows);
  }

  private async examineRow(row: PendingRow): Promise<void> {
    const { gateway } = this.line;
    const { convenio, accountId } = this.work;
    const sought = { convenio, ourNumber: row.number };
    const id = randomUUID();
    const sinceMs = await beginLook(this.knex, {
      ...{ id, accountId, identity: gateway.lookIdentity(sought, row.number) },
    });
    let look: LookResult | null = null;
    try {
      look = await this.call('look', (call) => gateway.look(sought, row.number, call));
    } finally {
      await endLook(this.knex, id, look !== null && look.exchange.sentAt !== null);
    }
    if (look === null) return void this.unanswered.push(row);
    const mayBeCached = sinceMs !== null && sinceMs <= gateway.capabilities.staleMs;
    if (look.kind === 'found') await this.settle(row, await this.judged(row, look.found));
    else if (look.kind === 'notFound' && mayBeCached) this.askAgain += 1;
    else if (look.kind !== 'notFound') await this.again(row);
    else if (row.source === 'number') await this.settle(row, { kind: 'absent' });
    else if (row.source === 'record') await this.settle(row, { kind: 'missing' });
    // The list has it: the two contradict each other for a moment, or for good.
    else await this.again(row);
  }

  /** Another time: when all others were asked, and the bank does not repeat its answer any more. */
  private async again(row: PendingRow): Promise<void> {
    await countTry(this.knex, this.work.reviewId, row.number);
    if (row.tries + 1 >= TRIES) await this.settle(row, { kind: 'unread' });
    else this.askAgain += 1;
  }

  private async settle(row: PendingRow, settled: Settled | 'done'): Promise<void> {
    if (settled !== 'done') await settleRow(this.knex, this.work.reviewId, row.number, settled);
    this.pending -= 1;
    this.met += 1;
  }

  /** What a boleto that the bank shows is to the record; adopted in the same transaction in which that is written. */
  private async judged(row: PendingRow, found: FoundBoleto): Promise<Settled | 'done'> {
    const unlisted = row.source !== 'list' && this.isOfPeriod(found);
    if (row.source === 'number')
      await this.raiseAbove([{ sequence: this.line.gateway.sequenceOf(this.work.convenio, row.number) }]);
    if (row.source === 'record') return this.comparedToRecord(row, found, unlisted);
    const { by, gateway, accountId, convenio, acceptsMismatches, reviewId } = this.work;
    const mismatches = mismatchesOf(this.line.gateway, found);
    const adoption = await this.knex.transaction(async (trx) => {
      const adopted = await adoptFound(trx, { gateway, accountId, convenio }, this.line.gateway, found, {
        ...{ mismatches, accepted: acceptsMismatches, by },
      });
      const settled = await toSettled(trx, adopted);
      if (settled) await settleRow(trx, reviewId, row.number, { ...settled, unlisted, shown: found });
      return settled;
    });
    return adoption ? 'done' : this.comparedToRecord(row, found, unlisted);
  }

  private async comparedToRecord(row: PendingRow, found: FoundBoleto, unlisted: boolean): Promise<'done'> {
    const { amountCents, dueDate, alive, status, registeredOn = null } = found;
    const { convenio } = this.work;
    const listed = { bankId: row.number, convenio, amountCents, dueDate, alive, status, registeredOn };
    await settleRegistered(this.knex, this.work, this.numbered(listed), unlisted);
    return 'done';
  }

  private isOfPeriod({ registeredOn }: FoundBoleto): boolean {
    const { from, to } = this.work;
    return !registeredOn || (registeredOn >= from && registeredOn <= to);
  }

  /** A list that ended early, or moved while it was walked, leaves holes among the numbers. */
  private async seekGaps(): Promise<void> {
    const gaps = await gapsBetween(this.knex, this.work);
    const unknown = gaps.reduce((sum, gap) => sum + gap.unknown, 0);
    if (unknown > MOST_GAPS) return addRemark(this.knex, this.work.reviewId, 'gapsUnchecked');
    for (const { first, last } of gaps)
      for (let from = first; from <= last; from += NUMBERS_AT_ONCE)
        await this.seek(numbersFrom(from, Math.min(NUMBERS_AT_ONCE, last - from + 1)));
  }

  /** And its end among those behind the last one. */
  private async seekBehind(): Promise<void> {
    if ((await countPending(this.knex, this.work.reviewId)) > 0) return;
    const next = await nextNumberOf(this.knex, this.work);
    const sequences = numbersFrom(next, NUMBERS_BEHIND);
    if ((await this.seek(sequences)) > 0) {
      await this.examineAll();
      if (this.isOver()) return;
      const numbers = sequences.flatMap((sequence) => this.numberOf(sequence) ?? []);
      if (await anyFound(this.knex, this.work.reviewId, numbers)) return;
      if ((await countPending(this.knex, this.work.reviewId)) > 0) return;
    }
    await this.raiseAbove([{ sequence: await highestNumber(this.knex, this.work) }]);
    await finishReview(this.knex, this.work);
    this.isFinished = true;
  }

  private async seek(sequences: readonly number[]): Promise<number> {
    const numbers = sequences.flatMap((sequence) => {
      const number = this.numberOf(sequence);
      return number === null ? [] : [{ number, sequence }];
    });
    return numbers.length === 0 ? 0 : seekNumbers(this.knex, this.work, numbers);
  }

  /**
   * One call in the review's turn.
   * @returns null when there is no answer of use: the run is over, or goes on without it.
   */
  private async call<Result extends ListResult | LookResult>(
    route: 'look' | 'list',
    ask: (call: CallContext) => Promise<Result>,
  ): Promise<Exclude<Result, { kind: 'unusable' }> | null> {
    const awayForMs = this.line.reach.awayForMs();
    if (awayForMs > 0) return this.trouble('bank', BANK_AWAY, awayForMs);
    let account: GatewayAccount;
    try {
      account = await this.line.account();
      const current = await this.line.tokens.current(account);
      if (current.kind === 'stale') {
        // It was changed since it was read: the next call reads it anew.
        this.line.forgetAccount();
        return null;
      }
      if (current.kind !== 'token')
        return await this.trouble(current.kind === 'config' ? 'config' : 'bank', current.message, current.retryAfterMs);
      const { timeoutMs } = this.work;
      const turnAt = await this.share(this.until);
      if (turnAt !== null) {
        this.nextTurnAt = turnAt;
        return null;
      }
      let used = current.token;
      const result = await inTurn(
        this.line.permits(route),
        {
          before: performance.now() + TURN_WITHIN_MS,
          stillWanted: () => !this.stopped && this.waitMs === 0,
          onSend: () => undefined,
        },
        (turn) => {
          const call = withNewestToken(this.line.tokens, { account, token: used, timeoutMs }, turn);
          return ask(call).finally(() => (used = call.token));
        },
      );
      if (result instanceof NoTurnInTime) return this.noTurn(result);
      if (result.kind !== 'unusable') {
        this.line.tokens.worked(used.generation);
        if (this.failuresInARow > 0 || this.work.failures > 0) await noteRecovery(this.knex, this.work.reviewId);
        this.failuresInARow = this.work.failures = 0;
        // The bank answers others.
        for (const row of this.unanswered.splice(0)) await this.again(row);
        return result as Exclude<Result, { kind: 'unusable' }>;
      }
      return await this.unusable(route, result, used.generation);
    } catch (error) {
      if (!(error instanceof SecretsKeyError)) throw error;
      return this.trouble('config', error.message, null);
    }
  }

  private noTurn({ waitMs }: NoTurnInTime): null {
    if (performance.now() + waitMs < this.until) return null;
    this.waitMs = Math.max(this.waitMs, waitMs, 1);
    return null;
  }

  private async unusable(
    route: 'look' | 'list',
    { failure, message, retryAfterMs, exchange }: Extract<LookResult, { kind: 'unusable' }>,
    generation: number,
  ): Promise<null> {
    // Not sent, because the run is over.
    if (exchange.sentAt === null && (this.stopped || this.waitMs > 0)) return null;
    if (failure === 'auth') {
      const refused = (await this.line.tokens.refused(generation)) === 'refused';
      return refused ? this.trouble('config', message, null) : null;
    }
    if (failure === 'config') return this.trouble('config', message, null);
    if (exchange.status === 429 && retryAfterMs !== null)
      await holdPermits(this.knex, this.work.accountId, routeOf(this.line.gateway.capabilities, route), retryAfterMs);
    this.failuresInARow += 1;
    if (retryAfterMs === null && this.failuresInARow < FAILURES_IN_A_ROW) return null;
    return this.trouble('bank', message, retryAfterMs);
  }

  /** The run ends; what it could not ask is asked again later, unless nobody but a person can mend it. */
  private async trouble(problem: 'bank' | 'config', message: string, retryAfterMs: number | null): Promise<null> {
    this.unanswered = [];
    if (this.problem !== null) return null;
    this.problem = problem;
    this.waitMs = 1;
    const failures = await noteTrouble(this.knex, this.work.reviewId, message);
    if (problem === 'config' || failures >= HOPELESS_FAILURES) {
      await failReview(this.knex, this.work.reviewId, message);
      return null;
    }
    this.waitMs = Math.max(retryAfterMs ?? 0, backoffMs(failures, Math.random()));
    return null;
  }
}

const BANK_AWAY = 'O banco está fora do ar; a conferência continua quando ele voltar.';

/** null = the record has it registered: it is compared. */
async function toSettled(trx: Knex.Transaction, adoption: Adoption): Promise<Settled | null> {
  switch (adoption.kind) {
    case 'adopted':
      return { kind: 'adopted', receivableId: adoption.receivableId, differences: adoption.older ? ['older'] : [] };
    case 'known':
      return null;
    case 'twoAlive':
      return { kind: 'twoAlive', receivableId: adoption.receivableId };
    case 'busy':
      return { kind: 'underWay', receivableId: adoption.receivableId, batchId: adoption.batchId };
    case 'differs':
      return { kind: 'differs', receivableId: adoption.receivableId, differences: adoption.differences };
    case 'dead': {
      // A number that was given up, and is nobody's any more, is no news of a título that has another.
      const { receivableId } = adoption;
      if (receivableId === null) return { kind: 'foreign' };
      return { kind: (await hasRegistered(trx, receivableId)) ? 'equal' : 'cancelled', receivableId };
    }
    case 'foreign':
      return { kind: 'foreign' };
  }
}

function numbersFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** All of them end before a failure of one is thrown: none goes on behind the back of what follows. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const ends = await Promise.allSettled(works);
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}
