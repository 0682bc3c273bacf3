import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { abandonConclusion, beginConclusion, concludeBatch } from '../../record/engine/actions/conclude';
import { discard } from '../../record/engine/actions/discard';
import { pause, resume } from '../../record/engine/actions/pause';
import { recommunicate } from '../../record/engine/actions/recommunicate';
import { reexamine } from '../../record/engine/actions/reexamine';
import { resolve, type ResolvePolicy } from '../../record/engine/actions/resolve';
import { markBehind, raiseNextNumber } from '../../record/engine/numbering';
import type { ResolveAction } from '../../domain/batch/batch';
import { recordRequest } from '../../record/engine/actionRequests';
import type { FoundBoleto } from '../../domain/gateway';
import { knownCodec } from '../../gateways';
import { createTestDatabase } from '../kit/database';
import {
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createItem,
  createLook,
  createReceivable,
} from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());

interface Entry {
  receivableId: number;
  ordinal: number;
  boletoId: number;
  attemptId: string | null;
}

type Kind =
  | 'pending'
  | 'rejected'
  | 'corrected'
  | 'deferred'
  | 'putOff'
  | 'sending'
  | 'unconfirmed'
  | 'inProgress'
  | 'conflict'
  | 'registered'
  | 'discarded'
  | 'skipped';

/** A batch with one título of each kind that is named. */
async function batchWith<Name extends Kind>(
  ...kinds: Name[]
): Promise<{ batchId: string; accountId: number; entries: Record<Name, Entry> }> {
  const carteira = await createCarteira(knex);
  const accountId = carteira.accountId as number;
  const batchId = await createBatch(knex, carteira.id, {
    round: 1,
    selected: kinds.length,
    selected_at: knex.fn.now(),
  });
  const entries = {} as Record<Name, Entry>;
  for (const kind of kinds) {
    const receivableId = await createReceivable(knex, carteira);
    const boletoId = await createBoleto(knex, receivableId, accountId, { state: boletoStates[kind] ?? 'draft' });
    const ordinal = await createItem(knex, batchId, receivableId, { boleto_id: boletoId, ...itemColumns(kind) });
    const uncertain = ['sending', 'unconfirmed', 'inProgress'].includes(kind);
    const attemptId =
      uncertain || kind === 'conflict'
        ? await createAttempt(
            knex,
            boletoId,
            { batchId, ordinal, receivableId },
            {
              ...(kind === 'conflict' ? { resolution: 'conflict' } : {}),
              ...(kind === 'sending' ? { deadline: knex.raw("clock_timestamp() + interval '1 minute'") } : {}),
            },
          )
        : null;
    if (kind === 'corrected') await knex('receivable').where({ id: receivableId }).update({ due_date: '2030-09-09' });
    entries[kind] = { receivableId, ordinal, boletoId, attemptId };
  }
  return { batchId, accountId, entries };
}

const boletoStates: Partial<Record<Kind, string>> = {
  sending: 'sending',
  unconfirmed: 'unconfirmed',
  inProgress: 'inProgress',
  conflict: 'conflict',
  registered: 'registered',
};

function itemColumns(kind: Kind): Record<string, unknown> {
  const waits = {
    due_at: null,
    failure_kind: 'data',
    provider_code: 'C',
    provider_message: 'M',
    field: 'payer.cep',
    tries: 3,
  };
  const ended = { due_at: null, closed_at: knex.fn.now() };
  switch (kind) {
    case 'pending':
      return {};
    case 'sending':
      return { state: 'sending', lease_token: 7 };
    case 'putOff':
      return { state: 'deferred', due_at: knex.raw("clock_timestamp() + interval '1 hour'") };
    case 'corrected':
      return { state: 'rejected', ...waits };
    case 'registered':
    case 'discarded':
    case 'skipped':
      return { state: kind, ...ended };
    default:
      return { state: kind, ...waits };
  }
}

const by = 'u-00000000a11c';
/** What a message says of itself. */
const action = () => ({ by: 'quem-eu-quiser', actionId: randomUUID() });

/** Written down by the API or the command line, before the message. */
async function asked(batchId: string, kind: string) {
  const request = action();
  expect(await recordRequest(knex, { batchId, actionIds: [request.actionId], kind, by })).toBeNull();
  return request;
}

async function itemOf(batchId: string, entry: Entry) {
  const { rows } = await knex.raw<{ rows: Record<string, unknown>[] }>(
    `select state, due_at <= clock_timestamp() as due, closed_at is not null as closed, tries, round, boleto_id, failure_kind,
       provider_code, provider_message, field, lease_token, reconciled
     from batch_item where batch_id = ? and ordinal = ?`,
    [batchId, entry.ordinal],
  );
  return rows[0];
}
const boletoOf = (entry: Entry) => knex('boleto').where({ id: entry.boletoId }).first();
const attemptOf = (entry: Entry) => knex('attempt').where({ id: entry.attemptId }).first();
const audit = (entity: string, id: string | number) =>
  knex('audit_entry')
    .where({ entity, entity_id: String(id) })
    .orderBy('id');

const fresh = {
  state: 'pending',
  due: true,
  closed: false,
  tries: 0,
  round: 2,
  failure_kind: null,
  provider_code: null,
  provider_message: null,
  field: null,
  lease_token: null,
};

const safe: ResolvePolicy = { sameNumberIsSafe: () => true };

describe('recommunicate', () => {
  const all = [
    'pending',
    'rejected',
    'corrected',
    'deferred',
    'putOff',
    'unconfirmed',
    'inProgress',
    'conflict',
    'registered',
    'discarded',
    'skipped',
  ] as const;

  test('corrected: chooses the rejected whose título was changed since, and nothing else', async () => {
    const { batchId, entries } = await batchWith(...all);
    const result = await recommunicate(knex, { ...action(), batchId, round: 2, scope: 'corrected' }, knownCodec);
    expect(result).toEqual({ changed: 1, refused: [], round: 2 });
    expect(await itemOf(batchId, entries.corrected)).toMatchObject(fresh);
    expect(await itemOf(batchId, entries.rejected)).toMatchObject({ state: 'rejected', due: null, round: 1 });
    expect(await knex('batch').where({ id: batchId }).first('round')).toEqual({ round: 2 });
  });

  test.each([
    ['awaitingAdjustments', 'communicating'],
    ['paused', 'paused'],
  ])('nobody sees a batch wait for people that begins another round: %s becomes %s', async (phase, then) => {
    const { batchId } = await batchWith('rejected');
    await knex('batch').where({ id: batchId }).update({ phase });
    await recommunicate(knex, { ...action(), batchId, round: 2, scope: 'all' }, knownCodec);
    expect(await knex('batch').where({ id: batchId }).first('phase')).toEqual({ phase: then });
  });

  test('all: chooses whatever waits for a person, except conflicts', async () => {
    const { batchId, entries } = await batchWith(...all);
    const result = await recommunicate(knex, { ...action(), batchId, round: 2, scope: 'all' }, knownCodec);
    expect(result).toEqual({ changed: 5, refused: [], round: 2 });
    for (const kind of ['rejected', 'corrected', 'deferred'] as const)
      expect(await itemOf(batchId, entries[kind])).toMatchObject(fresh);
    expect(await itemOf(batchId, entries.conflict)).toMatchObject({ state: 'conflict', due: null });
    expect(await itemOf(batchId, entries.putOff)).toMatchObject({ state: 'deferred', due: false, round: 1 });
  });

  test('an item whose last call has no known end becomes due for a look, and keeps its attempt', async () => {
    const { batchId, entries } = await batchWith('unconfirmed', 'inProgress');
    await recommunicate(knex, { ...action(), batchId, round: 2, scope: 'all' }, knownCodec);
    expect(await itemOf(batchId, entries.unconfirmed)).toMatchObject({ state: 'unconfirmed', due: true, tries: 0 });
    expect(await itemOf(batchId, entries.inProgress)).toMatchObject({ state: 'inProgress', due: true });
    expect(await attemptOf(entries.unconfirmed)).toMatchObject({ resolution: null });
  });

  test('selected: takes the named ones and says why not the others', async () => {
    const { batchId, entries } = await batchWith(...all);
    const elsewhere = await batchWith('rejected');
    const receivableIds = [
      ...Object.values(entries).map(({ receivableId }) => receivableId),
      elsewhere.entries.rejected.receivableId,
    ];
    const result = await recommunicate(
      knex,
      { ...action(), batchId, round: 2, scope: 'selected', receivableIds },
      knownCodec,
    );
    const reason = (entry: Entry, code: string) => ({ receivableId: entry.receivableId, reason: code });
    expect(result).toEqual({
      changed: 5,
      round: 2,
      refused: [
        reason(entries.pending, 'emAndamento'),
        reason(entries.putOff, 'emAndamento'),
        reason(entries.conflict, 'conflito'),
        reason(entries.registered, 'jaRegistrado'),
        reason(entries.discarded, 'descartado'),
        reason(entries.skipped, 'naoEnviado'),
        reason(elsewhere.entries.rejected, 'foraDaComunicacao'),
      ],
    });
  });

  test('of nothing changes nothing, not even the round', async () => {
    const { batchId } = await batchWith('registered');
    expect(await recommunicate(knex, { ...action(), batchId, round: 2, scope: 'all' }, knownCodec)).toMatchObject({
      changed: 0,
    });
    expect(await knex('batch').where({ id: batchId }).first('round')).toEqual({ round: 1 });
  });
});

describe('discard', () => {
  test('ends what has a known end; the título stays free for another batch', async () => {
    const { batchId, entries } = await batchWith('rejected', 'conflict', 'pending');
    const receivableIds = Object.values(entries).map(({ receivableId }) => receivableId);
    const request = await asked(batchId, 'discard');
    const result = await discard(knex, { ...request, batchId, receivableIds, reasonCode: 'contratoCancelado' });
    expect(result).toEqual({ changed: 3, refused: [] });
    for (const entry of Object.values(entries)) {
      expect(await itemOf(batchId, entry)).toMatchObject({ state: 'discarded', closed: true, due: null });
      expect(await knex('receivable').where({ id: entry.receivableId }).first('impresso')).toEqual({ impresso: false });
      expect(await audit('receivable', entry.receivableId)).toMatchObject([
        { actor: by, action: 'discard', reason: 'contratoCancelado', after: { batchId } },
      ]);
    }
  });

  test('leaves alone what may be at the bank, what has ended and what is not there', async () => {
    const { batchId, entries } = await batchWith('sending', 'unconfirmed', 'inProgress', 'registered', 'discarded');
    const receivableIds = [...Object.values(entries).map(({ receivableId }) => receivableId), 1];
    const result = await discard(knex, { ...action(), batchId, receivableIds, reasonCode: 'x' });
    expect(result).toMatchObject({
      changed: 0,
      refused: [
        { reason: 'resultadoIncerto' },
        { reason: 'resultadoIncerto' },
        { reason: 'resultadoIncerto' },
        { reason: 'jaRegistrado' },
        { reason: 'descartado' },
        { receivableId: 1, reason: 'foraDaComunicacao' },
      ],
    });
    expect(await itemOf(batchId, entries.unconfirmed)).toMatchObject({ state: 'unconfirmed', closed: false });
  });

  test('sees an intent that was being written at the same instant', async () => {
    const { batchId, entries } = await batchWith('pending');
    const { receivableId, ordinal, boletoId } = entries.pending;
    const intent = await knex.transaction();
    await intent('batch_item').where({ batch_id: batchId, ordinal }).update({ state: 'sending' });
    const discarding = discard(knex, { ...action(), batchId, receivableIds: [receivableId], reasonCode: 'x' });
    await untilSomebodyWaitsForALock();
    await createAttempt(intent, boletoId, { batchId, ordinal, receivableId });
    await intent.commit();
    expect(await discarding).toEqual({ changed: 0, refused: [{ receivableId, reason: 'resultadoIncerto' }] });
  });

  async function untilSomebodyWaitsForALock(): Promise<void> {
    for (;;) {
      const { rows } = await knex.raw<{ rows: unknown[] }>(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (rows.length > 0) return;
    }
  }
});

describe('resolve', () => {
  const found = (overrides: Partial<FoundBoleto> = {}): FoundBoleto => ({
    registration: {
      bankId: `bank-${randomUUID()}`,
      ourNumber: randomUUID().slice(0, 17),
      linhaDigitavel: '00190000090312855700500000002175387500000009990',
      barcode: '00193875000000099900000003128557000000000217',
      pixEmv: null,
      pixTxid: null,
      link: null,
    },
    ownReference: null,
    payerDocument: null,
    amountCents: 9_990,
    dueDate: '2030-02-10',
    alive: true,
    status: 'NORMAL',
    ...overrides,
  });
  const shown = (accountId: number, entry: Entry, overrides: Partial<FoundBoleto> = {}) =>
    createLook(
      knex,
      { attemptId: entry.attemptId as string, boletoId: entry.boletoId, accountId },
      { answer: 'found', evidence: 'conflict', found: found(overrides) },
    );
  const decide = async (batchId: string, entry: Entry, decision: ResolveAction['decision'], policy = safe) => {
    const request = { ...(await asked(batchId, 'resolve')), batchId, decision, reasonCode: 'conferidoNoBanco' };
    return resolve(knex, { ...request, receivableId: entry.receivableId }, policy);
  };
  const refused = (entry: Entry, reason: string) => ({
    changed: 0,
    refused: [{ receivableId: entry.receivableId, reason }],
  });

  test('registered: takes over what the last look showed', async () => {
    const { batchId, accountId, entries } = await batchWith('unconfirmed');
    await shown(accountId, entries.unconfirmed);
    expect(await decide(batchId, entries.unconfirmed, 'registered')).toEqual({ changed: 1, refused: [] });
    expect(await boletoOf(entries.unconfirmed)).toMatchObject({
      state: 'registered',
      linha_digitavel: '00190000090312855700500000002175387500000009990',
      older_data: false,
    });
    expect(await attemptOf(entries.unconfirmed)).toMatchObject({ resolution: 'registered', resolved_by: by });
    expect(await itemOf(batchId, entries.unconfirmed)).toMatchObject({
      state: 'registered',
      closed: true,
      reconciled: true,
    });
    expect(await knex('receivable').where({ id: entries.unconfirmed.receivableId }).first('impresso')).toEqual({
      impresso: true,
    });
    expect(await audit('receivable', entries.unconfirmed.receivableId)).toMatchObject([
      { actor: by, action: 'resolve', reason: 'conferidoNoBanco', before: { item: 'unconfirmed', unresolved: true } },
    ]);
  });

  test('registered: a conflict that a person accepts is marked as registered with older data', async () => {
    const { batchId, accountId, entries } = await batchWith('conflict');
    await shown(accountId, entries.conflict, { amountCents: 5_000 });
    expect(await decide(batchId, entries.conflict, 'registered')).toMatchObject({ changed: 1 });
    expect(await boletoOf(entries.conflict)).toMatchObject({ state: 'registered', older_data: true });
    expect(await attemptOf(entries.conflict)).toMatchObject({ resolution: 'registered' });
  });

  test('registered: refused while the codes that the last look showed are wrong', async () => {
    const { batchId, accountId, entries } = await batchWith('conflict');
    const look = { attemptId: entries.conflict.attemptId as string, boletoId: entries.conflict.boletoId, accountId };
    await createLook(knex, look, {
      ...{ answer: 'found', evidence: 'conflict', found: found(), mismatches: ['amountCents'] },
      started_at: knex.raw("clock_timestamp() - interval '1 minute'"),
    });
    expect(await decide(batchId, entries.conflict, 'registered')).toEqual(
      refused(entries.conflict, 'codigosDivergentes'),
    );
    await createLook(knex, look, { answer: 'found', evidence: 'conflict', found: found() });
    expect(await decide(batchId, entries.conflict, 'registered')).toMatchObject({ changed: 1 });
  });

  test('registered: what was wrong before is forgotten', async () => {
    const { batchId, accountId, entries } = await batchWith('conflict');
    await knex('boleto')
      .where({ id: entries.conflict.boletoId })
      .update({ divergence: ['pix'], pix_emv: '0002' });
    await shown(accountId, entries.conflict);
    await decide(batchId, entries.conflict, 'registered');
    expect(await boletoOf(entries.conflict)).toMatchObject({ state: 'registered', divergence: null, pix_emv: null });
  });

  test('absent: no code of what the bank does not have stays behind', async () => {
    const { batchId, entries } = await batchWith('conflict');
    const codes = { linha_digitavel: '1', barcode: '2', pix_emv: '3', pix_txid: '4', divergence: ['pix'] };
    await knex('boleto').where({ id: entries.conflict.boletoId }).update(codes);
    await decide(batchId, entries.conflict, 'absent');
    expect(await boletoOf(entries.conflict)).toMatchObject({
      ...{ state: 'draft', linha_digitavel: null, barcode: null, pix_emv: null, pix_txid: null, divergence: null },
    });
  });

  test('registered: refused without proof, with a dead boleto and with another título’s', async () => {
    const { batchId, accountId, entries } = await batchWith('unconfirmed', 'conflict', 'inProgress');
    expect(await decide(batchId, entries.unconfirmed, 'registered')).toEqual(
      refused(entries.unconfirmed, 'semComprovante'),
    );
    await shown(accountId, entries.conflict, { alive: false });
    expect(await decide(batchId, entries.conflict, 'registered')).toEqual(refused(entries.conflict, 'inativoNoBanco'));
    await shown(accountId, entries.unconfirmed, { ownReference: 'DE-OUTRO' });
    expect(await decide(batchId, entries.unconfirmed, 'registered')).toEqual(
      refused(entries.unconfirmed, 'deOutroTitulo'),
    );
    expect(await boletoOf(entries.unconfirmed)).toMatchObject({ state: 'unconfirmed' });
    expect(await audit('receivable', entries.unconfirmed.receivableId)).toEqual([]);
  });

  test('registered: a number at the bank that another boleto has is refused', async () => {
    const { batchId, accountId, entries } = await batchWith('unconfirmed', 'registered');
    await knex('boleto').where({ id: entries.registered.boletoId }).update({ bank_id: 'TAKEN' });
    const { registration } = found();
    await shown(accountId, entries.unconfirmed, { registration: { ...registration, bankId: 'TAKEN' } });
    expect(await decide(batchId, entries.unconfirmed, 'registered')).toEqual(
      refused(entries.unconfirmed, 'deOutroTitulo'),
    );
  });

  test('registered: a later look that found nothing takes the proof away', async () => {
    const { batchId, accountId, entries } = await batchWith('unconfirmed');
    await shown(accountId, entries.unconfirmed);
    await createLook(
      knex,
      { attemptId: entries.unconfirmed.attemptId as string, boletoId: entries.unconfirmed.boletoId, accountId },
      { answer: 'notFound', evidence: 'absent' },
    );
    expect(await decide(batchId, entries.unconfirmed, 'registered')).toEqual(
      refused(entries.unconfirmed, 'semComprovante'),
    );
  });

  const absentLook = (accountId: number, entry: Entry) =>
    createLook(
      knex,
      { attemptId: entry.attemptId as string, boletoId: entry.boletoId, accountId },
      { answer: 'notFound', evidence: 'absent' },
    );

  test('absent: the same boleto is sent again; without a look that says so, nobody calls it absent', async () => {
    const { batchId, entries } = await batchWith('unconfirmed');
    expect(await decide(batchId, entries.unconfirmed, 'absent')).toEqual({ changed: 1, refused: [] });
    expect(await attemptOf(entries.unconfirmed)).toMatchObject({ resolution: 'unproven', resolved_by: by });
    expect(await boletoOf(entries.unconfirmed)).toMatchObject({ state: 'draft' });
    expect(await itemOf(batchId, entries.unconfirmed)).toMatchObject({
      ...fresh,
      round: 1,
      boleto_id: entries.unconfirmed.boletoId,
    });
  });

  test('absent: where a bank would register twice, it wants a look as proof', async () => {
    const { batchId, accountId, entries } = await batchWith('unconfirmed');
    const twice: ResolvePolicy = { sameNumberIsSafe: () => false };
    expect(await decide(batchId, entries.unconfirmed, 'absent', twice)).toEqual(
      refused(entries.unconfirmed, 'semProva'),
    );
    await absentLook(accountId, entries.unconfirmed);
    await absentLook(accountId, entries.unconfirmed);
    expect(await decide(batchId, entries.unconfirmed, 'absent', twice)).toMatchObject({ changed: 1 });
    expect(await attemptOf(entries.unconfirmed)).toMatchObject({ resolution: 'absent', resolved_by: by });
  });

  test('newNumber: after a look as proof the boleto becomes history and the item takes another', async () => {
    const { batchId, accountId, entries } = await batchWith('conflict', 'unconfirmed');
    await shown(accountId, entries.conflict, { ownReference: 'DE-OUTRO-SISTEMA' });
    await absentLook(accountId, entries.unconfirmed);
    await absentLook(accountId, entries.unconfirmed);
    for (const entry of Object.values(entries)) {
      expect(await decide(batchId, entry, 'newNumber')).toEqual({ changed: 1, refused: [] });
      expect(await boletoOf(entry)).toMatchObject({ state: 'superseded' });
      expect(await attemptOf(entry)).toMatchObject({ resolution: 'conflict' });
      expect(await itemOf(batchId, entry)).toMatchObject({ state: 'pending', due: true, boleto_id: null });
    }
  });

  test('newNumber: refused without a look that proves that the number before cannot be paid', async () => {
    const { batchId, accountId, entries } = await batchWith('unconfirmed', 'conflict');
    expect(await decide(batchId, entries.unconfirmed, 'newNumber')).toEqual(refused(entries.unconfirmed, 'semProva'));
    await absentLook(accountId, entries.unconfirmed);
    expect(await decide(batchId, entries.unconfirmed, 'newNumber')).toEqual(refused(entries.unconfirmed, 'semProva'));
    // Alive with our reference: it can be paid, whatever else differs.
    const { ownReference } = await knex('boleto')
      .where({ id: entries.conflict.boletoId })
      .first({ ownReference: 'own_reference' });
    await shown(accountId, entries.conflict, { ownReference, amountCents: 1 });
    expect(await decide(batchId, entries.conflict, 'newNumber')).toEqual(refused(entries.conflict, 'semProva'));
    await shown(accountId, entries.conflict, { ownReference, alive: false });
    expect(await decide(batchId, entries.conflict, 'newNumber')).toMatchObject({ changed: 1 });
  });

  test('newNumber: refused while the bank has numbers that this record never gave', async () => {
    const { batchId, accountId, entries } = await batchWith('conflict');
    await shown(accountId, entries.conflict, { ownReference: 'DE-OUTRO-SISTEMA' });
    const space = { gateway: 'banco-do-brasil', convenio: '3128557' };
    await markBehind(knex, space, 'restored');
    expect(await decide(batchId, entries.conflict, 'newNumber')).toEqual(
      refused(entries.conflict, 'numeracaoAtrasada'),
    );
    await raiseNextNumber(knex, space, 100, 'person');
    expect(await decide(batchId, entries.conflict, 'newNumber')).toEqual(
      refused(entries.conflict, 'numeracaoAtrasada'),
    );
    // Compared with the bank, with some left for a person: then a person may say from where on it is free.
    await raiseNextNumber(knex, space, 100, 'bankWithDoubts');
    expect(await decide(batchId, entries.conflict, 'newNumber')).toEqual(
      refused(entries.conflict, 'numeracaoAtrasada'),
    );
    await raiseNextNumber(knex, space, 100, 'person');
    expect(await decide(batchId, entries.conflict, 'newNumber')).toMatchObject({ changed: 1 });
  });

  test('refuses while the call may still arrive, and where there is nothing to decide', async () => {
    const { batchId, entries } = await batchWith('unconfirmed', 'sending', 'rejected', 'registered', 'discarded');
    await knex('attempt')
      .where({ id: entries.unconfirmed.attemptId })
      .update({ deadline: knex.raw("clock_timestamp() + interval '1 minute'") });
    expect(await decide(batchId, entries.unconfirmed, 'absent')).toEqual(
      refused(entries.unconfirmed, 'chamadaEmAndamento'),
    );
    expect(await decide(batchId, entries.sending, 'absent')).toEqual(refused(entries.sending, 'semResultadoIncerto'));
    expect(await decide(batchId, entries.rejected, 'absent')).toEqual(refused(entries.rejected, 'semResultadoIncerto'));
    expect(await decide(batchId, entries.registered, 'absent')).toEqual(refused(entries.registered, 'jaRegistrado'));
    expect(await decide(batchId, entries.discarded, 'newNumber')).toEqual(refused(entries.discarded, 'descartado'));
    const elsewhere = await batchWith('unconfirmed');
    expect(await decide(batchId, elsewhere.entries.unconfirmed, 'absent')).toEqual(
      refused(elsewhere.entries.unconfirmed, 'foraDaComunicacao'),
    );
  });
});

describe('reexamine', () => {
  test('makes every uncertain result and conflict due for a look', async () => {
    const { batchId, entries } = await batchWith('unconfirmed', 'inProgress', 'conflict', 'rejected', 'registered');
    expect(await reexamine(knex, { ...action(), batchId })).toEqual({ changed: 3, refused: [] });
    for (const kind of ['unconfirmed', 'inProgress', 'conflict'] as const)
      expect(await itemOf(batchId, entries[kind])).toMatchObject({ state: kind, due: true, tries: 0 });
    expect(await itemOf(batchId, entries.rejected)).toMatchObject({ due: null });
  });

  test('also of an uncertain item whose attempt was settled meanwhile, so that it does not stay behind', async () => {
    const { batchId, entries } = await batchWith('unconfirmed');
    const settled = { resolution: 'registered', resolved_at: knex.fn.now() };
    await knex('attempt').where({ id: entries.unconfirmed.attemptId }).update(settled);
    expect(await reexamine(knex, { ...action(), batchId })).toEqual({ changed: 1, refused: [] });
  });

  test('of named títulos says which it left alone', async () => {
    const { batchId, entries } = await batchWith('unconfirmed', 'conflict', 'rejected', 'sending', 'registered');
    const named = [entries.conflict, entries.rejected, entries.sending, entries.registered];
    const result = await reexamine(knex, {
      ...action(),
      batchId,
      receivableIds: named.map((entry) => entry.receivableId),
    });
    expect(result).toEqual({
      changed: 1,
      refused: [
        { receivableId: entries.rejected.receivableId, reason: 'semResultadoIncerto' },
        { receivableId: entries.sending.receivableId, reason: 'emAndamento' },
        { receivableId: entries.registered.receivableId, reason: 'jaRegistrado' },
      ],
    });
    expect(await itemOf(batchId, entries.unconfirmed)).toMatchObject({ due: null });
  });
});

describe('pause and resume', () => {
  const flags = (batchId: string) => knex('batch').where({ id: batchId }).first('paused', 'pause_reason');

  test('set and clear the flag that slices read', async () => {
    const { batchId } = await batchWith('pending');
    expect(await pause(knex, { ...action(), batchId, reasonCode: 'almoco' })).toEqual({ changed: 1, refused: [] });
    expect(await flags(batchId)).toEqual({ paused: true, pause_reason: 'almoco' });
    expect(await pause(knex, { ...action(), batchId })).toEqual({ changed: 0, refused: [] });
    expect(await flags(batchId)).toEqual({ paused: true, pause_reason: 'almoco' });
    await knex('batch').where({ id: batchId }).update({ phase: 'paused' });
    expect(await resume(knex, { ...action(), batchId })).toEqual({ changed: 1, refused: [] });
    expect(await flags(batchId)).toEqual({ paused: false, pause_reason: null });
    expect(await knex('batch').where({ id: batchId }).first('phase')).toEqual({ phase: 'communicating' });
    expect(await resume(knex, { ...action(), batchId })).toEqual({ changed: 0, refused: [] });
  });
});

describe('concluding', () => {
  test('closes what has a known end as it stands, and has the rest looked for', async () => {
    const { batchId, entries } = await batchWith(
      'pending',
      'putOff',
      'rejected',
      'conflict',
      'unconfirmed',
      'sending',
      'registered',
    );
    await pause(knex, { ...action(), batchId });
    const result = await beginConclusion(knex, { ...action(), batchId });
    expect(result).toEqual({ changed: 4, refused: [], unresolved: 2 });
    for (const [kind, state] of [
      ['pending', 'pending'],
      ['putOff', 'deferred'],
      ['rejected', 'rejected'],
      ['conflict', 'conflict'],
    ] as const)
      expect(await itemOf(batchId, entries[kind])).toMatchObject({ state, closed: true, due: null });
    expect(await itemOf(batchId, entries.unconfirmed)).toMatchObject({
      state: 'unconfirmed',
      closed: false,
      due: true,
    });
    expect(await itemOf(batchId, entries.sending)).toMatchObject({ lease_token: 7, closed: false });
    expect(await knex('batch').where({ id: batchId }).first('concluding', 'paused', 'pause_reason')).toEqual({
      concluding: true,
      paused: false,
      pause_reason: null,
    });
    await abandonConclusion(knex, batchId);
    expect(await knex('batch').where({ id: batchId }).first('concluding')).toEqual({ concluding: false });
  });

  test('is refused while a result is uncertain', async () => {
    const { batchId, entries } = await batchWith('unconfirmed', 'rejected');
    expect(await concludeBatch(knex, { batchId })).toMatchObject({
      refused: 'resultadosIncertos',
      message: expect.stringContaining('1 cobrança'),
    });
    expect(await itemOf(batchId, entries.rejected)).toMatchObject({ closed: false });
    expect(await knex('batch').where({ id: batchId }).first('phase')).toEqual({ phase: 'selecting' });
  });

  test('happens once, and its report accounts for every título', async () => {
    const { batchId } = await batchWith(
      'pending',
      'putOff',
      'rejected',
      'corrected',
      'conflict',
      'registered',
      'discarded',
      'skipped',
    );
    const report = await concludeBatch(knex, { batchId });
    expect(report).toEqual({
      batchId,
      selected: 8,
      leftOut: 0,
      rounds: 1,
      registered: 1,
      discarded: 1,
      rejected: 3,
      unconfirmed: 0,
      skipped: 1,
      notSent: 2,
      reconciled: 0,
    });
    expect(await concludeBatch(knex, { batchId })).toEqual(report);
    expect(await knex('batch').where({ id: batchId }).first('phase', 'concluded_by')).toEqual({
      phase: 'concluded',
      concluded_by: 'operador.1',
    });
    expect(await knex('batch_item').where({ batch_id: batchId, closed_at: null })).toEqual([]);
    // How many ended without a boleto, whenever they were closed.
    expect((await audit('batch', batchId)).filter((entry) => entry.action === 'concludeBatch')).toMatchObject([
      { after: { closed: 5 } },
    ]);
  });

  test('tells a boleto that was registered behind its item’s back', async () => {
    const { batchId, entries } = await batchWith('pending', 'rejected');
    const registered = { state: 'registered', linha_digitavel: '1', registered_at: knex.fn.now() };
    await knex('boleto').where({ id: entries.pending.boletoId }).update(registered);
    expect(await concludeBatch(knex, { batchId })).toMatchObject({ registered: 1, rejected: 1, notSent: 0 });
  });

  test('of an unknown batch is refused', async () => {
    expect(await concludeBatch(knex, { batchId: 'nenhuma' })).toMatchObject({ refused: 'comunicacaoDesconhecida' });
  });
});

describe('several at once', () => {
  const reasonCode = 'conferidoNoBanco';

  test('one decision for many, each told for itself, in the order of the batch', async () => {
    const { batchId, entries } = await batchWith('unconfirmed', 'sending', 'conflict', 'registered', 'rejected');
    const ids = Object.values(entries).map(({ receivableId }) => receivableId);
    const request = { ...(await asked(batchId, 'resolve')), batchId, reasonCode };
    const receivableIds = [...ids].reverse().concat(ids[0] as number, 1);
    expect(await resolve(knex, { ...request, receivableIds, decision: 'absent' }, safe)).toEqual({
      changed: 2,
      refused: [
        { receivableId: 1, reason: 'foraDaComunicacao' },
        { receivableId: entries.sending.receivableId, reason: 'semResultadoIncerto' },
        { receivableId: entries.registered.receivableId, reason: 'jaRegistrado' },
        { receivableId: entries.rejected.receivableId, reason: 'semResultadoIncerto' },
      ],
    });
    for (const entry of [entries.unconfirmed, entries.conflict])
      expect(await audit('receivable', entry.receivableId)).toMatchObject([{ actor: by, action: 'resolve' }]);
    expect(await audit('batch', batchId)).toMatchObject([
      { actor: by, action: 'resolve', after: { receivableIds, changed: 2, refused: 4 } },
    ]);
  });

  test('while communicating, what waits for a person is decided and what the machine will look for is left to it', async () => {
    const { batchId, entries } = await batchWith('unconfirmed', 'conflict', 'sending');
    await knex('batch').where({ id: batchId }).update({ phase: 'communicating' });
    await knex('batch_item')
      .where({ batch_id: batchId, ordinal: entries.conflict.ordinal })
      .update({ due_at: knex.raw("clock_timestamp() + interval '1 minute'") });
    const receivableIds = Object.values(entries).map(({ receivableId }) => receivableId);
    const request = { ...(await asked(batchId, 'resolve')), batchId, reasonCode, receivableIds };
    expect(await resolve(knex, { ...request, decision: 'absent' }, safe)).toEqual({
      changed: 1,
      refused: [
        { receivableId: entries.conflict.receivableId, reason: 'emAndamento' },
        { receivableId: entries.sending.receivableId, reason: 'emAndamento' },
      ],
    });
    expect(await itemOf(batchId, entries.unconfirmed)).toMatchObject({ state: 'pending', due: true });
  });
});

describe('who asked', () => {
  const actorsOf = async (batchId: string) => (await audit('batch', batchId)).map(({ actor }) => actor as string);
  const requested = (actionId: string) => knex('operator_action').where({ action_id: actionId }).pluck('requested_by');

  test('a message that names a colleague is told as Temporal’s, never as the colleague’s', async () => {
    const { batchId, entries } = await batchWith('rejected', 'unconfirmed');
    const forged = () => ({ by, actionId: randomUUID(), batchId, reasonCode: 'x' });
    const [discarding, deciding, ending] = [forged(), forged(), forged()];
    await discard(knex, { ...discarding, receivableIds: [entries.rejected.receivableId] });
    await resolve(knex, { ...deciding, receivableId: entries.unconfirmed.receivableId, decision: 'absent' }, safe);
    await beginConclusion(knex, ending);
    await concludeBatch(knex, { batchId });
    expect(new Set(await actorsOf(batchId))).toEqual(new Set(['temporal']));
    for (const entry of Object.values(entries))
      expect(await audit('receivable', entry.receivableId)).toMatchObject([{ actor: 'temporal' }]);
    expect(await attemptOf(entries.unconfirmed)).toMatchObject({ resolved_by: 'temporal' });
    expect(await requested(discarding.actionId)).toEqual(['temporal']);
    expect(await knex('batch').where({ id: batchId }).first('concluded_by')).toEqual({ concluded_by: 'temporal' });
  });

  test('whoever was written down before the message is told, whatever the message says', async () => {
    const { batchId } = await batchWith('rejected');
    await beginConclusion(knex, { ...(await asked(batchId, 'conclude')), batchId });
    await concludeBatch(knex, { batchId });
    expect(await actorsOf(batchId)).toEqual([by, by]);
    expect(await knex('batch').where({ id: batchId }).first('concluded_by')).toEqual({ concluded_by: by });
  });

  test('a row vouches for its own batch and action alone', async () => {
    const [one, other] = [await batchWith('rejected'), await batchWith('rejected')];
    const [pausing, anotherBatch] = [await asked(one.batchId, 'pause'), await asked(other.batchId, 'conclude')];
    await beginConclusion(knex, { ...pausing, batchId: one.batchId });
    expect(await actorsOf(one.batchId)).toEqual(['temporal']);
    await pause(knex, { ...anotherBatch, batchId: other.batchId });
    expect(await actorsOf(other.batchId)).toEqual(['temporal']);
  });

  test('an id that somebody asked with is refused to anybody else, and for anything else', async () => {
    const { batchId } = await batchWith('rejected');
    const { actionId } = await asked(batchId, 'pause');
    const request = { batchId, actionIds: [actionId], kind: 'pause', by };
    expect(await recordRequest(knex, request)).toBeNull();
    for (const other of [{ by: 'u-00000000b22d' }, { kind: 'resume' }, { actionIds: [randomUUID(), actionId] }]) {
      const answer = await recordRequest(knex, { ...request, ...other });
      if ('actionIds' in other) expect(answer).toBeNull();
      else expect(answer).toMatchObject({ refused: 'acaoRepetida' });
    }
    await pause(knex, { by: 'x', actionId, batchId });
    expect(await requested(actionId)).toEqual([by]);
  });
});

describe('every action', () => {
  const actions: [
    string,
    (batchId: string, receivableId: number, ids: { by: string; actionId: string }) => Promise<unknown>,
  ][] = [
    [
      'recommunicate',
      (batchId, _id, ids) => recommunicate(knex, { ...ids, batchId, round: 2, scope: 'all' }, knownCodec),
    ],
    ['discard', (batchId, id, ids) => discard(knex, { ...ids, batchId, receivableIds: [id], reasonCode: 'x' })],
    [
      'resolve',
      (batchId, id, ids) => {
        const decision = { batchId, receivableId: id, decision: 'absent', reasonCode: 'x' } as const;
        return resolve(knex, { ...ids, ...decision }, { sameNumberIsSafe: () => true });
      },
    ],
    ['reexamine', (batchId, _id, ids) => reexamine(knex, { ...ids, batchId })],
    ['pause', (batchId, _id, ids) => pause(knex, { ...ids, batchId })],
    ['conclude', (batchId, _id, ids) => beginConclusion(knex, { ...ids, batchId })],
  ];

  test.each(actions)('%s answers a repeated action as before and changes nothing more', async (kind, act) => {
    const { batchId, entries } = await batchWith('unconfirmed', 'rejected');
    const id = (kind === 'resolve' ? entries.unconfirmed : entries.rejected).receivableId;
    const ids = action();
    const first = await act(batchId, id, ids);
    expect(first).toMatchObject({ changed: expect.any(Number) });
    expect((first as { changed: number }).changed).toBeGreaterThan(0);
    const items = await knex('batch_item').where({ batch_id: batchId }).orderBy('ordinal');
    expect(await act(batchId, id, ids)).toEqual(first);
    expect(await knex('batch_item').where({ batch_id: batchId }).orderBy('ordinal')).toEqual(items);
    expect((await audit('batch', batchId)).filter((entry) => entry.action === kind)).toHaveLength(1);
  });

  test.each(actions)('%s is answered once when it arrives twice at the same instant', async (kind, act) => {
    const { batchId, entries } = await batchWith('unconfirmed', 'rejected');
    const id = (kind === 'resolve' ? entries.unconfirmed : entries.rejected).receivableId;
    const ids = action();
    const [first, second] = await Promise.all([act(batchId, id, ids), act(batchId, id, ids)]);
    expect(second).toEqual(first);
  });

  test.each(actions)('%s is refused by a batch that has ended, and by one that never was', async (_kind, act) => {
    const { batchId, entries } = await batchWith('rejected');
    await concludeBatch(knex, { batchId });
    expect(await act(batchId, entries.rejected.receivableId, action())).toMatchObject({
      refused: 'comunicacaoEncerrada',
    });
    expect(await act('nenhuma', 1, action())).toMatchObject({ refused: 'comunicacaoDesconhecida' });
  });

  test('an action id of another action, or of another batch, is refused', async () => {
    const { batchId } = await batchWith('pending');
    const other = await batchWith('pending');
    const ids = action();
    await pause(knex, { ...ids, batchId });
    expect(await resume(knex, { ...ids, batchId })).toMatchObject({ refused: 'acaoRepetida' });
    expect(await pause(knex, { ...ids, batchId: other.batchId })).toMatchObject({ refused: 'acaoRepetida' });
    expect(await knex('batch').where({ id: other.batchId }).first('paused')).toEqual({ paused: false });
  });

  test('an action id for other títulos, or for another reason, is refused and changes nothing', async () => {
    const { batchId, entries } = await batchWith('rejected', 'deferred');
    const request = { ...action(), batchId, reasonCode: 'cliente-cancelou' };
    const [first, second] = [entries.rejected.receivableId, entries.deferred.receivableId];
    const done = await discard(knex, { ...request, receivableIds: [first] });
    expect(await discard(knex, { ...request, receivableIds: [first] })).toEqual(done);
    for (const other of [
      { ...request, receivableIds: [second] },
      { ...request, receivableIds: [first], reasonCode: 'outro' },
    ])
      expect(await discard(knex, other)).toMatchObject({ refused: 'acaoRepetida' });
    expect(await knex('batch_item').where({ batch_id: batchId, receivable_id: second }).first('state')).toEqual({
      state: 'deferred',
    });
  });

  test('repeated after the batch ended, it still answers what it did', async () => {
    const { batchId } = await batchWith('rejected');
    const ids = action();
    const first = await beginConclusion(knex, { ...ids, batchId });
    await concludeBatch(knex, { batchId });
    expect(await beginConclusion(knex, { ...ids, batchId })).toEqual(first);
  });
});
