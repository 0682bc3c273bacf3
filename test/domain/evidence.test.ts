import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { localDate } from '../../domain/kinds/dates';
import {
  afterLook,
  attemptAtTheBank,
  differences,
  FRUITLESS_LOOKS,
  provesUnpayable,
  UNPROVEN_CALLS,
  UNPROVEN_LOOKS,
  judgeLook as judgeWithCodes,
  resendIsSafe,
  type FoundCodes,
  type LookFacts,
  type LookTiming,
} from '../../domain/boleto/evidence';
import type { Exchange, FoundBoleto, LookResult } from '../../domain/gateway';
import { cents } from '../../domain/kinds/money';

const exchange: Exchange = { status: 200, request: null, response: null, durationMs: 1, sentAt: null };

const sent: ChargeSnapshot = {
  receivableId: 7,
  convenio: '3128557',
  carteira: '17',
  variation: '35',
  ownReference: '7',
  ourNumber: '00031285570000000007',
  issueDate: localDate('2030-01-02'),
  dueDate: localDate('2030-01-20'),
  amountCents: cents(9_990),
  especie: 'DM',
  acceptance: false,
  rules: {},
  writeOffDays: null,
  payer: {
    personType: 'F',
    document: '52998224725',
    name: 'CLIENTE INVENTADO',
    street: 'RUA UM, 1',
    district: 'CENTRO',
    city: 'SAO PAULO',
    uf: 'SP',
    cep: '01310100',
  },
};

const alive: FoundBoleto = {
  registration: {
    bankId: '00031285570000000007',
    ourNumber: '00031285570000000007',
    linhaDigitavel: '1',
    barcode: '1',
    pixEmv: null,
    pixTxid: null,
    link: null,
  },
  ownReference: '7',
  payerDocument: '52998224725',
  amountCents: 9_990,
  dueDate: '2030-01-20',
  alive: true,
  status: 'normal',
};

const right: FoundCodes = { mismatches: [], accepted: false };
const judgeLook = (look: LookResult, snapshots: readonly ChargeSnapshot[], timing: LookTiming, codes = right) =>
  judgeWithCodes(look, snapshots, timing, codes);

const inTime: LookTiming = { afterSettleMs: 0, sinceIdenticalLookMs: null, staleMs: 30_000 };
const found = (changes: Partial<FoundBoleto> = {}): LookResult => ({
  kind: 'found',
  found: { ...alive, ...changes },
  exchange,
});
const notFound: LookResult = { kind: 'notFound', exchange };

describe('what a look proves', () => {
  test('equal and alive is registered', () => {
    expect(judgeLook(found(), [sent], inTime)).toMatchObject({ kind: 'registered', older: false });
  });

  test('fields that the answer does not show are not held against it', () => {
    expect(judgeLook(found({ payerDocument: null, ownReference: null }), [sent], inTime).kind).toBe('registered');
  });

  test.each<[string, Partial<FoundBoleto>]>([
    ['amountCents', { amountCents: 9_991 }],
    ['dueDate', { dueDate: '2030-01-21' }],
    ['payer.document', { payerDocument: '11144477735' }],
    ['ownReference', { ownReference: '8' }],
  ])('another %s is a conflict that names it', (field, change) => {
    expect(differences(sent, { ...alive, ...change })).toEqual([field]);
    expect(judgeLook(found(change), [sent], inTime)).toMatchObject({ kind: 'conflict', differences: [field] });
  });

  test('equal but cancelled at the bank is a conflict, never registered', () => {
    expect(judgeLook(found({ alive: false }), [sent], inTime)).toMatchObject({
      kind: 'conflict',
      differences: ['status'],
    });
  });

  test('equal to an earlier attempt is registered with older data', () => {
    const corrected = { ...sent, amountCents: cents(5_000) };
    expect(judgeLook(found(), [corrected, sent], inTime)).toMatchObject({ kind: 'registered', older: true });
  });

  describe('with wrong codes', () => {
    const wrong: FoundCodes = { mismatches: ['amountCents'], accepted: false };

    test('equal and alive is a conflict that names them', () => {
      expect(judgeLook(found(), [sent], inTime, wrong)).toMatchObject({
        kind: 'conflict',
        differences: [],
        mismatches: ['amountCents'],
      });
    });

    test('equal to an earlier attempt is a conflict, too', () => {
      const corrected = { ...sent, amountCents: cents(5_000) };
      expect(judgeLook(found(), [corrected, sent], inTime, wrong)).toMatchObject({ kind: 'conflict', differences: [] });
    });

    test('of a sandbox that is known for it is registered, marked with them', () => {
      expect(judgeLook(found(), [sent], inTime, { ...wrong, accepted: true })).toMatchObject({
        kind: 'registered',
        mismatches: ['amountCents'],
      });
    });

    test('another boleto stays a conflict whatever is accepted', () => {
      const accepted = { ...wrong, accepted: true };
      expect(judgeLook(found({ amountCents: 1 }), [sent], inTime, accepted).kind).toBe('conflict');
      expect(judgeLook(found({ alive: false }), [sent], inTime, accepted).kind).toBe('conflict');
    });
  });

  test('not found counts only after the settle time, and only past the bank’s cache', () => {
    expect(judgeLook(notFound, [sent], inTime).kind).toBe('absent');
    expect(judgeLook(notFound, [sent], { ...inTime, afterSettleMs: -1 }).kind).toBe('none');
    expect(judgeLook(notFound, [sent], { ...inTime, sinceIdenticalLookMs: 30_000 }).kind).toBe('none');
    expect(judgeLook(notFound, [sent], { ...inTime, sinceIdenticalLookMs: 30_001 }).kind).toBe('absent');
  });

  test('an unusable answer and one still processing prove nothing', () => {
    const unusable: LookResult = { kind: 'unusable', failure: 'transient', message: 'x', retryAfterMs: null, exchange };
    expect(judgeLook(unusable, [sent], inTime).kind).toBe('none');
    expect(judgeLook({ kind: 'stillProcessing', exchange }, [sent], inTime)).toMatchObject({
      kind: 'none',
      processing: true,
    });
  });
});

describe('what follows from a look', () => {
  const facts: LookFacts = {
    attemptKind: 'ambiguous',
    absences: 1,
    fruitless: 0,
    absentCalls: 0,
    sameNumberIsSafe: false,
    absenceLooks: 2,
    staleMs: 30_000,
    retryAfterMs: null,
    jitter: 0,
    quarantineMs: 0,
    sinceCallMs: 60_000,
    later: null,
  };

  test('what the bank still works on is asked for again, ever less often, and never given up', () => {
    const working = { kind: 'none', reason: 'x', processing: true } as const;
    const later = { firstLookMs: 60_000, longestMs: 600_000 };
    const dueAfter = (minutes: number) =>
      afterLook(working, { ...facts, later, fruitless: 1_000, sinceCallMs: minutes * 60_000 });
    expect([1, 20, 24 * 60].map((minutes) => dueAfter(minutes))).toEqual([
      { resolution: null, dueInMs: 60_000 },
      { resolution: null, dueInMs: 300_000 },
      { resolution: null, dueInMs: 600_000 },
    ]);
    // Never within the bank's cache.
    expect(afterLook(working, { ...facts, later: { firstLookMs: 1, longestMs: 1 } }).dueInMs).toBe(31_000);
  });

  test('what the bank accepted and then refused is refused, and waits for a person', () => {
    const refused = { kind: 'refused', code: 'X', message: 'x', field: null } as const;
    expect(afterLook(refused, facts)).toEqual({ resolution: 'refused', dueInMs: null });
  });

  test('one absence asks again past the cache, the second settles it', () => {
    expect(afterLook({ kind: 'absent' }, facts)).toEqual({ resolution: null, dueInMs: 31_000 });
    expect(afterLook({ kind: 'absent' }, { ...facts, absences: 2 })).toEqual({ resolution: 'absent', dueInMs: 0 });
  });

  test('every third call that was proven not to arrive waits for a person', () => {
    const due = [0, 1, 2, 3, 4, 5].map(
      (absentCalls) => afterLook({ kind: 'absent' }, { ...facts, absences: 2, absentCalls }).dueInMs,
    );
    expect(due).toEqual([0, 0, null, 0, 0, null]);
  });

  test('after proven absence a gateway without idempotency is left alone for its quarantine', () => {
    expect(afterLook({ kind: 'absent' }, { ...facts, absences: 2, quarantineMs: 900_000 }).dueInMs).toBe(900_000);
  });

  test.each([
    ['already there', 'duplicate'],
    ['registered', 'mismatch'],
  ])('a bank that said “%s” never proves absence: in the end a person decides', (_words, attemptKind) => {
    for (let absences = 1; absences < FRUITLESS_LOOKS; absences += 1)
      expect(afterLook({ kind: 'absent' }, { ...facts, attemptKind, absences })).toMatchObject({
        resolution: null,
      });
    expect(afterLook({ kind: 'absent' }, { ...facts, attemptKind, absences: FRUITLESS_LOOKS })).toEqual({
      resolution: null,
      dueInMs: null,
    });
  });

  test('looks without proof go on, obey Retry-After, and end with a person', () => {
    const none = { kind: 'none', reason: 'x' } as const;
    expect(afterLook(none, { ...facts, fruitless: 1, retryAfterMs: 120_000 }).dueInMs).toBe(120_000);
    expect(afterLook(none, { ...facts, fruitless: FRUITLESS_LOOKS - 1 }).dueInMs).not.toBeNull();
    expect(afterLook(none, { ...facts, fruitless: FRUITLESS_LOOKS }).dueInMs).toBeNull();
  });

  test('where the bank takes each number once, looks that prove nothing end with the same number sent again', () => {
    const none = { kind: 'none', reason: 'x' } as const;
    const safe = { ...facts, sameNumberIsSafe: true };
    expect(afterLook(none, { ...safe, fruitless: UNPROVEN_LOOKS - 1 }).resolution).toBeNull();
    expect(afterLook(none, { ...safe, fruitless: UNPROVEN_LOOKS })).toEqual({ resolution: 'unproven', dueInMs: 0 });
    // So often in a row it is no bad luck any more.
    const often = { ...safe, absentCalls: UNPROVEN_CALLS };
    expect(afterLook(none, { ...often, fruitless: UNPROVEN_LOOKS }).resolution).toBeNull();
    expect(afterLook(none, { ...often, fruitless: FRUITLESS_LOOKS })).toEqual({ resolution: null, dueInMs: null });
    // Sent again it would only be refused as a duplicate again.
    const duplicate = { ...safe, attemptKind: 'duplicate', fruitless: UNPROVEN_LOOKS };
    expect(afterLook(none, duplicate).resolution).toBeNull();
  });
});

describe('which attempt the bank has', () => {
  const attempt = (amountCents: number, receivableVersion: number, kind: string | null) => ({
    snapshot: { ...sent, amountCents: cents(amountCents) },
    receivableVersion,
    kind,
  });

  test('the newest that equals it', () => {
    const attempts = [attempt(12_345, 2, 'ambiguous'), attempt(9_990, 1, 'ambiguous')];
    expect(attemptAtTheBank(attempts, alive)?.receivableVersion).toBe(1);
    expect(attemptAtTheBank(attempts, { ...alive, amountCents: 12_345 })?.receivableVersion).toBe(2);
    expect(attemptAtTheBank(attempts, { ...alive, amountCents: 1 })).toBeNull();
  });

  test('not one that the bank refused as a duplicate, when an earlier one says the same', () => {
    const attempts = [attempt(9_990, 2, 'duplicate'), attempt(9_990, 1, 'ambiguous')];
    expect(attemptAtTheBank(attempts, alive)?.receivableVersion).toBe(1);
  });
});

describe('what proves that a number is not to be paid', () => {
  test('a boleto of somebody else, or a dead one; nothing that is alive with our reference', () => {
    expect(provesUnpayable({ ...alive, ownReference: 'OUTRO' }, '7')).toBe(true);
    expect(provesUnpayable({ ...alive, alive: false }, '7')).toBe(true);
    expect(provesUnpayable({ ...alive, amountCents: 1 }, '7')).toBe(false);
    expect(provesUnpayable({ ...alive, ownReference: null }, '7')).toBe(false);
  });
});

describe('whether a boleto may be sent once more', () => {
  test('where a number or a key of ours protects it, as long as it does', () => {
    expect(resendIsSafe({ idempotency: 'clientNumber' }, Infinity)).toBe(true);
    expect(resendIsSafe({ idempotency: 'key' }, Infinity)).toBe(true);
    const forADay = { idempotency: 'key', idempotencyMs: 86_400_000 } as const;
    expect([86_400_000, 86_400_001].map((since) => resendIsSafe(forADay, since))).toEqual([true, false]);
    expect(resendIsSafe({ idempotency: 'none' }, 0)).toBe(false);
  });
});
