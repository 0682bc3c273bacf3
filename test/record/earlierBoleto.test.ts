import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { addBoletoAnteriorCommand } from '../../cli/boletoAnterior';
import { addImportarCommand } from '../../cli/importar';
import { decideEarlierBoleto, type EarlierBoletoDecision } from '../../record/engine/earlierBoleto';
import { readReceivable } from '../../record/receivables/receivables';
import { selectReceivables } from '../../record/engine/selection';
import { runCommand } from '../kit/command';
import { createTestDatabase } from '../kit/database';
import { createBatch, createBoleto, createCarteira, createReceivable } from '../kit/record';

const earlier = { nn_boleto: '90000000042', linha_digitavel: '00190000090312855700500000001177187500000009990' };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
let carteira: Awaited<ReturnType<typeof createCarteira>>;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
  folder = await mkdtemp(join(tmpdir(), 'anterior-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  carteira = await createCarteira(knex);
});

const withEarlier = (registration: object = earlier, columns: object = {}) =>
  createReceivable(knex, carteira, { imported_registration: JSON.stringify(registration), ...columns });
const decide = (receivableId: number, decision: EarlierBoletoDecision['decision'], more: object = {}) =>
  decideEarlierBoleto(knex, { receivableId, decision, reason: 'Baixado no banco de antes', by: 'operador.1', ...more });
const shownOf = async (id: number) => (await readReceivable(knex, id, null))?.earlierBoleto ?? null;

/** What a new communication of the carteira takes now. */
async function taken(): Promise<number> {
  const batchId = await createBatch(knex, carteira.id);
  const selection = await selectReceivables(knex, batchId);
  await knex('batch_item').where({ batch_id: batchId }).update({ closed_at: knex.fn.now(), due_at: null });
  return 'selected' in selection ? selection.selected : NaN;
}

test.each(['nn_boleto', 'linha_digitavel', 'id_cobranca', 'gateway_link', 'pix_txid'])(
  'a título with %s of another system is left out; with nothing but blanks it is not',
  async (field) => {
    await withEarlier({ [field]: 'X1' });
    expect(await taken()).toBe(0);
    await withEarlier({ [field]: ' ' });
    expect(await taken()).toBe(1);
  },
);

test('a person says to register it all the same, and takes it back, each with the reason in the audit', async () => {
  const id = await withEarlier();
  expect(await shownOf(id)).toMatchObject({
    ...{ ourNumber: earlier.nn_boleto, linhaDigitavel: earlier.linha_digitavel, chargeId: null, ignored: false },
  });
  expect((await readReceivable(knex, id, null))?.state).toBe('earlierBoleto');
  expect(await decide(id, 'ignorar')).toMatchObject({ kind: 'decided', earlierBoleto: { ignored: true } });
  expect((await readReceivable(knex, id, null))?.state).toBe('notCommunicated');
  expect(await taken()).toBe(1);
  expect(await decide(id, 'manter')).toMatchObject({ kind: 'decided', earlierBoleto: { ignored: false } });
  expect(await taken()).toBe(0);
  const audit = { action: 'decidirBoletoAnterior', actor: 'operador.1', reason: 'Baixado no banco de antes' };
  expect(
    await knex('audit_entry')
      .where({ entity: 'receivable', entity_id: String(id) })
      .orderBy('id'),
  ).toMatchObject([
    {
      ...audit,
      before: { decision: 'manter' },
      after: { decision: 'ignorar', ourNumber: earlier.nn_boleto, linhaDigitavel: earlier.linha_digitavel },
    },
    { ...audit, before: { decision: 'ignorar' }, after: { decision: 'manter' } },
  ]);
});

test('the decision is about that boleto: an import that brings another one asks anew, the same one does not', async () => {
  const id = await withEarlier();
  const read = await shownOf(id);
  await decide(id, 'ignorar');
  const bring = async (fields: object) => {
    const file = join(folder, 'titulo.jsonl');
    const own = await knex('receivable').where({ id }).first();
    const line = {
      ...{
        type: 'titulo',
        id,
        id_cliente: own.customer_id,
        filial_id: own.filial_id,
        id_carteira_cobranca: carteira.id,
      },
      ...{ documento: own.document, data_emissao: own.issue_date, data_vencimento: own.due_date },
      ...{ valor: '99,90', status: 'A', ...fields },
    };
    await writeFile(file, JSON.stringify(line));
    expect((await runCommand(addImportarCommand, ['importar', file], { knex })).error).toBeNull();
  };
  await bring(earlier);
  expect(await taken()).toBe(1);
  await bring({ id_cobranca: 'ant-2' });
  expect(await taken()).toBe(0);
  expect(await shownOf(id)).toMatchObject({ ignored: false, chargeId: 'ant-2' });
  // Whoever still has the other one before the eyes decides nothing about this one.
  expect(await decide(id, 'ignorar', { key: read?.key })).toEqual({ kind: 'changedSince' });
  expect(await decide(id, 'ignorar', { key: (await shownOf(id))?.key })).toMatchObject({ kind: 'decided' });
});

test('there is nothing to decide without one, once it counts as communicated, or once our own is registered', async () => {
  const registered = await withEarlier();
  await createBoleto(knex, registered, carteira.accountId as number, { state: 'registered' });
  for (const id of [
    await createReceivable(knex, carteira),
    await withEarlier(earlier, { impresso: true }),
    registered,
  ]) {
    expect(await shownOf(id)).toBeNull();
    expect(await decide(id, 'ignorar')).toEqual({ kind: 'nothingToDecide' });
  }
  expect(await decide(999_999, 'ignorar')).toEqual({ kind: 'unknownReceivable' });
  expect((await readReceivable(knex, registered, null))?.state).toBe('registered');
});

describe('boletos boleto-anterior', () => {
  const run = (...args: string[]) => runCommand(addBoletoAnteriorCommand, ['boleto-anterior', ...args], { knex });

  test('says which boleto it is about, and what becomes of the título', async () => {
    const id = await withEarlier();
    const ignored = await run(String(id), '--ignorar', '--motivo', 'Baixado lá');
    expect(ignored.printed).toMatchObject([
      { receivableId: id, decision: 'ignorar', earlierBoleto: { ignored: true } },
    ]);
    expect(ignored.texts[0]).toBe(
      `Título ${id}: a próxima comunicação o registra, apesar do boleto de outro sistema (nosso número ${earlier.nn_boleto}, linha ${earlier.linha_digitavel}).`,
    );
    expect((await run(String(id), '--manter', '--motivo', 'Engano')).texts[0]).toContain('fica de fora');
    expect(await taken()).toBe(0);
  });

  test.each<[string[], number, string]>([
    [['999999', '--ignorar', '--motivo', 'm'], 1, 'titulo_desconhecido'],
    [['1', '--motivo', 'm'], 2, 'opcao_ausente'],
  ])('%p ends with %p %s', async (args, exitCode, code) => {
    expect((await run(...args)).error).toMatchObject({ exitCode, code });
  });

  test('without such a boleto it is refused with what that can mean', async () => {
    const { error } = await run(String(await createReceivable(knex, carteira)), '--ignorar', '--motivo', 'm');
    expect(error).toMatchObject({ exitCode: 1, code: 'sem_boleto_anterior' });
    expect(error?.hint).toContain('impresso');
  });
});
