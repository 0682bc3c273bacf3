import {
  nextStepOf,
  planGuard,
  type GuardFacts,
  type LiveBatchOfCarteira,
  type Standing,
} from '../../../domain/guard/plan';
import { holidaysWith } from '../../../domain/guard/holidays';

const at = (hour: string) => new Date(`2030-03-11T${hour}-03:00`);
const facts = (changes: Partial<GuardFacts> = {}): GuardFacts => ({
  now: at('09:00:00'),
  rule: { daysBefore: 3, fromHour: 8, toHour: 18, businessDays: true },
  holidayOn: holidaysWith([]),
  ...{ hasAccount: true, runs: [], ready: 5, fresh: 5, batches: [], concluded: [] },
  ...changes,
});
const batch = (standing: Standing, own = false): LiveBatchOfCarteira => ({
  batchId: own ? 'own' : 'person',
  own,
  standing,
});
const run = (changes: Partial<GuardFacts['runs'][number]> = {}) => ({
  ...{ slot: 1, batchId: 'b', finished: true, noAccount: false },
  ...changes,
});

test.each<[what: string, changes: Partial<GuardFacts>, plan: object]>([
  [
    'communicates what the day asks for',
    {},
    { kind: 'communicate', slot: 1, dueFrom: '2030-03-11', dueTo: '2030-03-14' },
  ],
  ['without a rule rests', { rule: null }, { kind: 'rest' }],
  ['on a Sunday rests', { now: new Date('2030-03-10T09:00:00-03:00') }, { kind: 'rest' }],
  ['on a bank holiday rests', { now: new Date('2030-03-05T09:00:00-03:00') }, { kind: 'rest' }],
  ['before its hours rests', { now: at('07:59:59') }, { kind: 'rest' }],
  ['at the end of its hours rests', { now: at('18:00:00') }, { kind: 'rest' }],
  ['has nothing to do', { ready: 0, fresh: 0 }, { kind: 'tell', result: 'nothing' }],
  ['has no account', { hasAccount: false }, { kind: 'tell', result: 'noAccount' }],
  [
    'tells once a day that it has no account',
    { hasAccount: false, runs: [run({ noAccount: true })] },
    { kind: 'rest' },
  ],
  [
    'goes on when the account is back',
    { runs: [run({ noAccount: true })], fresh: 0 },
    { kind: 'communicate', slot: 2 },
  ],
  ['tried all of it today', { runs: [run()], fresh: 0 }, { kind: 'rest' }],
  ['takes what came since', { runs: [run()], fresh: 1 }, { kind: 'communicate', slot: 2 }],
  ['goes on with its batch', { runs: [run({ finished: false })], ready: 0 }, { kind: 'communicate', slot: 1 }],
  ['waits for a person’s batch under way', { batches: [batch('underWay')] }, { kind: 'wait', batchId: 'person' }],
  [
    'waits in its own place',
    { batches: [batch('underWay')], runs: [run({ finished: false, batchId: null })] },
    { slot: 1 },
  ],
  [
    'works beside a person’s batch in its last hour',
    { batches: [batch('underWay')], now: at('17:00:00') },
    { kind: 'communicate' },
  ],
  ['works beside a person’s batch that waits', { batches: [batch('waits')] }, { kind: 'communicate' }],
  ['works beside a person’s batch that is paused', { batches: [batch('pausedByPerson')] }, { kind: 'communicate' }],
  ['ends its own of an earlier day', { batches: [batch('waits', true)] }, { kind: 'conclude', batchId: 'own' }],
  ['ends its own that an account stopped', { batches: [batch('pausedByFailure', true)] }, { kind: 'conclude' }],
  [
    'goes past one that it asked to end',
    { batches: [batch('waits', true)], concluded: ['own'] },
    { kind: 'communicate' },
  ],
  ['leaves its own to the person who paused it', { batches: [batch('pausedByPerson', true)] }, { kind: 'wait' }],
  [
    'waits for its own of an earlier day',
    { batches: [batch('underWay', true)], now: at('17:30:00') },
    { kind: 'wait' },
  ],
])('a guard that %s', (_what, changes, plan) => {
  expect(planGuard(facts(changes))).toMatchObject(plan);
});

test.each<[standing: Standing, overForMs: number, asked: boolean, step: string]>([
  ['underWay', -1, false, 'wait'],
  ['underWay', 0, false, 'conclude'],
  ['underWay', 0, true, 'wait'],
  ['underWay', 3_600_000, true, 'over'],
  ['waits', -1, false, 'conclude'],
  ['waits', -1, true, 'over'],
  ['pausedByFailure', -1, false, 'wait'],
  ['pausedByFailure', 0, false, 'over'],
  ['pausedByPerson', 0, false, 'over'],
])('its batch %s, %i ms over its hours (conclusion asked for: %s): %s', (standing, overForMs, asked, step) => {
  expect(nextStepOf({ ended: false, concluding: false, standing }, overForMs, asked)).toBe(step);
  expect(nextStepOf({ ended: true, concluding: false, standing }, overForMs, asked)).toBe('over');
});

test('a conclusion under way is waited for', () => {
  expect(nextStepOf({ ended: false, concluding: true, standing: 'underWay' }, 1, true)).toBe('wait');
});
