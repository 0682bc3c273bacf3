import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cnpj, cpf } from 'cpf-cnpj-validator';
import type { Knex } from 'knex';
import { correctReceivable } from '../../record/receivables/corrections';
import { importFile } from '../../record/importing/importFile';
import { addDays, localDate, saoPauloDate } from '../../domain/kinds/dates';
import { knownCodec } from '../../gateways';
import { DEMO_CARTEIRA, generateExamples, writeExamples, type Examples } from '../../examples/generate';
import { places } from '../../examples/places';
import { createTestDatabase } from '../kit/database';

const today = localDate('2031-03-09');
const examples = generateExamples({ today });
const { titulos, clientes, defects, corrections, discards, bankFacts } = examples;
const customers = new Map(clientes.map((line) => [line.id, line]));
const pending = titulos.filter(
  ({ id_carteira_cobranca, status, liberado, impresso }) =>
    id_carteira_cobranca === DEMO_CARTEIRA && status === 'A' && liberado === 'S' && impresso === 'N',
);
const spoiled = new Set(defects.map(({ customerId }) => customerId));

test('the same day and seed give the same month, another seed another', () => {
  expect(generateExamples({ today })).toEqual(examples);
  expect(generateExamples({ today, seed: 7 }).clientes[0]).not.toEqual(clientes[0]);
});

test('there are 3 filiais, 3 carteiras, 1,000 customers and exactly 800 pending títulos, one a customer', () => {
  expect([examples.filiais, examples.carteiras, clientes, pending].map(({ length }) => length)).toEqual([
    3, 3, 1000, 800,
  ]);
  expect(new Set(pending.map(({ id_cliente }) => id_cliente)).size).toBe(800);
  expect(new Set(titulos.map(({ id }) => id)).size).toBe(titulos.length);
  for (const [field, values] of [
    ['status', ['A', 'C', 'P', 'R']],
    ['liberado', ['N', 'S']],
    ['impresso', ['N', 'S']],
  ] as const)
    expect([...new Set(titulos.map((titulo) => titulo[field]))].toSorted()).toEqual(values);
});

test('defects are of eleven kinds, each on a customer with no other título', () => {
  expect(new Set(defects.map(({ kind }) => kind)).size).toBe(11);
  expect(defects.length).toBeGreaterThanOrEqual(40);
  expect(defects.length).toBeLessThanOrEqual(60);
  expect(spoiled.size).toBe(defects.length);
  for (const id of spoiled) expect(titulos.filter(({ id_cliente }) => id_cliente === id)).toHaveLength(1);
  expect([...corrections.map(({ receivableId }) => receivableId), ...discards].toSorted()).toEqual(
    defects.map(({ receivableId }) => receivableId).toSorted(),
  );
});

test('documents of customers without a defect are valid and unique, some CNPJs have letters', () => {
  const sound = clientes.filter(({ id }) => !spoiled.has(id));
  for (const { cnpj_cpf, tipo_pessoa } of sound)
    expect([cnpj_cpf, tipo_pessoa === 'F' ? cpf.isValid(cnpj_cpf) : cnpj.isValid(cnpj_cpf)]).toEqual([cnpj_cpf, true]);
  expect(new Set(sound.map(({ cnpj_cpf }) => cnpj_cpf)).size).toBe(sound.length);
  expect(sound.filter(({ cnpj_cpf }) => /[A-Z]/.test(cnpj_cpf)).length).toBeGreaterThanOrEqual(10);
});

test('CEPs match city and UF, over all 27 UFs, unless that is the defect', () => {
  expect(new Set(places.map(({ uf }) => uf)).size).toBe(27);
  const broken = new Set(
    defects.filter(({ kind }) => kind === 'shortCep' || kind === 'cepOfAnotherUf').map(({ customerId }) => customerId),
  );
  for (const { id, cep, cidade, uf } of clientes.filter((line) => !broken.has(line.id))) {
    const place = places.find((known) => known.city === cidade && known.uf === uf);
    const prefix = Number(cep.slice(0, 5));
    const [from, to] = place?.prefixes ?? [1, 0];
    expect([id, /^\d{8}$/.test(cep) && prefix >= from && prefix <= to]).toEqual([id, true]);
  }
});

test('dates stand around today, and only the defect is in the past', () => {
  const late = new Set(defects.filter(({ kind }) => kind === 'pastDueDate').map(({ receivableId }) => receivableId));
  for (const { id, data_emissao, data_vencimento } of pending) {
    expect([id, data_vencimento < today]).toEqual([id, late.has(id)]);
    expect(data_emissao <= today && data_emissao <= data_vencimento && data_emissao >= addDays(today, -40)).toBe(true);
  }
});

test('each defect is what it says', () => {
  const of = (kind: string) =>
    defects
      .filter((defect) => defect.kind === kind)
      .map(({ receivableId, customerId }) => ({
        titulo: titulos.find(({ id }) => id === receivableId),
        customer: customers.get(customerId),
      }));
  for (const { customer } of of('shortCep')) expect(customer?.cep).toMatch(/^\d{7}$/);
  for (const { customer } of of('wrongCpfDigit')) expect(cpf.isValid(customer?.cnpj_cpf ?? '')).toBe(false);
  for (const { customer } of of('wrongCnpjDigit')) expect(cnpj.isValid(customer?.cnpj_cpf ?? '')).toBe(false);
  for (const { customer } of of('emptyDistrict')) expect(customer?.bairro).toBe('');
  for (const { customer } of of('longName')) expect(customer?.razao.length).toBeGreaterThan(60);
  for (const { customer } of of('forbiddenCharacter'))
    expect(`${customer?.razao}${customer?.endereco}${customer?.bairro}`).toMatch(/[☎★|{}©]/);
  for (const { titulo } of of('zeroAmount')) expect(titulo?.valor).toBe('0,00');
  expect(of('irregularDocument').map(({ customer }) => customer?.cnpj_cpf)).toEqual(bankFacts.irregularDocuments);
  expect(of('unknownCep').map(({ customer }) => customer?.cep)).toEqual(bankFacts.missingCeps);
  for (const cep of bankFacts.missingCeps) expect(clientes.filter((line) => line.cep === cep)).toHaveLength(1);
});

describe('on a record', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>;
  let knex: Knex;
  let folder: string;
  let now: Examples;

  beforeAll(async () => {
    database = await createTestDatabase();
    knex = database.knex;
    folder = await mkdtemp(join(tmpdir(), 'exemplos-'));
    // The record's own clock judges due dates.
    now = generateExamples({ today: saoPauloDate(new Date()) });
  });
  afterAll(async () => {
    await database.close();
    await rm(folder, { recursive: true });
  });

  test('the files are imported without a remark, and every correction is accepted', async () => {
    const files = await writeExamples(folder, now);
    for (const path of files.imports)
      expect(await importFile(knex, { path, by: 'demo' })).toMatchObject({
        kind: 'imported',
        problems: 0,
        ignoredFields: {},
      });
    expect(
      await knex('receivable').where({ carteira_id: 1, status: 'A', released: true, impresso: false }).count(),
    ).toEqual([{ count: 800 }]);
    for (const { receivableId, changes } of now.corrections) {
      const result = await correctReceivable(knex, { receivableId, changes, by: 'demo' }, knownCodec);
      expect([receivableId, changes, result]).toMatchObject([receivableId, changes, { kind: 'corrected', version: 2 }]);
    }
  });
});
