import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculate } from '../../cli/calculation';

interface Vector {
  id: number;
  kind: string;
  bank: string;
  input: Record<string, unknown>;
  expected: unknown;
  source: string;
}

/** Values from the test suites of public libraries and from banks' manuals; each says which. */
const vectors = readFileSync(join(__dirname, '../vectors/boletos.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Vector);
const kinds = [...new Set(vectors.map(({ kind }) => kind))];

/** Masks are no part of an answer. */
function bare(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/[^0-9A-Za-z]/g, '');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, bare(each)]));
}

function resultOf(vector: Vector): unknown {
  const { kind, bank, input, id } = vector;
  const answer = calculate(JSON.stringify({ id, kind, bank, input }));
  return 'result' in answer ? bare(answer.result) : answer;
}

test.each(kinds)('every vector of kind %s', (kind) => {
  const chosen = vectors.filter((vector) => vector.kind === kind);
  const answers = chosen.map((vector) => ({ id: vector.id, source: vector.source, result: resultOf(vector) }));
  const expected = chosen.map(({ id, source, expected: value }) => ({
    id,
    source,
    // A vector names those parts of a boleto that its source asserts.
    result: isRecord(value) ? (expect.objectContaining(bare(value) as object) as unknown) : bare(value),
  }));
  expect(answers).toEqual(expected);
});

test('there are vectors of every kind, and boletos of every bank', () => {
  expect(vectors.length).toBeGreaterThan(450);
  expect(kinds.sort()).toEqual(
    'boleto conferir conversao cnpj cpf fator_vencimento modulo10 modulo11 nosso_numero_dv pix'.split(' ').sort(),
  );
  const banks = vectors.filter(({ kind }) => kind === 'boleto').map(({ bank }) => bank);
  expect([...new Set(banks)].sort()).toEqual('001 033 041 077 104 237 341 422 748 756'.split(' '));
});

const bradesco = { agencia: '1172', conta: '403005', carteira: '06', nosso_numero: '75896452' };
const boleto = (input: object, bank = '237') => calculate(JSON.stringify({ id: 1, kind: 'boleto', bank, input }));

test('the same in other words: padded, masked, with check digits, Brazilian date and amount', () => {
  const plain = boleto({ ...bradesco, valor: '1234.50', data_vencimento: '2026-12-01' });
  expect(plain).toHaveProperty('result.codigo_de_barras');
  for (const input of [
    { ...bradesco, valor: '1.234,50', data_vencimento: '01/12/2026' },
    { agencia: '1172-9', conta: '0403005-2', carteira: '6', nosso_numero: '06/00075896452-P', valor: '1234.5', data_vencimento: '2026-12-01' }, // prettier-ignore
    { ...bradesco, valor: '1234,50', data_vencimento: '2026-12-01', unknown: 7, parcela: '' },
  ])
    expect(boleto(input)).toEqual(plain);
});

test('without amount or due date there is only a campo livre', () => {
  const result = { campo_livre: '1172060007589645204030050' };
  expect(boleto(bradesco)).toEqual({ id: 1, result });
  expect(boleto({ ...bradesco, valor: '10.00', data_vencimento: null })).toEqual({ id: 1, result });
});

test.each<[string, object, RegExp]>([
  ['more than the barcode holds', { valor: '100000000.00', data_vencimento: '2026-12-01' }, /^valor: acima de R\$/],
  ['a negative amount', { valor: '-1.00', data_vencimento: '2026-12-01' }, /^valor: /],
  ['an amount that is a number', { valor: 10.5, data_vencimento: '2026-12-01' }, /^valor: esperado um texto/],
  ['a day that does not exist', { valor: '1.00', data_vencimento: '2026-02-30' }, /^data_vencimento: /],
  ['a day before the first factor', { valor: '1.00', data_vencimento: '2000-07-02' }, /^data_vencimento: /],
  ['a nosso número that is a number', { nosso_numero: 75896452 }, /^nosso_numero: esperado um texto/],
  ['a nosso número of twelve digits', { nosso_numero: '123456789012' }, /^nosso_numero: até 11 dígitos/],
  ['a missing conta', { conta: null }, /^falta conta/],
])('%s is an error in words', (_what, change, error) => {
  expect(boleto({ ...bradesco, ...change })).toEqual({ id: 1, error: expect.stringMatching(error) as unknown });
});

test.each<[string, unknown, string]>([
  ['no JSON', 'x{', 'a linha não é JSON'],
  ['null', 'null', 'a linha não é um objeto JSON'],
  ['a list', '[]', 'a linha não é um objeto JSON'],
  ['no kind', '{"id":1}', 'kind: ausente ou de outro tipo'],
  ['an input that is text', '{"id":1,"kind":"cpf","input":"x"}', 'input: ausente ou de outro tipo'],
  ['an id that is a list', '{"id":[1],"kind":"cpf","input":{}}', 'id: ausente ou de outro tipo'],
  ['an unknown kind', '{"id":1,"kind":"toString","input":{}}', 'kind desconhecido: toString'],
  ['a boleto without bank', '{"id":1,"kind":"boleto","input":{}}', 'falta bank'],
  ['a CPF that is a number', '{"id":1,"kind":"cpf","input":{"documento":52599927765}}', 'documento: esperado um texto'],
  ['no document', '{"id":1,"kind":"cpf","input":{}}', 'falta documento'],
  ['a modulo of letters', '{"id":1,"kind":"modulo10","input":{"numero":"12a"}}', 'numero: só dígitos'],
  [
    'a factor of five digits',
    '{"id":1,"kind":"fator_vencimento","input":{"fator":"10000"}}',
    'fator: esperados quatro dígitos',
  ],
])('%s is an error in words, not a crash', (_what, line, error) => {
  expect(calculate(String(line))).toMatchObject({ error });
});

test.each(['boleto', 'nosso_numero_dv'])('a %s of a bank outside the list is unsupported, not wrong', (kind) => {
  expect(calculate(JSON.stringify({ id: 'a', kind, bank: '212', input: {} }))).toEqual({ id: 'a', unsupported: true });
});

test('a code with a wrong check digit converts to nothing', () => {
  const convert = (input: object) => calculate(JSON.stringify({ id: 1, kind: 'conversao', input }));
  const right = '00190.00009 01234.567004 00000.003178 3 69290000020000';
  expect(convert({ linha_digitavel: right })).toHaveProperty('result');
  expect(convert({ linha_digitavel: right.replace(' 3 ', ' 4 ') })).toHaveProperty('error');
  expect(convert({ codigo_de_barras: '00194692900000200000000001234567000000000317' })).toHaveProperty('error');
  expect(convert({ codigo_de_barras: right })).toHaveProperty('error');
});

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
