import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { saoPauloDate } from '../../domain/kinds/dates';
import { accountPlace, type Sealer } from '../../domain/account/sealedPlaces';

/**
 * Rows for tests. Every builder takes the columns that matter to the test and invents the rest;
 * ids grow within one process, so that rows of two tests in one database never meet.
 */
let lastId = 1_000;
function nextId(): number {
  lastId += 1;
  return lastId;
}

type Columns = Record<string, unknown>;

async function insert<T>(knex: Knex, table: string, row: Columns, returning: string): Promise<T> {
  const [stored]: Record<string, T>[] = await knex(table).insert(row).returning(returning);
  return stored?.[returning] as T;
}

export async function createFilial(knex: Knex, columns: Columns = {}): Promise<number> {
  return insert(
    knex,
    'filial',
    { id: nextId(), name: 'Provedor Inventado', document: '11222333000181', ...columns },
    'id',
  );
}

export async function createAccount(knex: Knex, columns: Columns = {}): Promise<number> {
  return insert(
    knex,
    'gateway_account',
    {
      gateway: 'banco-do-brasil',
      base_url: 'http://127.0.0.1:1',
      auth_url: 'http://127.0.0.1:1/oauth/token',
      credential_fingerprint: randomUUID(),
      credentials: Buffer.from('sealed'),
      ...columns,
    },
    'id',
  );
}

/** Columns of an account that can be opened: its credentials, sealed for these addresses. */
export function sealedAccount(
  box: Sealer,
  { baseUrl, authUrl }: { baseUrl: string; authUrl: string },
  credentials: object,
  fingerprint: string = randomUUID(),
  gateway = 'banco-do-brasil',
): Columns {
  const identity = { gateway, baseUrl, authUrl, fingerprint };
  return {
    gateway,
    ...{ base_url: baseUrl, auth_url: authUrl, credential_fingerprint: identity.fingerprint },
    credentials: box.seal(JSON.stringify(credentials), accountPlace(identity)),
  };
}

/** As no program of ours may: for tests that count its rows. */
export async function emptyAudit(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table audit_entry disable trigger audit_entry_unchangeable;
    truncate audit_entry restart identity;
    alter table audit_entry enable always trigger audit_entry_unchangeable`);
}

/** A carteira with a filial and, unless `account_id` is given (null = none), a gateway account of its own. */
export async function createCarteira(
  knex: Knex,
  columns: Columns = {},
): Promise<{ id: number; filialId: number; accountId: number | null }> {
  const filialId = (columns['filial_id'] as number | undefined) ?? (await createFilial(knex));
  const accountId =
    columns['account_id'] === undefined ? await createAccount(knex) : (columns['account_id'] as number | null);
  const row = {
    id: nextId(),
    description: 'Carteira de teste',
    gateway: accountId === null ? null : 'banco-do-brasil',
    convenio: accountId === null ? null : '3128557',
    // As a definition leaves it.
    ...(accountId === null ? {} : { code: '17' }),
    ...columns,
    filial_id: filialId,
    account_id: accountId,
  };
  const id = await insert<number>(knex, 'carteira', row, 'id');
  return { id, filialId, accountId };
}

export async function createCustomer(knex: Knex, columns: Columns = {}): Promise<number> {
  return insert(
    knex,
    'customer',
    {
      id: nextId(),
      person_type: 'F',
      name: 'Fulano Inventado de Teste',
      document: '52998224725',
      cep: '01310100',
      street: 'Avenida Inventada',
      number: '100',
      district: 'Centro',
      city: 'São Paulo',
      uf: 'SP',
      ...columns,
    },
    'id',
  );
}

/** An emissão after today, or of long ago, is refused before anything is sent. */
function issuedToday(): string {
  return saoPauloDate(new Date());
}

/** A título that a selection takes: open, released, not communicated. A customer is made unless `customer_id` is given. */
export async function createReceivable(
  knex: Knex,
  carteira: { id: number; filialId: number },
  columns: Columns = {},
): Promise<number> {
  const customerId = columns['customer_id'] ?? (await createCustomer(knex));
  const amount = (columns['amount_cents'] as number | undefined) ?? 9_990;
  return insert(
    knex,
    'receivable',
    {
      id: nextId(),
      filial_id: carteira.filialId,
      carteira_id: carteira.id,
      issue_date: issuedToday(),
      due_date: '2030-02-10',
      open_amount_cents: amount,
      ...columns,
      customer_id: customerId,
      amount_cents: amount,
    },
    'id',
  );
}

/** `count` títulos of one customer, in one statement; their ids in ascending order. */
export async function createReceivables(
  knex: Knex,
  carteira: { id: number; filialId: number },
  count: number,
  columns: Columns = {},
): Promise<number[]> {
  const customerId = columns['customer_id'] ?? (await createCustomer(knex));
  const rows = Array.from({ length: count }, () => ({
    id: nextId(),
    filial_id: carteira.filialId,
    carteira_id: carteira.id,
    issue_date: issuedToday(),
    due_date: '2030-02-10',
    amount_cents: 9_990,
    open_amount_cents: 9_990,
    ...columns,
    customer_id: customerId,
  }));
  await knex.batchInsert('receivable', rows, 500);
  return rows.map((row) => row.id);
}

export async function createBatch(knex: Knex, carteiraId: number, columns: Columns = {}): Promise<string> {
  return insert(
    knex,
    'batch',
    { id: `lote-${nextId()}`, carteira_id: carteiraId, filters: '{}', requested_by: 'operador.1', ...columns },
    'id',
  );
}

/** An item that is due now; give `due_at: null` for one that waits for a person. Its ordinal is the batch's next. */
export async function createItem(
  knex: Knex,
  batchId: string,
  receivableId: number,
  columns: Columns = {},
): Promise<number> {
  return insert(
    knex,
    'batch_item',
    {
      batch_id: batchId,
      receivable_id: receivableId,
      ordinal: knex.raw('(select coalesce(max(ordinal), 0) + 1 from batch_item where batch_id = ?)', [batchId]),
      due_at: knex.raw("clock_timestamp() - interval '1 second'"),
      receivable_version: 1,
      ...columns,
    },
    'ordinal',
  );
}

/** A day as the record counts them: that of São Paulo, which for three hours of a night is not that of UTC. */
export function dayFromToday(knex: Knex, days = 0): Knex.Raw {
  return knex.raw(`(clock_timestamp() at time zone 'America/Sao_Paulo')::date + ?::int`, [days]);
}

export async function createBoleto(
  knex: Knex,
  receivableId: number,
  accountId: number,
  columns: Columns = {},
): Promise<number> {
  const registered = columns['state'] === 'registered';
  return insert(
    knex,
    'boleto',
    {
      receivable_id: receivableId,
      account_id: accountId,
      convenio: '3128557',
      own_reference: `R${nextId()}`,
      ...(registered
        ? { linha_digitavel: '00190000090312855700500000001177187500000009990', registered_at: knex.fn.now() }
        : {}),
      ...columns,
    },
    'id',
  );
}

function snapshotOf(receivableId: number, overrides: Partial<ChargeSnapshot> = {}): ChargeSnapshot {
  return {
    receivableId,
    convenio: '3128557',
    carteira: '17',
    variation: '35',
    ownReference: `R${receivableId}`,
    ourNumber: null,
    issueDate: '2030-01-02' as ChargeSnapshot['issueDate'],
    dueDate: '2030-02-10' as ChargeSnapshot['dueDate'],
    amountCents: 9_990 as ChargeSnapshot['amountCents'],
    especie: 'DM',
    acceptance: false,
    rules: {},
    writeOffDays: null,
    payer: {
      personType: 'F',
      document: '52998224725',
      name: 'Fulano Inventado de Teste',
      street: 'Avenida Inventada 100',
      district: 'Centro',
      city: 'São Paulo',
      uf: 'SP',
      cep: '01310100',
    },
    ...overrides,
  };
}

/** An attempt whose deadline has passed; unresolved unless `resolution` is given. */
export async function createAttempt(
  knex: Knex,
  boletoId: number,
  item: { batchId: string; ordinal: number; receivableId: number },
  columns: Columns = {},
): Promise<string> {
  return insert(
    knex,
    'attempt',
    {
      id: randomUUID(),
      boleto_id: boletoId,
      batch_id: item.batchId,
      ordinal: item.ordinal,
      lease_token: 1,
      receivable_version: 1,
      snapshot: JSON.stringify(snapshotOf(item.receivableId)),
      deadline: knex.raw("clock_timestamp() - interval '1 minute'"),
      ...('resolution' in columns && columns['resolution'] !== null ? { resolved_at: knex.fn.now() } : {}),
      ...columns,
    },
    'id',
  );
}

/** A look at `attemptId`; `found` is stored as JSON. */
export async function createLook(
  knex: Knex,
  look: { attemptId: string; boletoId: number; accountId: number },
  columns: Columns = {},
): Promise<string> {
  return insert(
    knex,
    'look',
    {
      id: randomUUID(),
      attempt_id: look.attemptId,
      boleto_id: look.boletoId,
      account_id: look.accountId,
      identity: `look-${nextId()}`,
      ...columns,
      ...(columns['found'] === undefined ? {} : { found: JSON.stringify(columns['found']) }),
    },
    'id',
  );
}

/** A person of role consulta who sees all filiais and cannot sign in, unless the columns say otherwise. */
export async function createUser(knex: Knex, columns: Columns = {}): Promise<string> {
  const id = `u-${randomBytes(6).toString('hex')}`;
  const row = { id, login: `pessoa-${id}`, name: 'Pessoa Inventada', role: 'consulta', ...columns };
  return insert(knex, 'app_user', row, 'id');
}

/** Valid for a day; of a person who is made unless `created_by` is given. */
export async function createApiToken(knex: Knex, columns: Columns = {}): Promise<string> {
  const row = {
    id: `t-${randomBytes(6).toString('hex')}`,
    token_hash: randomBytes(32),
    name: 'Programa inventado',
    role: 'consulta',
    expires_at: knex.raw("clock_timestamp() + interval '1 day'"),
    ...columns,
    created_by: columns['created_by'] ?? (await createUser(knex, { role: 'administrador' })),
  };
  return insert(knex, 'api_token', row, 'id');
}

/** A webhook that nothing is delivered to, unless `url` says where. */
export async function createWebhook(knex: Knex, columns: Columns = {}): Promise<string> {
  return insert(
    knex,
    'webhook',
    {
      id: `w-${randomBytes(6).toString('hex')}`,
      name: 'ERP inventado',
      url: 'https://erp.invalid/avisos',
      secret: Buffer.from('sealed'),
      events: ['batch.done'],
      created_by: 'u-000000000000',
      ...columns,
    },
    'id',
  );
}

/** A notice that is due now. */
export async function createDelivery(knex: Knex, webhookId: string, columns: Columns = {}): Promise<number> {
  const event_id = `evt_${randomBytes(16).toString('hex')}`;
  await knex('webhook_event').insert({ id: event_id, type: 'batch.done', data: '{"batchId":"lote-1"}' });
  return insert(knex, 'webhook_delivery', { webhook_id: webhookId, event_id, ...columns }, 'id');
}
