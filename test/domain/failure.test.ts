import { backoffMs, failureKinds, judgeFailure, type FailureFacts, type Verdict } from '../../domain/boleto/failure';

const MINUTE = 60_000;

function judge(kind: FailureFacts['kind'], facts: Partial<FailureFacts> = {}): Verdict {
  return judgeFailure({ kind, retryAfterMs: null, tries: 0, jitter: 0, settleMs: 10_000, ...facts });
}

describe('what follows from each kind of failure', () => {
  const table: [FailureFacts['kind'], Omit<Verdict, 'dueInMs'>][] = [
    ['transient', { resolution: 'notSent', boleto: 'draft', item: 'deferred', pausesBatch: false }],
    ['quota', { resolution: 'notSent', boleto: 'draft', item: 'deferred', pausesBatch: false }],
    ['state', { resolution: 'notSent', boleto: 'draft', item: 'deferred', pausesBatch: false }],
    ['auth', { resolution: 'notSent', boleto: 'draft', item: 'pending', pausesBatch: false }],
    ['config', { resolution: 'notSent', boleto: 'draft', item: 'pending', pausesBatch: true }],
    ['ambiguous', { resolution: null, boleto: 'unconfirmed', item: 'unconfirmed', pausesBatch: false }],
    ['duplicate', { resolution: null, boleto: 'unconfirmed', item: 'unconfirmed', pausesBatch: false }],
    ['inProgress', { resolution: null, boleto: 'inProgress', item: 'inProgress', pausesBatch: false }],
    ['data', { resolution: 'refused', boleto: 'draft', item: 'rejected', pausesBatch: false }],
    ['mismatch', { resolution: 'conflict', boleto: 'conflict', item: 'conflict', pausesBatch: false }],
  ];

  test.each(table)('%s', (kind, expected) => {
    expect(judge(kind)).toMatchObject(expected);
  });

  test('every kind has a row', () => {
    expect(table.map(([kind]) => kind).sort()).toEqual([...failureKinds].sort());
  });

  test('only a refusal of the data and wrong codes end with a person, everything else is the machine’s to move', () => {
    for (const kind of failureKinds) expect(judge(kind).dueInMs === null).toBe(kind === 'data' || kind === 'mismatch');
  });

  test('what may have reached the bank stays unresolved, whatever the bank asks us to wait', () => {
    for (const kind of ['ambiguous', 'duplicate', 'inProgress'] as const)
      expect(judge(kind, { retryAfterMs: 5_000, tries: 9 }).resolution).toBeNull();
  });

  test('an ambiguous end waits until the bank has settled before the look', () => {
    expect(judge('ambiguous', { settleMs: 12_345 }).dueInMs).toBe(12_345);
  });
});

describe('waiting', () => {
  test('Retry-After is obeyed when it is longer than our own backoff', () => {
    expect(judge('transient', { retryAfterMs: 90_000 }).dueInMs).toBe(90_000);
    expect(judge('transient', { retryAfterMs: 1, tries: 8, jitter: 0 }).dueInMs).toBeGreaterThan(60_000);
  });

  test('a Retry-After of a week is cut to a day', () => {
    expect(judge('quota', { retryAfterMs: 7 * 24 * 60 * MINUTE }).dueInMs).toBe(24 * 60 * MINUTE);
  });

  test('a used-up quota and a lock without a date wait half an hour', () => {
    expect(judge('quota').dueInMs).toBe(30 * MINUTE);
    expect(judge('state').dueInMs).toBe(30 * MINUTE);
  });

  test('backoff doubles from one second, stops at five minutes, and is spread over its second half', () => {
    expect([0, 1, 2, 3].map((tries) => backoffMs(tries, 0))).toEqual([500, 1_000, 2_000, 4_000]);
    expect(backoffMs(50, 0)).toBe(150_000);
    expect(backoffMs(50, 1)).toBe(300_000);
  });
});
