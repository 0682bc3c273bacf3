import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountCheck } from '../../domain/account/accountCheck';
import type { ChargeSnapshot, Registration } from '../../domain/boleto/charge';
import {
  routeOf,
  type CallContext,
  type Exchange,
  type Gateway,
  type GatewayAccount,
  type LookResult,
  type RegisterResult,
} from '../../domain/gateway';
import { previa } from '../../domain/boleto/previa';
import type { Fault } from '../../gateways/simulator/faults';
import type { Simulator } from '../../gateways/simulator/server';
import { closedPort } from './rawServer';

/** One adapter and its simulator, for the suite that every pair of them passes. */
export interface GatewayUnderTest {
  gateway: Gateway;
  start(stateFolder: string): Promise<Simulator>;
  account(simulator: Simulator): GatewayAccount;
  /** The same account with a credential that the bank does not know. */
  wrongCredentials: Record<string, string>;
  /** A valid charge of its own for each number. */
  snapshot(receivableId: number): ChargeSnapshot;
  /** Where registrations come later: has the bank take its time, or think better of one. */
  later?: {
    pause(simulator: Simulator): void;
    goOn(simulator: Simulator): void;
    refuse(simulator: Simulator, charge: ChargeSnapshot): void;
  };
}

const UNANSWERED_MS = 1_000;
const PATIENT_MS = 5_000;

/** What each fault of the bank means for a registration. `registered`: whether the bank has it afterwards. */
const registerFaults: readonly (readonly [
  name: string,
  kind: string,
  fault: Fault,
  sent: boolean,
  registered: boolean,
])[] = [
  ['silence before registering', 'ambiguous', { kind: 'silent' }, true, false],
  ['silence after registering', 'ambiguous', { kind: 'silent', when: 'after' }, true, true],
  ['an answer after the deadline', 'ambiguous', { kind: 'slow', ms: 3 * UNANSWERED_MS, when: 'after' }, true, true],
  ['a connection dropped before registering', 'ambiguous', { kind: 'drop' }, true, false],
  ['a connection dropped after registering', 'ambiguous', { kind: 'drop', when: 'after' }, true, true],
  ['500 before registering', 'ambiguous', { kind: 'status', status: 500 }, true, false],
  ['500 after registering', 'ambiguous', { kind: 'status', status: 500, when: 'after' }, true, true],
  ['502 with a page', 'ambiguous', { kind: 'status', status: 502 }, true, false],
  ['503 without content', 'ambiguous', { kind: 'status', status: 503 }, true, false],
  ['504 after registering', 'ambiguous', { kind: 'status', status: 504, when: 'after' }, true, true],
  ['408', 'ambiguous', { kind: 'status', status: 408 }, true, false],
  ['a page with status 200', 'ambiguous', { kind: 'html' }, true, false],
  ['a page with status 200 after registering', 'ambiguous', { kind: 'html', when: 'after' }, true, true],
  ['an empty 200 after registering', 'ambiguous', { kind: 'empty', when: 'after' }, true, true],
  ['half of the JSON', 'ambiguous', { kind: 'truncated' }, true, true],
  ['half of the body, and the connection ended', 'ambiguous', { kind: 'truncated', cut: true }, true, true],
  ['ten megabytes', 'ambiguous', { kind: 'dirty', content: 'huge' }, true, false],
  ['a refusal with NUL in it', 'data', { kind: 'dirty', content: 'nul' }, true, false],
  ['a refusal with half a character in it', 'data', { kind: 'dirty', content: 'loneSurrogate' }, true, false],
  ['a refusal in another encoding', 'data', { kind: 'dirty', content: 'invalidUtf8' }, true, false],
  ['a refusal that repeats what it was sent', 'data', { kind: 'echo' }, true, false],
  ['a redirect', 'config', { kind: 'redirect' }, false, false],
  ['401', 'auth', { kind: 'status', status: 401 }, false, false],
  ['403', 'config', { kind: 'status', status: 403 }, false, false],
  ['an empty 400', 'config', { kind: 'empty', status: 400 }, false, false],
  ['429', 'transient', { kind: 'status', status: 429, retryAfter: '7' }, false, false],
];

/** What each fault means for a look at a boleto that the bank has. */
const lookFaults: readonly (readonly [name: string, failure: string, fault: Fault])[] = [
  ['silence', 'transient', { kind: 'silent' }],
  ['a dropped connection', 'transient', { kind: 'drop' }],
  ['500', 'transient', { kind: 'status', status: 500 }],
  ['a page with status 200', 'transient', { kind: 'html' }],
  ['half of the JSON', 'transient', { kind: 'truncated' }],
  ['an empty 404', 'transient', { kind: 'status', status: 404 }],
  ['a 404 with a page', 'transient', { kind: 'html', status: 404 }],
  ['401', 'auth', { kind: 'status', status: 401 }],
  ['403', 'config', { kind: 'status', status: 403 }],
  ['429', 'transient', { kind: 'status', status: 429, retryAfter: '7' }],
  ['a redirect', 'config', { kind: 'redirect' }],
  ['a refusal that repeats what it was sent', 'transient', { kind: 'echo' }],
  ['ten megabytes', 'transient', { kind: 'dirty', content: 'huge' }],
];

const tokenFaults: readonly (readonly [name: string, kind: string, fault: Fault])[] = [
  ['silence', 'transient', { kind: 'silent' }],
  ['500', 'transient', { kind: 'status', status: 500 }],
  ['an empty 503', 'transient', { kind: 'status', status: 503 }],
  ['429', 'transient', { kind: 'status', status: 429, retryAfter: '3' }],
  ['a page with status 200', 'transient', { kind: 'html' }],
  ['an unknown client', 'config', { kind: 'invalidClient' }],
  ['403', 'config', { kind: 'status', status: 403 }],
  ['a redirect', 'config', { kind: 'redirect' }],
];

/** The promises of the port in domain/gateway.ts, for one adapter against its simulator. */
export function describeGateway(underTest: GatewayUnderTest): void {
  const { gateway, start, account: accountOf, wrongCredentials, snapshot } = underTest;
  describe(`the gateway contract: ${gateway.name}`, () => {
    let simulator: Simulator;
    let account: GatewayAccount;
    let token: string;
    let folder: string;
    let charges = 0;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'bank-'));
      simulator = await start(folder);
      account = accountOf(simulator);
    });
    afterAll(async () => {
      await simulator.close();
      rmSync(folder, { recursive: true });
    });
    beforeEach(async () => {
      simulator.admin.faults([]);
      const result = await gateway.authenticate(account, PATIENT_MS);
      if (result.kind !== 'token') throw new Error(result.message);
      token = result.value;
    });

    const { registration, idempotency, numbering } = gateway.capabilities;
    /** What the answer to a registration that the bank took says. */
    const taken = registration === 'sync' ? 'registered' : 'inProgress';

    const nextCharge = (): ChargeSnapshot => snapshot(++charges);
    const context = (changes: Partial<CallContext> = {}): CallContext => ({
      account,
      token: { value: token, generation: 1, accountVersion: 1 },
      timeoutMs: PATIENT_MS,
      permit: () => Promise.resolve(),
      maySend: () => true,
      ...changes,
    });
    const registered = (): number => simulator.admin.ledger.counts().registered;
    const received = (route: 'register' | 'read'): number => simulator.admin.calls.counts()[route] ?? 0;
    const timeoutFor = (fault: Fault): number =>
      fault.kind === 'silent' || fault.kind === 'slow' ? UNANSWERED_MS : PATIENT_MS;

    async function register(charge: ChargeSnapshot, changes: Partial<CallContext> = {}): Promise<RegisterResult> {
      const result = await gateway.register(charge, context(changes));
      expectNoSecrets(result, charge);
      return result;
    }
    async function look(
      charge: ChargeSnapshot,
      changes: Partial<CallContext> = {},
      bankId: string | null = null,
    ): Promise<LookResult> {
      const result = await gateway.look(charge, bankId, context(changes));
      expectNoSecrets(result, charge);
      return result;
    }
    /** Of one that was registered, now or later: what the answer, or else the bank when it is asked, shows. */
    async function registrationOf(charge: ChargeSnapshot): Promise<{ registration: Registration; exchange: Exchange }> {
      const result = await register(charge);
      if (result.kind === 'registered') return result;
      expect(result).toMatchObject({ kind: taken, sent: true, bankId: expect.stringMatching(/./) });
      const seen = await look(charge, {}, result.bankId);
      if (seen.kind !== 'found') throw new Error(seen.kind);
      return { registration: seen.found.registration, exchange: result.exchange };
    }
    function expectNoSecrets(result: RegisterResult | LookResult, { payer }: ChargeSnapshot): void {
      const { request, response } = result.exchange;
      const words = 'message' in result ? result.message : '';
      const record = [request, response, words].join('\n');
      const name = payer.name.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase();
      for (const secret of [token, ...Object.values(account.credentials), payer.document, payer.name, name])
        expect(record).not.toContain(secret);
      // What PostgreSQL refuses to store.
      expect(record).not.toMatch(/\0|\p{Surrogate}/u);
      for (const stored of [request ?? '', response ?? '']) expect(stored.length).toBeLessThanOrEqual(4_096);
      expect(words.length).toBeLessThanOrEqual(500);
    }

    test('a charge is registered once, and a look shows exactly it', async () => {
      const charge = nextCharge();
      expect(previa(charge, gateway.sending, new Date())).toEqual([]);
      const calls = received('register');
      const before = Date.now();
      const result = await registrationOf(charge);
      expect(received('register')).toBe(calls + 1);
      expect(result.registration).toMatchObject({
        linhaDigitavel: expect.stringMatching(/^\d{47}$/),
        barcode: expect.stringMatching(/^\d{44}$/),
      });
      expect(result.registration.ourNumber).toMatch(/^\d+$/);
      if (numbering === 'client') expect(result.registration.ourNumber).toBe(charge.ourNumber);
      else expect(charge.ourNumber).toBeNull();
      expect(result.exchange.sentAt?.getTime()).toBeGreaterThanOrEqual(before);
      const seen = await look(charge);
      if (seen.kind !== 'found') throw new Error(seen.kind);
      expect(seen.found).toMatchObject({
        registration: { bankId: result.registration.bankId, linhaDigitavel: result.registration.linhaDigitavel },
        ownReference: charge.ownReference,
        payerDocument: charge.payer.document,
        amountCents: charge.amountCents,
        dueDate: charge.dueDate,
        alive: true,
      });
    });

    test.each(registerFaults)('%s means %s', async (_name, kind, fault, sent, bankHasIt) => {
      const charge = nextCharge();
      const [calls, before] = [received('register'), registered()];
      simulator.admin.faults([{ match: { route: 'register' }, fault }]);
      const result = await register(charge, { timeoutMs: timeoutFor(fault) });
      expect(result).toMatchObject({ kind, sent });
      expect([received('register') - calls, registered() - before]).toEqual([1, bankHasIt ? 1 : 0]);
      if (result.kind === 'registered') throw new Error('unreachable');
      expect(result.message).not.toBe('');
      expect(result.exchange.sentAt).toBeInstanceOf(Date);
      if (kind === 'transient') expect(result.retryAfterMs).toBe(7_000);
    });

    test(`sent again, a boleto that its ${idempotency} protects is not registered again`, async () => {
      const charge = nextCharge();
      const first = await register(charge);
      const before = registered();
      for (let again = 0; again < 2; again += 1) {
        const result = await register(charge);
        if (idempotency === 'clientNumber') expect(result).toMatchObject({ kind: 'duplicate', sent: true });
        // What it was answered the first time.
        else if (idempotency === 'key') expect({ ...result, exchange: null }).toEqual({ ...first, exchange: null });
      }
      expect(registered() - before).toBe(idempotency === 'none' ? 2 : 0);
    });

    if (registration !== 'sync')
      test('what the bank accepted is not registered yet, until it is; or never will be', async () => {
        const { later } = underTest;
        if (!later) throw new Error('the suite is not told how to make the bank take its time');
        const charge = nextCharge();
        later.pause(simulator);
        const result = await register(charge);
        expect(result).toMatchObject({ kind: 'inProgress', sent: true });
        const { bankId } = result as Extract<RegisterResult, { sent: boolean }>;
        expect(await look(charge, {}, bankId)).toMatchObject({ kind: 'stillProcessing' });
        expect(await look(charge)).toMatchObject({ kind: 'stillProcessing' });
        later.goOn(simulator);
        expect(await look(charge, {}, bankId)).toMatchObject({ kind: 'found', found: { alive: true } });

        const refused = nextCharge();
        later.refuse(simulator, refused);
        const accepted = (await register(refused)) as Extract<RegisterResult, { sent: boolean }>;
        expect(accepted).toMatchObject({ kind: 'inProgress', sent: true });
        for (const id of [accepted.bankId, null])
          expect(await look(refused, {}, id)).toMatchObject({ kind: 'refused', message: expect.stringMatching(/./) });
      });

    const { lookMany } = gateway;
    if (lookMany)
      test('one call answers many looks, each as its own would, and leaves open what it cannot tell', async () => {
        const mine = [nextCharge(), nextCharge(), nextCharge()];
        const results = [];
        for (const charge of mine.slice(0, 2)) results.push(await registrationOf(charge));
        const calls = simulator.admin.calls.counts();
        const looks = await lookMany.look(
          mine.map((sought) => ({ sought, bankId: null })),
          context(),
        );
        const made = Object.entries(simulator.admin.calls.counts()).map(([route, n]) => n - (calls[route] ?? 0));
        expect(made.reduce((sum, n) => sum + n, 0)).toBe(1);
        expect(looks.slice(0, 2)).toMatchObject(
          results.map(({ registration: { bankId } }) => ({ kind: 'found', found: { registration: { bankId } } })),
        );
        expect([null, 'notFound']).toContain(looks[2]?.kind ?? null);
        expect(looks.length).toBe(3);
        for (const [at, one] of looks.entries()) if (one) expectNoSecrets(one, mine[at] as ChargeSnapshot);
        for (const [, failure, fault] of lookFaults.filter(([, , { kind }]) => kind !== 'silent')) {
          simulator.admin.faults([{ match: { route: 'list' }, fault }]);
          const broken = await lookMany.look([{ sought: mine[0] as ChargeSnapshot, bankId: null }], context());
          expect(broken).toMatchObject([{ kind: 'unusable', failure }]);
        }
      });

    test('an expired token is auth, and a new one works', async () => {
      const charge = nextCharge();
      simulator.admin.expireTokens();
      expect(await register(charge)).toMatchObject({ kind: 'auth', sent: false });
      const renewed = await gateway.authenticate(account, PATIENT_MS);
      if (renewed.kind !== 'token') throw new Error(renewed.message);
      expect(
        await register(charge, { token: { value: renewed.value, generation: 2, accountVersion: 1 } }),
      ).toMatchObject({
        kind: taken,
      });
    });

    test('a bank that refuses connections got nothing', async () => {
      const url = `http://127.0.0.1:${await closedPort()}`;
      const elsewhere = { ...account, baseUrl: url, authUrl: url };
      expect(await register(nextCharge(), { account: elsewhere })).toMatchObject({
        kind: 'transient',
        sent: false,
        exchange: { status: null, sentAt: null },
      });
      expect(await look(nextCharge(), { account: elsewhere })).toMatchObject({
        kind: 'unusable',
        failure: 'transient',
      });
      expect(await gateway.authenticate(elsewhere, PATIENT_MS)).toMatchObject({ kind: 'transient' });
    });

    test('plain http to another machine is a configuration error, before anything leaves', async () => {
      const elsewhere = { ...account, baseUrl: 'http://banco.example/api', authUrl: 'http://banco.example/token' };
      expect(await register(nextCharge(), { account: elsewhere })).toMatchObject({ kind: 'config', sent: false });
      expect(await gateway.authenticate(elsewhere, PATIENT_MS)).toMatchObject({ kind: 'config' });
    });

    test('a forfeited call reaches nobody', async () => {
      const calls = received('register');
      const result = await register(nextCharge(), { maySend: () => false });
      expect(result).toMatchObject({ kind: 'transient', sent: false, exchange: { sentAt: null } });
      await register(nextCharge());
      expect(received('register')).toBe(calls + 1);
    });

    test.each(lookFaults)('a look that meets %s proves nothing: %s', async (_name, failure, fault) => {
      const charge = nextCharge();
      await register(charge);
      simulator.admin.faults([{ match: { route: 'read' }, fault }]);
      const calls = received('read');
      const result = await look(charge, { timeoutMs: timeoutFor(fault) });
      expect(result).toMatchObject({ kind: 'unusable', failure });
      expect(received('read')).toBe(calls + 1);
    });

    test('a charge that the bank does not have is the documented not-found', async () => {
      expect(await look(nextCharge())).toMatchObject({ kind: 'notFound' });
    });

    test('a registration that came late is found by a look, past the cached not-found', async () => {
      const charge = nextCharge();
      simulator.admin.settings({ readCacheMs: 0 });
      simulator.admin.faults([{ match: { route: 'register' }, fault: { kind: 'silent', lateMs: 2 * UNANSWERED_MS } }]);
      const before = registered();
      expect(await register(charge, { timeoutMs: UNANSWERED_MS })).toMatchObject({ kind: 'ambiguous' });
      while (registered() === before) await new Promise(setImmediate);
      expect(await look(charge)).toMatchObject({ kind: 'found' });
    });

    test.each(tokenFaults)('%s of the token endpoint is %s', async (_name, kind, fault) => {
      simulator.admin.faults([{ match: { route: 'token' }, fault }]);
      const result = await gateway.authenticate(account, timeoutFor(fault));
      expect(result.kind).toBe(kind);
      for (const secret of Object.values(account.credentials)) expect(JSON.stringify(result)).not.toContain(secret);
    });

    test('credentials that the bank does not know are a configuration error', async () => {
      const stranger = { ...account, credentials: { ...account.credentials, ...wrongCredentials } };
      expect(await gateway.authenticate(stranger, PATIENT_MS)).toMatchObject({ kind: 'config' });
    });

    async function check(changes: Partial<GatewayAccount> = {}, timeoutMs = PATIENT_MS): Promise<AccountCheck[]> {
      const { convenio } = snapshot(1);
      const steps: AccountCheck[] = [];
      const tested = { ...account, ...changes };
      for await (const step of gateway.checkAccount(tested, { convenio, homologation: true }, context({ timeoutMs })))
        steps.push(step);
      for (const { ok, message, advice } of steps) {
        expect([message, advice]).toEqual([expect.stringMatching(/./), ok ? null : expect.stringMatching(/./)]);
        for (const secret of Object.values(account.credentials)) expect(message).not.toContain(secret);
      }
      return steps;
    }

    test('the test of an account that works asks for a token and one read, in its turn, and registers nothing', async () => {
      const before = { registered: registered(), reads: received('read') };
      let turns = 0;
      const steps: AccountCheck[] = [];
      const call = context({ permit: () => Promise.resolve(void (turns += 1)) });
      for await (const step of gateway.checkAccount(
        account,
        { convenio: snapshot(1).convenio, homologation: true },
        call,
      ))
        steps.push(step);
      expect(steps.map(({ step, ok }) => [step, ok])).toEqual([
        ['ambiente', true],
        ['token', true],
        ['escopos', true],
        ['consulta', true],
      ]);
      expect([turns, received('read'), registered()]).toEqual([1, before.reads + 1, before.registered]);
    });

    test.each(tokenFaults)('the test of an account ends at the token with %s', async (_name, _kind, fault) => {
      simulator.admin.faults([{ match: { route: 'token' }, fault }]);
      expect((await check({}, timeoutFor(fault))).at(-1)).toMatchObject({ step: 'token', ok: false });
    });

    test.each(lookFaults)('the test of an account ends at its read with %s', async (_name, _failure, fault) => {
      simulator.admin.faults([{ match: { route: 'read' }, fault }]);
      expect((await check({}, timeoutFor(fault))).at(-1)).toMatchObject({ step: 'consulta', ok: false });
    });

    test('numbers and references are never equal for different charges', () => {
      const references = [1, 2, 12, 121, 1_000_000].flatMap((id) =>
        [1, 2, 3].map((generation) => gateway.ownReference(id, generation)),
      );
      expect(new Set(references).size).toBe(references.length);
      const charge = nextCharge();
      if (numbering === 'client')
        expect(gateway.ourNumber(charge.convenio, 1)).not.toBe(gateway.ourNumber(charge.convenio, 2));
    });

    test('each call belongs to a class of routes that has an allowance', () => {
      const { capabilities } = gateway;
      const calls = ['register', 'look', 'lookMany', 'list', 'readPix', 'createPix'] as const;
      for (const call of calls) expect(Object.keys(capabilities.limits)).toContain(routeOf(capabilities, call));
      // What the record takes for the name of one.
      for (const name of Object.keys(capabilities.limits)) expect(name).toMatch(/^[a-z][a-zA-Z]{0,19}$/);
    });

    test('two looks at one boleto have one identity, looks at two have two', () => {
      const [one, other] = [nextCharge(), nextCharge()];
      expect(gateway.lookIdentity(one, null)).toBe(gateway.lookIdentity(one, one.ourNumber));
      expect(gateway.lookIdentity(one, null)).not.toBe(gateway.lookIdentity(other, null));
    });
  });
}
