import { judgeIntent, type IntentDecision, type IntentFacts } from '../../domain/boleto/intent';

const sendable: IntentFacts = {
  held: true,
  paused: false,
  concluding: false,
  receivableStatus: 'A',
  released: true,
  impresso: false,
  earlierBoleto: false,
  sameCarteira: true,
  boletoState: null,
  sameAccount: true,
  sameSpace: true,
  hasUnresolvedAttempt: false,
  hasUnprovenAttempt: false,
};

describe('whether a boleto may be sent now', () => {
  const table: [string, Partial<IntentFacts>, IntentDecision][] = [
    ['an open título with nothing against it', {}, { kind: 'send' }],
    ['a partly paid título', { receivableStatus: 'P' }, { kind: 'send' }],
    ['a boleto refused before, with its number kept', { boletoState: 'draft' }, { kind: 'send' }],
    ['an item that another slice took', { held: false, hasUnresolvedAttempt: true }, { kind: 'held' }],
    ['a paused batch', { paused: true }, { kind: 'held' }],
    ['a concluding batch', { concluding: true }, { kind: 'settle', state: 'skipped', reason: 'concluded' }],
    [
      'a boleto that is registered, even in a paused batch',
      { boletoState: 'registered', paused: true },
      { kind: 'settle', state: 'registered', reason: 'alreadyRegistered' },
    ],
    ['an unresolved attempt', { hasUnresolvedAttempt: true, boletoState: 'unconfirmed' }, { kind: 'evidence' }],
    [
      'an unresolved attempt of a título paid since',
      { hasUnresolvedAttempt: true, receivableStatus: 'R' },
      { kind: 'evidence' },
    ],
    [
      'an unresolved attempt in a concluding batch',
      { hasUnresolvedAttempt: true, concluding: true },
      { kind: 'evidence' },
    ],
    ['a boleto of another account, with nothing open', { boletoState: 'draft', sameAccount: false }, { kind: 'send' }],
    [
      'a boleto of another bank or convênio, with nothing open',
      { boletoState: 'draft', sameAccount: false, sameSpace: false },
      { kind: 'renumber' },
    ],
    [
      'a boleto of another account of which no look could tell whether it arrived',
      { boletoState: 'draft', sameAccount: false, sameSpace: false, hasUnprovenAttempt: true },
      { kind: 'settle', state: 'unconfirmed', reason: 'otherAccount' },
    ],
    [
      'an unresolved attempt at another account',
      { boletoState: 'unconfirmed', hasUnresolvedAttempt: true, sameAccount: false },
      { kind: 'settle', state: 'unconfirmed', reason: 'otherAccount' },
    ],
    [
      'a conflict at another account',
      { boletoState: 'conflict', sameAccount: false },
      { kind: 'settle', state: 'unconfirmed', reason: 'otherAccount' },
    ],
    ['a conflict at the bank', { boletoState: 'conflict' }, { kind: 'evidence' }],
    [
      'a título registered by another system',
      { impresso: true },
      { kind: 'settle', state: 'skipped', reason: 'alreadyRegistered' },
    ],
    ['a título paid since', { receivableStatus: 'R' }, { kind: 'settle', state: 'skipped', reason: 'paid' }],
    ['a título cancelled since', { receivableStatus: 'C' }, { kind: 'settle', state: 'skipped', reason: 'cancelled' }],
    [
      'a título not released any more',
      { released: false },
      { kind: 'settle', state: 'skipped', reason: 'notReleased' },
    ],
    [
      'a título with a boleto of an earlier system',
      { earlierBoleto: true },
      { kind: 'settle', state: 'skipped', reason: 'earlierBoleto' },
    ],
    [
      'a boleto of ours that is registered, whatever an earlier system left',
      { boletoState: 'registered', earlierBoleto: true },
      { kind: 'settle', state: 'registered', reason: 'alreadyRegistered' },
    ],
    [
      'an earlier system’s boleto, while a call of ours has no certain end: the bank is asked first',
      { boletoState: 'unconfirmed', hasUnresolvedAttempt: true, earlierBoleto: true },
      { kind: 'evidence' },
    ],
    [
      'a título moved to another carteira',
      { sameCarteira: false },
      { kind: 'settle', state: 'skipped', reason: 'carteiraChanged' },
    ],
  ];

  test.each(table)('%s', (_, facts, expected) => {
    expect(judgeIntent({ ...sendable, ...facts })).toEqual(expected);
  });

  test('no fact in combination with an unresolved attempt ever lets it be sent', () => {
    const booleans = [
      'held',
      'paused',
      'concluding',
      'released',
      'impresso',
      'sameCarteira',
      'sameAccount',
      'sameSpace',
    ] as const;
    for (let bits = 0; bits < 2 ** booleans.length; bits += 1) {
      const facts = Object.fromEntries(booleans.map((name, index) => [name, Boolean(bits & (1 << index))]));
      expect(judgeIntent({ ...sendable, ...facts, hasUnresolvedAttempt: true }).kind).not.toMatch(/send|renumber/);
    }
  });
});
