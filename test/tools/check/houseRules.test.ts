import { manifests } from '../../../gateways';
import { bankNames } from '../../../tools/check/bankNames';
import { readSources } from '../../../tools/check/sources';
import { secondWriters } from '../../../tools/check/writers';
import { root } from '../../../tools/stack/root';

const banks = [
  { name: 'banco-do-brasil', label: 'Banco do Brasil' },
  { name: 'inter', label: 'Inter' },
];
const named = (text: string, path = 'api/routes/x.ts') => bankNames([{ path, text }], banks);
const written = (text: string, path = 'record/receivables/x.ts') => secondWriters([{ path, text }]);

test('the tree keeps both rules', () => {
  const files = readSources(root);
  expect(files.length).toBeGreaterThan(500);
  expect(bankNames(files, Object.values(manifests))).toEqual([]);
  expect(secondWriters(files)).toEqual([]);
});

test.each([
  [`const usual = 'banco-do-brasil';`],
  [`say('É do Banco do Brasil.');`],
  [`import { bancoDoBrasilCodec } from './x';`],
  [`createBancoDoBrasil();`],
  [`if (gateway === 'inter') return;`],
  [`createInter();`],
  [`const a = 1;\nconst label = 'Inter';`],
])('a bank that is named outside its rooms is found: %s', (text) => {
  expect(named(text)).toEqual([expect.stringMatching(/^api\/routes\/x\.ts:\d+ names /)]);
  expect(named(text, 'gateways/inter/x.ts')).toEqual([]);
});

test('a word that only contains the name is none, nor is a comment that cites a manual', () => {
  expect(named(`const internal = interval + pointer; // Banco do Brasil, Anexo IV`)).toEqual([]);
  expect(named(`/** Banco do Brasil,\n * banco-do-brasil. */\nconst a = 1;`)).toEqual([]);
});

test.each([
  ['knex.raw(`update boleto set state = :state`)'],
  ['knex.raw(`with x as (\n  insert into attempt (id) values (1)) select 1`)'],
  ['knex.raw(`DELETE FROM batch_item i using x`)'],
  [`await trx('boleto').where({ id }).update({ state: 'cancelled' });`],
  [`await trx<Row>('batch_item as i')\n  .whereIn('id', ids)\n  .del();`],
  [`await trx.insert(rows).into('attempt');`],
])('a second writer of attempt, boleto or batch_item is found: %s', (text) => {
  expect(written(text)).toEqual([expect.stringMatching(/^record\/receivables\/x\.ts:\d+ writes /)]);
  expect(written(text, 'record/engine/x.ts')).toEqual([]);
});

test('who reads them, locks them or writes another table is no writer of theirs', () => {
  expect(written(`await knex('boleto').where({ id }).first('state');`)).toEqual([]);
  expect(
    written('select * from boleto for update; update boleto_note set a = 1; insert into batch (id) select 1'),
  ).toEqual([]);
  expect(written(`// update boleto by hand\nconst a = 1;`)).toEqual([]);
});
