import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { createTestDatabase } from '../kit/database';
import {
  createAccount,
  createApiToken,
  createAttempt,
  createBatch,
  createBoleto,
  createCarteira,
  createCustomer,
  createDelivery,
  createItem,
  createLook,
  createReceivable,
  createUser,
  createWebhook,
} from '../kit/record';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());

/** One título of a batch, with its boleto and an unresolved attempt. */
async function world() {
  const carteira = await createCarteira(knex);
  const accountId = carteira.accountId as number;
  const receivableId = await createReceivable(knex, carteira);
  const batchId = await createBatch(knex, carteira.id);
  const ordinal = await createItem(knex, batchId, receivableId);
  const boletoId = await createBoleto(knex, receivableId, accountId, {
    own_reference: 'A',
    our_number: '1',
    bank_id: 'X',
  });
  const item = { batchId, ordinal, receivableId };
  const attemptId = await createAttempt(knex, boletoId, item);
  return { carteira, accountId, receivableId, batchId, ordinal, boletoId, item, attemptId };
}
type World = Awaited<ReturnType<typeof world>>;

let reviews = 0;
async function createReview(w: World, columns: object = {}): Promise<string> {
  reviews += 1;
  const row = {
    ...{
      id: `conferencia-${reviews}`,
      carteira_id: w.carteira.id,
      gateway: 'banco-do-brasil',
      account_id: w.accountId,
    },
    ...{
      convenio: String(w.receivableId),
      from_day: '2026-01-01',
      to_day: '2026-01-31',
      requested_by: 'op',
      ...columns,
    },
  };
  await knex('bank_review').insert(row);
  return row.id;
}
async function createFinding(w: World, columns: object): Promise<void> {
  const review_id = await createReview(w);
  const row = { review_id, number: '1', convenio: '3128557', source: 'list', kind: 'foreign' };
  await knex('bank_review_finding').insert({ ...row, ...columns });
}

const another = (w: World) => createReceivable(knex, w.carteira);

const guardRule = (w: World) => ({
  ...{ carteira_id: w.carteira.id, days_before: 3, from_hour: 8, to_hour: 18, business_days: true, updated_by: 'adm' },
});
const guardRun = (w: World) => ({ carteira_id: w.carteira.id, day: '2030-03-11', slot: 1, started_at: knex.fn.now() });

/** Each rule of the record by the name PostgreSQL knows it by, and something that breaks it. */
const discountColumns = [
  ...['discount_cents', 'discount_days'],
  ...['discount2_percent', 'discount2_cents', 'discount2_days'],
  ...['discount3_percent', 'discount3_cents', 'discount3_days'],
];

const rules: [rule: string, meaning: string, breakIt: (w: World) => Promise<unknown>][] = [
  [
    'guard_rule_hours',
    'a guard has hours',
    (w) => knex('guard_rule').insert({ ...guardRule(w), from_hour: 18, to_hour: 18 }),
  ],
  [
    'guard_rule_days',
    'a guard communicates before vencimento, and not months ahead',
    (w) => knex('guard_rule').insert({ ...guardRule(w), days_before: 61 }),
  ],
  [
    'guard_run_pkey',
    'the run of a day is one',
    async (w) => {
      await knex('guard_run').insert({ ...guardRun(w), finished_at: knex.fn.now(), result: 'nothing' });
      await knex('guard_run').insert(guardRun(w));
    },
  ],
  [
    'guard_run_one_open',
    'a guard does one thing at a time',
    async (w) => {
      await knex('guard_run').insert(guardRun(w));
      await knex('guard_run').insert({ ...guardRun(w), slot: 2 });
    },
  ],
  [
    'guard_run_by_batch',
    'a batch is of one run',
    async (w) => {
      const ended = { batch_id: w.batchId, finished_at: knex.fn.now(), result: 'registered' };
      await knex('guard_run').insert({ ...guardRun(w), ...ended });
      await knex('guard_run').insert({ ...guardRun(w), ...ended, slot: 2 });
    },
  ],
  [
    'guard_run_result_has_an_end',
    'a run that has not ended has no result',
    (w) => knex('guard_run').insert({ ...guardRun(w), result: 'missed' }),
  ],
  [
    'guard_run_result_check',
    'a result is one that people are told in words',
    (w) => knex('guard_run').insert({ ...guardRun(w), finished_at: knex.fn.now(), result: 'other' }),
  ],
  ['guard_run_slot_check', 'runs of a day count from 1', (w) => knex('guard_run').insert({ ...guardRun(w), slot: 0 })],
  [
    'holiday_name_check',
    'a holiday has a name',
    () => knex('holiday').insert({ day: '2030-03-20', name: '', created_by: 'adm' }),
  ],
  [
    'holiday_once',
    'a day is a holiday of a filial once',
    async (w) => {
      const holiday = { day: '2030-03-19', name: 'São José', filial_id: w.carteira.filialId, created_by: 'adm' };
      await knex('holiday').insert([holiday, holiday]);
    },
  ],
  [
    'boleto_one_current_per_receivable',
    'a título has one current boleto',
    (w) => createBoleto(knex, w.receivableId, w.accountId),
  ],
  [
    'boleto_own_reference',
    'seuNumero is unique in its numbering space',
    async (w) => createBoleto(knex, await another(w), w.accountId, { own_reference: 'A' }),
  ],
  [
    'boleto_our_number',
    'nosso número is unique in its numbering space',
    async (w) => createBoleto(knex, await another(w), w.accountId, { our_number: '1' }),
  ],
  [
    'boleto_bank_id',
    "the bank's id is unique in the account, whatever the convênio",
    async (w) => createBoleto(knex, await another(w), w.accountId, { bank_id: 'X', convenio: '9999999' }),
  ],
  [
    'boleto_registered_is_complete',
    'a registered boleto can be paid',
    (w) => knex('boleto').where({ id: w.boletoId }).update({ state: 'registered' }),
  ],
  [
    'boleto_divergent_is_not_registered',
    'wrong codes register nothing outside of homologação',
    (w) => createBoleto(knex, w.receivableId, w.accountId, { state: 'registered', divergence: ['pix'] }),
  ],
  [
    'boleto_divergence_check',
    'no divergence is null, never an empty list',
    (w) => knex('boleto').where({ id: w.boletoId }).update({ divergence: [] }),
  ],
  [
    'boleto_state_check',
    'a boleto is in a known state',
    (w) => createBoleto(knex, w.receivableId, w.accountId, { state: 'sent' }),
  ],
  [
    'batch_item_one_live_per_receivable',
    'a título is live in one batch',
    async (w) => createItem(knex, await createBatch(knex, w.carteira.id), w.receivableId),
  ],
  [
    'batch_item_batch_id_receivable_id_key',
    'a título is once in a batch, also when it ended there',
    async (w) => {
      await knex('batch_item').where({ batch_id: w.batchId }).update({ closed_at: knex.fn.now(), due_at: null });
      await createItem(knex, w.batchId, w.receivableId);
    },
  ],
  [
    'batch_item_pkey',
    'an ordinal stands once',
    async (w) => createItem(knex, w.batchId, await another(w), { ordinal: w.ordinal }),
  ],
  [
    'batch_item_ordinal_check',
    'ordinals begin at 1',
    async (w) => createItem(knex, w.batchId, await another(w), { ordinal: 0 }),
  ],
  [
    'batch_item_closed_is_not_due',
    'what has ended is nobody’s to move',
    (w) => knex('batch_item').where({ batch_id: w.batchId }).update({ closed_at: knex.fn.now() }),
  ],
  [
    'batch_item_state_check',
    'an item is in a known state',
    (w) => knex('batch_item').where({ batch_id: w.batchId }).update({ state: 'ok' }),
  ],
  [
    'attempt_one_unresolved_per_boleto',
    'nothing else leaves while a call has no known end',
    (w) => createAttempt(knex, w.boletoId, w.item),
  ],
  [
    'attempt_resolution_has_an_instant',
    'a resolution has its instant',
    (w) => knex('attempt').where({ id: w.attemptId }).update({ resolution: 'absent' }),
  ],
  [
    'attempt_doubt',
    'what a refusal may be about is known',
    (w) => knex('attempt').where({ id: w.attemptId }).update({ doubt: 'gone' }),
  ],
  [
    'attempt_resolution_check',
    'a resolution is a known one',
    (w) => knex('attempt').where({ id: w.attemptId }).update({ resolution: 'gone', resolved_at: knex.fn.now() }),
  ],
  [
    'attempt_batch_id_ordinal_fkey',
    'an attempt belongs to an item',
    (w) => createAttempt(knex, w.boletoId, { ...w.item, ordinal: 99 }, { resolution: 'absent' }),
  ],
  ['look_answer_check', 'a look has a known answer', (w) => createLook(knex, w, { answer: 'maybe' })],
  ['look_evidence_check', 'a look is known evidence', (w) => createLook(knex, w, { evidence: 'maybe' })],
  [
    'batch_id_check',
    'a batch id fits a workflow id and an address',
    (w) => createBatch(knex, w.carteira.id, { id: '-x y' }),
  ],
  [
    'carteira_agency_check',
    'an agência is digits alone',
    (w) => knex('carteira').where({ id: w.carteira.id }).update({ agency: '0452' }),
  ],
  [
    'carteira_bank_account_check',
    'a conta is digits alone',
    (w) => knex('carteira').where({ id: w.carteira.id }).update({ bank_account: '123873-5' }),
  ],
  [
    'bank_review_id_check',
    'the id of a review fits a workflow id and an address',
    (w) => createReview(w, { id: '-x y' }),
  ],
  ['bank_review_state_check', 'a review is in a known state', (w) => createReview(w, { state: 'lost' })],
  ['bank_review_period', 'a period ends after it began', (w) => createReview(w, { to_day: '2025-12-31' })],
  ['bank_review_end', 'a review that has ended has its instant', (w) => createReview(w, { state: 'done' })],
  [
    'bank_review_one_open',
    'one review at a time for each numbering',
    async (w) => {
      await createReview(w);
      await createReview(w);
    },
  ],
  ['bank_review_carteira_id_fkey', 'a review is of a carteira', (w) => createReview(w, { carteira_id: 1 })],
  ['bank_review_account_id_fkey', 'a review is made with an account', (w) => createReview(w, { account_id: 999_999 })],
  [
    'bank_review_finding_pkey',
    'a review meets a boleto once',
    async (w) => {
      const row = {
        review_id: await createReview(w),
        number: '1',
        convenio: '3128557',
        source: 'list',
        kind: 'foreign',
      };
      await knex('bank_review_finding').insert([row, row]);
    },
  ],
  ['bank_review_finding_kind_check', 'a finding is of a known kind', (w) => createFinding(w, { kind: 'odd' })],
  ['bank_review_finding_source_check', 'a finding has a known source', (w) => createFinding(w, { source: 'rumour' })],
  [
    'bank_review_finding_review_id_fkey',
    'a finding belongs to a review',
    (w) => createFinding(w, { review_id: 'nenhuma' }),
  ],
  [
    'bank_review_finding_receivable_id_fkey',
    'a finding is about a título that exists',
    (w) => createFinding(w, { receivable_id: 1 }),
  ],
  ['batch_phase_check', 'a batch is in a known phase', (w) => createBatch(knex, w.carteira.id, { phase: 'done' })],
  ['batch_carteira_id_fkey', 'a batch is for a carteira that exists', () => createBatch(knex, 1)],
  [
    'batch_left_out_pkey',
    'a título is left out once',
    async (w) => {
      const row = { batch_id: w.batchId, receivable_id: w.receivableId, reason: 'paid' };
      await knex('batch_left_out').insert([row, row]);
    },
  ],
  [
    'operator_action_pkey',
    'an action id stands for one action',
    async (w) => {
      const row = { action_id: 'twice', batch_id: w.batchId, kind: 'pause', requested_by: 'op', result: '{}' };
      await knex('operator_action').insert([row, row]);
    },
  ],
  [
    'action_request_pkey',
    'an action id is asked with once',
    async (w) => {
      const row = { action_id: 'asked', batch_id: w.batchId, kind: 'pause', requested_by: 'u-1' };
      await knex('action_request').insert([row, row]);
    },
  ],
  [
    'action_request_batch_id_fkey',
    'an action is asked of a batch of the record',
    () => knex('action_request').insert({ action_id: 'x', batch_id: 'nenhuma', kind: 'pause', requested_by: 'u-1' }),
  ],
  [
    'action_request_kind',
    'only actions are asked for',
    (w) => knex('action_request').insert({ action_id: 'x', batch_id: w.batchId, kind: 'outra', requested_by: 'u-1' }),
  ],
  [
    'action_request_is_of_somebody',
    'whom nobody knows asks for nothing',
    (w) =>
      knex('action_request').insert({ action_id: 'x', batch_id: w.batchId, kind: 'pause', requested_by: 'temporal' }),
  ],
  [
    'operator_login_id',
    'a login of the command line has an opaque id',
    () => knex('operator_login').insert({ id: 'maria', login: 'maria' }),
  ],
  [
    'operator_login_login_key',
    'a login has one id',
    () =>
      knex('operator_login').insert([
        { id: 'cli-00000001', login: 'maria' },
        { id: 'cli-00000002', login: 'maria' },
      ]),
  ],
  [
    'alert_once_a_day',
    'an alert is raised once a day',
    async (w) => {
      const row = { batch_id: w.batchId, kind: 'dueDate', day: '2030-01-01', message: 'm' };
      await knex('alert').insert([row, row]);
    },
  ],
  [
    'alert_once_a_day',
    'an alert of a carteira is raised once a day',
    async (w) => {
      const row = { carteira_id: w.carteira.id, kind: 'dueDate', day: '2030-01-01', message: 'm', counts: '[]' };
      await knex('alert').insert([row, row]);
    },
  ],
  [
    'alert_about_one_thing',
    'an alert is about a batch or a carteira',
    (w) =>
      knex('alert').insert({
        ...{ batch_id: w.batchId, carteira_id: w.carteira.id, kind: 'dueDate', day: '2030-01-01', message: 'm' },
      }),
  ],
  [
    'alert_carteira_id_fkey',
    'an alert is of a carteira that exists',
    () => knex('alert').insert({ carteira_id: 1, kind: 'config', day: '2030-01-01', message: 'm' }),
  ],
  [
    'receivable_status_check',
    'a título has a known status',
    (w) => createReceivable(knex, w.carteira, { status: 'X' }),
  ],
  [
    'receivable_amount_cents_check',
    'an amount is not negative',
    (w) => createReceivable(knex, w.carteira, { amount_cents: -1, open_amount_cents: 0 }),
  ],
  [
    'receivable_open_amount_cents_check',
    'an open amount is not negative',
    (w) => createReceivable(knex, w.carteira, { open_amount_cents: -1 }),
  ],
  [
    'receivable_contract_kind_check',
    'a contract is of a known kind',
    (w) => createReceivable(knex, w.carteira, { contract_kind: 'x' }),
  ],
  [
    'receivable_customer_id_fkey',
    'a título has a customer',
    (w) => createReceivable(knex, w.carteira, { customer_id: 1 }),
  ],
  ['receivable_carteira_id_fkey', 'a título has a carteira', (w) => createReceivable(knex, { ...w.carteira, id: 1 })],
  ['receivable_filial_id_fkey', 'a título has a filial', (w) => createReceivable(knex, { ...w.carteira, filialId: 1 })],
  [
    'customer_person_type_check',
    'a customer is a person or a company',
    () => createCustomer(knex, { person_type: 'X' }),
  ],
  [
    'carteira_timeout_seconds_check',
    'a timeout is 1 to 300 seconds',
    () => createCarteira(knex, { timeout_seconds: 0 }),
  ],
  [
    'carteira_address_source_check',
    'an address has a known source',
    () => createCarteira(knex, { address_source: 'x' }),
  ],
  ['carteira_interest_percent_check', 'interest is not negative', () => createCarteira(knex, { interest_percent: -1 })],
  ...['daily_interest_cents', 'fine_cents', 'grace_days', ...discountColumns].map(
    (column) =>
      [
        `carteira_${column}_check`,
        'no term is negative',
        () => createCarteira(knex, { [column]: -1 }),
      ] satisfies (typeof rules)[number],
  ),
  ...[
    ...['interest_percent', 'daily_interest_cents', 'fine_percent', 'fine_cents', 'grace_days', 'discount_percent'],
    ...[...discountColumns, 'write_off_days'],
  ].map(
    (column) =>
      [
        `receivable_${column}_check`,
        'no term of a título is negative',
        (w: World) =>
          knex('receivable')
            .where({ id: w.receivableId })
            .update({ [column]: -1 })
            .then(),
      ] satisfies (typeof rules)[number],
  ),
  ['carteira_fine_percent_check', 'a fine is not negative', () => createCarteira(knex, { fine_percent: -1 })],
  [
    'carteira_discount_percent_check',
    'a discount is not negative',
    () => createCarteira(knex, { discount_percent: -1 }),
  ],
  [
    'carteira_write_off_days_check',
    'write-off days are not negative',
    () => createCarteira(knex, { write_off_days: -1 }),
  ],
  [
    'gateway_account_gateway_base_url_credential_fingerprint_key',
    'an account is known once',
    async () => {
      await createAccount(knex, { credential_fingerprint: 'same' });
      await createAccount(knex, { credential_fingerprint: 'same' });
    },
  ],
  ['gateway_limit_pkey', 'a route class has one allowance', (w) => limits(w, {}, {})],
  ['gateway_limit_calls_check', 'an allowance is positive', (w) => limits(w, { calls: 0 })],
  ['gateway_limit_window_ms_check', 'a window is positive', (w) => limits(w, { window_ms: 0 })],
  ['gateway_limit_route_class_check', 'a route class has a short name', (w) => limits(w, { route_class: 'not one' })],
  ['gateway_quota_use_pkey', 'what was used of a quota is counted once a slot', (w) => quotaUse(w, {}, {})],
  ['gateway_quota_use_calls_check', 'nobody used less than nothing of a quota', (w) => quotaUse(w, { calls: -1 })],
  [
    'numbering_space_pkey',
    'a convênio of a bank has one row of numbers',
    async () => {
      const row = { gateway: 'banco-do-brasil', convenio: '1' };
      await knex('numbering_space').insert([row, row]);
    },
  ],
  [
    'numbering_space_next_number_check',
    'numbers begin at 1',
    () => knex('numbering_space').insert({ gateway: 'banco-do-brasil', convenio: '2', next_number: 0 }),
  ],
  [
    'numbering_space_behind_check',
    'a numbering is behind for a known reason',
    () => knex('numbering_space').insert({ gateway: 'banco-do-brasil', convenio: '3', behind: 'lost' }),
  ],
  [
    'boleto_watched_is_given_up',
    'only a number that was given up is watched',
    (w) => knex('boleto').where({ id: w.boletoId }).update({ watch_at: knex.fn.now() }),
  ],
  [
    'look_is_about_a_boleto',
    'a look belongs to an attempt and its boleto, or to neither',
    async (w) =>
      knex('look')
        .where({ id: await createLook(knex, w) })
        .update({ attempt_id: null }),
  ],
  ['app_user_id_check', 'an id of a person tells nothing of the person', () => createUser(knex, { id: 'maria.silva' })],
  ['app_user_login_check', 'a login is in small letters', () => createUser(knex, { login: 'Maria' })],
  ['app_user_role_check', 'a person has a known role', () => createUser(knex, { role: 'chefe' })],
  [
    'app_user_login_key',
    'a login is one person’s',
    async () => {
      await createUser(knex, { login: 'a.mesma' });
      await createUser(knex, { login: 'a.mesma' });
    },
  ],
  [
    'app_user_oidc_subject_check',
    'a subject of a provider is somebody’s',
    () => createUser(knex, { oidc_subject: 'https://provedor.invalid ' }),
  ],
  [
    'app_user_oidc_subject_key',
    'a subject of the provider is one person',
    async () => {
      await createUser(knex, { oidc_subject: 'https://provedor.invalid 1' });
      await createUser(knex, { oidc_subject: 'https://provedor.invalid 1' });
    },
  ],
  ['webhook_id_check', 'an id of a webhook is of its form', () => createWebhook(knex, { id: 'erp' })],
  ['webhook_events_check', 'a webhook is told something', () => createWebhook(knex, { events: [] })],
  ['webhook_filiais_check', 'a webhook is of some filial, or of all', () => createWebhook(knex, { filiais: [] })],
  [
    'webhook_delivery_state_check',
    'a delivery waits, arrived or was given up',
    async () => createDelivery(knex, await createWebhook(knex), { state: 'x' }),
  ],
  ['app_session_user_id_fkey', 'a session is of a person', () => session({ user_id: 'u-000000000000' })],
  [
    'app_session_pkey',
    'a cookie is of one session',
    async () => {
      const user_id = await createUser(knex);
      await session({ user_id, token_hash: Buffer.from('a cookie') });
      await session({ user_id, token_hash: Buffer.from('a cookie') });
    },
  ],
  ['api_token_id_check', 'an id of a token tells nothing of it', () => createApiToken(knex, { id: 'erp' })],
  ['api_token_role_check', 'a token has a known role', () => createApiToken(knex, { role: 'chefe' })],
  ['api_token_created_by_fkey', 'a person answers for a token', () => createApiToken(knex, { created_by: 'u-0' })],
  [
    'api_token_token_hash_key',
    'a secret is of one token',
    async () => {
      await createApiToken(knex, { token_hash: Buffer.from('a secret') });
      await createApiToken(knex, { token_hash: Buffer.from('a secret') });
    },
  ],
  [
    'saved_filter_owner_name_key',
    'a person keeps one set of filters under a name',
    async (w) => {
      const row = { owner: 'u-000000000000', name: 'o mesmo', carteira_id: w.carteira.id, filters: '{}' };
      await knex('saved_filter').insert([row, row]);
    },
  ],
  [
    'correction_row_undo_check',
    'undoing a correction has a known end',
    async (w) => {
      const correction = { batch_id: w.batchId, actor: 'u-000000000000', changes: '{}' };
      const [made] = await knex('correction').insert(correction).returning<{ id: number }[]>('id');
      const { customer_id } = await knex('receivable').where({ id: w.receivableId }).first('customer_id');
      const row = { correction_id: made?.id, receivable_id: w.receivableId, customer_id, before: '{}', after: '{}' };
      await knex('correction_row').insert({ ...row, undo: 'maybe' });
    },
  ],
  [
    'correction_basis_entity_check',
    'a proposal is about a título or a customer',
    (w) => proposal(w, { entity: 'filial' }),
  ],
  [
    'correction_basis_end_reason_check',
    'a proposal has a known end',
    (w) => proposal(w, { ended_at: knex.fn.now(), end_reason: 'x' }),
  ],
  ['correction_basis_end', 'what ended has an instant', (w) => proposal(w, { end_reason: 'undone' })],
  ['correction_basis_conflict', 'a conflict came from somebody', (w) => proposal(w, { conflict_value: '"C"' })],
  ['correction_basis_proposes', 'a proposal is another value', (w) => proposal(w, { value: '"A"' })],
  [
    'correction_basis_one_live',
    'a field has one live proposal',
    async (w) => {
      await proposal(w, {});
      await proposal(w, {});
    },
  ],
  ['bank_work_kind_check', 'work at the bank is of a known kind', (w) => work(w, { kind: 'x' })],
  ['bank_work_origin_check', 'work at the bank comes from somewhere known', (w) => work(w, { origin: 'x' })],
  ['bank_work_fields_check', 'work at the bank is about something', (w) => work(w, { fields: '{}' })],
  [
    'bank_work_close_reason_check',
    'work at the bank ends for a known reason',
    (w) => work(w, { closed_at: knex.fn.now(), close_reason: 'x' }),
  ],
  ['bank_work_end', 'work at the bank that ended has an instant', (w) => work(w, { close_reason: 'done' })],
  [
    'bank_work_one_open',
    'a boleto has one open piece of work of a kind',
    async (w) => {
      await work(w, {});
      await work(w, {});
    },
  ],
  ...(['filial', 'carteira', 'customer', 'receivable'] as const).flatMap((table): typeof rules => [
    [
      `${table}_erp_key`,
      'a key is no empty text',
      (w) =>
        knex(table)
          .where({ id: ofTable(w, table) })
          .update({ erp_key: '' }),
    ],
    [
      `${table}_by_erp_key`,
      'a key is one row’s',
      async (w) => {
        const other = await world();
        for (const each of [w, other])
          await knex(table)
            .where({ id: ofTable(each, table) })
            .update({ erp_key: `chave-${w.receivableId}` });
      },
    ],
  ]),
  [
    'pix_fetch_tries_check',
    'tries are counted from 0',
    (w) => knex('pix_fetch').insert({ boleto_id: w.boletoId, tries: -1 }),
  ],
  [
    'pix_fetch_refusals_check',
    'refusals are counted from 0',
    (w) => knex('pix_fetch').insert({ boleto_id: w.boletoId, refusals: -1 }),
  ],
  [
    'result_feed_position_key',
    'a place is one título’s',
    () =>
      knex('result_feed').insert(
        [1, 2].map((id) => ({ receivable_id: -id, position: 1e12, changed_at: knex.fn.now() })),
      ),
  ],
  [
    'webhook_check',
    'a webhook of a token is of some filiais',
    async () => createWebhook(knex, { token_id: await createApiToken(knex), filiais: null }),
  ],
  ['import_run_id', 'an import has an id that is one', () => run({ id: 'a b' })],
  ['import_run_source', 'an import comes from somewhere known', () => run({ source: 'x' })],
  [
    'import_run_state',
    'an import is in a known state',
    () => run({ state: 'x', ended_at: knex.fn.now(), result: '{}' }),
  ],
  ['import_run_end', 'an import that ended has an instant and a result', () => run({ state: 'imported' })],
  [
    'import_problem_kind',
    'a problem is of a known kind',
    async () => {
      await run({ id: 'problema-1' });
      await knex('import_problem').insert({
        import_id: 'problema-1',
        number: 1,
        line: 1,
        code: 'x',
        message: 'x',
        kind: 'x',
      });
    },
  ],
  ['import_request_id_check', 'an import over HTTP has an id of ours', () => request({ id: 'x' })],
  ['import_request_format_check', 'rows come in a known form', () => request({ format: 'xml' })],
  ['import_request_type_check', 'a CSV is of a known type', () => request({ type: 'x' })],
  [
    'import_request_sha256_check',
    'a body has its SHA-256',
    () => request({ state: 'waiting', sha256: Buffer.from('x') }),
  ],
  [
    'import_request_state_check',
    'an import over HTTP is in a known state',
    () => request({ state: 'x', sha256: Buffer.alloc(32) }),
  ],
  ['import_request_whole', 'what waits is whole', () => request({ state: 'waiting' })],
  ['import_request_end', 'what is done has an instant', () => request({ state: 'done', sha256: Buffer.alloc(32) })],
  [
    'import_request_result',
    'what ended says how',
    () => request({ state: 'done', sha256: Buffer.alloc(32), finished_at: knex.fn.now() }),
  ],
  [
    'import_request_one_a_key',
    'a key is one import’s',
    async () => {
      for (const id of ['i-00000000000000a1', 'i-00000000000000a2'])
        await request({ id, idempotency_key: 'a mesma', state: 'waiting', sha256: Buffer.alloc(32) });
    },
  ],
  [
    'import_body_ordinal_check',
    'pieces are counted from 0',
    async () => {
      await request({ id: 'i-00000000000000b1' });
      await knex('import_body').insert({ import_id: 'i-00000000000000b1', ordinal: -1, bytes: Buffer.from('x') });
    },
  ],
];

function proposal(w: World, columns: Record<string, unknown>): Promise<unknown> {
  const row = { entity: 'receivable', row_id: w.receivableId, column_name: 'document', basis: '"A"', value: '"B"' };
  return knex('correction_basis')
    .insert({ ...row, by: 'op', receivable_id: w.receivableId, ...columns })
    .then();
}

function work(w: World, columns: Record<string, unknown>): Promise<unknown> {
  const row = { boleto_id: w.boletoId, receivable_id: w.receivableId, kind: 'alter', origin: 'import' };
  return knex('bank_work')
    .insert({ ...row, fields: '{"razao": {}}', ...columns })
    .then();
}

function ofTable(w: World, table: 'filial' | 'carteira' | 'customer' | 'receivable') {
  const of = knex('receivable').where({ id: w.receivableId });
  const ids = { filial: 'filial_id', carteira: 'carteira_id', customer: 'customer_id', receivable: 'id' } as const;
  return of.select(ids[table]);
}

function run(columns: Record<string, unknown>): Promise<unknown> {
  return knex('import_run')
    .insert({ id: 'importacao-1', by: 'op', source: 'cli', ...columns })
    .then();
}

function request(columns: Record<string, unknown>): Promise<unknown> {
  const row = { id: 'i-0000000000000000', requested_by: 'op', idempotency_key: 'chave', format: 'jsonl' };
  return knex('import_request')
    .insert({ ...row, all_or_nothing: false, ...columns })
    .then();
}

function session(columns: Record<string, unknown>): Promise<unknown> {
  const row = { token_hash: randomBytes(32), csrf_token: 'x', expires_at: knex.fn.now(), ...columns };
  return knex('app_session').insert(row).then();
}

function limits(w: World, ...columns: Record<string, unknown>[]): Promise<unknown> {
  const rows = columns.map((row) => ({ account_id: w.accountId, route_class: 'read', calls: 1, window_ms: 1, ...row }));
  return knex('gateway_limit').insert(rows).then();
}

async function quotaUse(w: World, ...columns: Record<string, unknown>[]): Promise<unknown> {
  await limits(w, {});
  const slot = '2030-01-01T03:00:00Z';
  return knex('gateway_quota_use').insert(
    columns.map((row) => ({ account_id: w.accountId, route_class: 'read', slot, calls: 1, ...row })),
  );
}

describe('the record refuses what breaks a rule', () => {
  test.each(rules)('%s: %s', async (rule, _meaning, breakIt) => {
    const before = await world();
    await expect(breakIt(before)).rejects.toMatchObject({ constraint: rule });
  });

  test('every check and unique index of the migrations is in the table above', async () => {
    const { rows } = await knex.raw<{ rows: { name: string }[] }>(
      `select conname as name from pg_constraint c join pg_class t on t.oid = c.conrelid
       where c.connamespace = 'public'::regnamespace and contype in ('c', 'u') and t.relname not like 'knex%'
       union
       select indexrelid::regclass::text from pg_index i join pg_class t on t.oid = i.indrelid
       where t.relnamespace = 'public'::regnamespace and indisunique and not indisprimary and t.relname not like 'knex%'`,
    );
    const broken = new Set(rules.map(([rule]) => rule));
    expect(rows.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });
});

describe('the audit', () => {
  const written = () => knex('audit_entry').orderBy('id');

  test.each([
    ['changed', (table: string) => knex.raw(`update ${table} set actor = 'outra pessoa'`)],
    ['deleted', (table: string) => knex.raw(`delete from ${table}`)],
    ['deleted where nothing is', (table: string) => knex.raw(`delete from ${table} where false`)],
    ['emptied', (table: string) => knex.raw(`truncate ${table}`)],
    [
      'changed by a replica',
      (table: string) =>
        knex.transaction(async (trx) => {
          await trx.raw('set local session_replication_role = replica');
          await trx.raw(`delete from ${table}`);
        }),
    ],
  ])('is only ever added to, also by the owner of the tables: it is not %s', async (_what, change) => {
    await knex('audit_entry').insert({ actor: 'u-1', action: 'x', entity: 'batch', entity_id: 'lote' });
    const before = await written();
    await expect(change('audit_entry')).rejects.toMatchObject({
      constraint: 'audit_entry_unchangeable',
      code: '42501',
    });
    expect(await written()).toEqual(before);
  });
});

describe('what a rule leaves possible', () => {
  test('a título gets another boleto once its first is superseded', async () => {
    const { boletoId, receivableId, accountId } = await world();
    await knex('boleto').where({ id: boletoId }).update({ state: 'superseded' });
    await expect(createBoleto(knex, receivableId, accountId, { generation: 2 })).resolves.toBeGreaterThan(0);
  });

  test('two accounts may use the same numbers', async () => {
    const w = await world();
    const otherAccount = await createAccount(knex);
    const columns = { own_reference: 'A', our_number: '1', bank_id: 'X' };
    await expect(createBoleto(knex, await another(w), otherAccount, columns)).resolves.toBeGreaterThan(0);
  });

  test('a título that ended in one batch is live in the next', async () => {
    const { batchId, receivableId, carteira } = await world();
    await knex('batch_item').where({ batch_id: batchId }).update({ closed_at: knex.fn.now(), due_at: null });
    await expect(createItem(knex, await createBatch(knex, carteira.id), receivableId)).resolves.toBe(1);
  });
});

describe('the version of a título', () => {
  const versionOf = async (id: number) => (await knex('receivable').where({ id }).first('version')).version as number;

  test('grows with what the bank is sent, of the título and of its customer', async () => {
    const { receivableId } = await world();
    await knex('receivable').where({ id: receivableId }).update({ due_date: '2030-03-01' });
    expect(await versionOf(receivableId)).toBe(2);
    const { customer_id: id } = await knex('receivable').where({ id: receivableId }).first('customer_id');
    await knex('customer').where({ id }).update({ cep: '20040002' });
    expect(await versionOf(receivableId)).toBe(3);
  });

  test('stays when nothing that the bank is sent changed', async () => {
    const { receivableId } = await world();
    await knex('receivable').where({ id: receivableId }).update({ impresso: true, lote: 'x' });
    const { customer_id: id } = await knex('receivable').where({ id: receivableId }).first('customer_id');
    await knex('customer').where({ id }).update({ email: 'alguem@exemplo.invalid' });
    expect(await versionOf(receivableId)).toBe(1);
  });
});
