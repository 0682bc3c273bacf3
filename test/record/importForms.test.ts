import { readCsv } from '../../record/importing/csv';
import { importTypes, type ImportType } from '../../domain/receivable/imports';
import { importModel } from '../../record/importing/schemas';
import { readRow } from '../../record/importing/staging';

const lines: Record<ImportType, Record<string, unknown>> = {
  filial: { id: 1, razao: 'Provedor Inventado Ltda' },
  carteira: { id: 1, descricao: 'Carteira' },
  cliente: { id: 1, tipo_pessoa: 'F', razao: 'Fulano Inventado', cnpj_cpf: '529.982.247-25' },
  titulo: {
    id: 1,
    id_cliente: 1,
    filial_id: 1,
    id_carteira_cobranca: 1,
    data_emissao: '2030-01-02',
    data_vencimento: '2030-02-10',
    valor: '99.90',
  },
};

function read(type: ImportType, fields: Record<string, unknown>) {
  return readRow(7, type, { ...lines[type], ...fields });
}

function problemOf(type: ImportType, field: string, value: unknown): string | undefined {
  const { problems } = read(type, { [field]: value });
  expect(problems.every((problem) => problem.field === field)).toBe(true);
  return problems[0]?.message;
}

test.each(importTypes)('the fields that the model calls required are enough for a %s, and each is needed', (type) => {
  const required = importModel(type)
    .filter((field) => field.required)
    .map(({ field }) => field);
  expect(required.toSorted()).toEqual(Object.keys(lines[type]).toSorted());
  expect(read(type, {}).problems).toEqual([]);
  for (const field of required) expect(problemOf(type, field, undefined)).toBe('é obrigatório e não veio');
});

test('every field of the model says its form and its meaning', () => {
  for (const type of importTypes)
    for (const { form, meaning } of importModel(type))
      expect([form, meaning]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
});

test.each<[ImportType, string, unknown, RegExp]>([
  ['titulo', 'id', 1.5, /número inteiro que se lê sem perda/],
  ['titulo', 'id', 12345678901234567890, /sem perda: escreva a chave entre aspas/],
  ['titulo', 'id', true, /texto ou um número/],
  ['titulo', 'id', 'x'.repeat(10_000), /^"x{40}…" tem 10000 caracteres; o máximo de uma chave é 60$/],
  ['titulo', 'id', 'A\u202eB', /^"A\?B" tem um caractere que não se vê/],
  ['titulo', 'id_cliente', 'A\tB', /caractere que não se vê/],
  ['titulo', 'id_contrato', 'abc', /número inteiro de 1 a 999999999999/],
  ['titulo', 'id', '', /não pode vir vazio/],
  ['titulo', 'id', null, /não pode vir vazio/],
  ['titulo', 'id_cliente', ['1'], /não uma lista nem um objeto/],
  ['titulo', 'data_vencimento', '31/02/2030', /não é uma data existente/],
  ['titulo', 'data_vencimento', '0000-00-00', /não é uma data existente/],
  ['titulo', 'data_vencimento', '2030-2-1', /não é uma data existente/],
  ['titulo', 'data_emissao', '01/01/1889', /1990 a 2199/],
  ['titulo', 'valor', '12,345', /não é um valor/],
  ['titulo', 'valor', 'R$ 10', /não é um valor/],
  ['titulo', 'valor', '-1,00', /não pode ser negativo/],
  ['titulo', 'valor', 1.234, /não dá para distinguir/],
  ['titulo', 'valor', '19.990', /não dá para distinguir: escreva 19\.990,00 ou 19990\.00 .* 19\.99 /],
  ['titulo', 'valor', '0.990', /não dá para distinguir/],
  ['titulo', 'valor', '10.000.000.000,00', /maior que R\$ 9.999.999.999,99/],
  ['titulo', 'status', 'X', /A \(aberto\), R \(recebido\)/],
  ['titulo', 'liberado', 'talvez', /não é S nem N/],
  ['titulo', 'nparcela', '10000', /número inteiro de 0 a 9999/],
  ['cliente', 'tipo_pessoa', 'E', /F \(física\), J \(jurídica\)/],
  ['cliente', 'razao', 'x'.repeat(256), /tem 256 caracteres; o máximo é 255/],
  ['cliente', 'bairro', 'Cen\0tro', /caractere nulo/],
  ['cliente', 'bairro', 'Cen\ud800tro', /surrogate/],
  ['cliente', 'bairro', { nome: 'Centro' }, /não uma lista nem um objeto/],
  ['carteira', 'timeout', '301', /de 1 a 300/],
  ['carteira', 'multa', '101', /percentual/],
  ['carteira', 'juros', '1,00001', /percentual/],
  ['carteira', 'endereco_boleto', 'casa', /principal, cobranca/],
  ['filial', 'razao', '', /não pode vir vazio/],
])('%s.%s = %p is refused', (type, field, value, message) => {
  expect(problemOf(type, field, value)).toMatch(message);
});

test.each<[ImportType, string, unknown, string, unknown]>([
  ['titulo', 'valor', '1.234,56', 'amount_cents', 123_456],
  ['titulo', 'valor', '1234.56', 'amount_cents', 123_456],
  ['titulo', 'valor', '1.234.567', 'amount_cents', 123_456_700],
  ['cliente', 'razao', 'Joa\u0303o', 'name', 'João'],
  ['titulo', 'valor', 1234.5, 'amount_cents', 123_450],
  ['titulo', 'valor', '0', 'amount_cents', 0],
  ['titulo', 'data_vencimento', '10/02/2030', 'due_date', '2030-02-10'],
  ['titulo', 'data_vencimento', '2030-02-10', 'due_date', '2030-02-10'],
  ['titulo', 'impresso', 's', 'impresso', true],
  ['titulo', 'impresso', false, 'impresso', false],
  ['titulo', 'status', 'p', 'status', 'P'],
  ['titulo', 'id_contrato', '', 'contract_id', null],
  ['carteira', 'juros', '1,5', 'interest_percent', 1.5],
  ['carteira', 'endereco_boleto', 'cobranca', 'address_source', 'billing'],
  ['cliente', 'cnpj_cpf', '12.abc.345/01de-35', 'document', '12ABC34501DE35'],
  ['cliente', 'cnpj_cpf', '12345', 'document', '12345'],
  ['cliente', 'cnpj_cpf', '', 'document', ''],
  ['cliente', 'cep', '1310-100', 'cep', '1310100'],
  ['cliente', 'uf', 'sp', 'uf', 'SP'],
  ['cliente', 'uf', 'XX', 'uf', 'XX'],
  ['cliente', 'bairro', '', 'district', ''],
  ['cliente', 'razao', 'Padaria ☎ <fundos>', 'name', 'Padaria ☎ <fundos>'],
  ['cliente', 'numero', 120, 'number', '120'],
])('%s.%s = %p is stored as %s = %p, defects included', (type, field, value, column, stored) => {
  const extra = value === 'p' ? { valor_aberto: '1,00' } : {};
  const { row, problems } = read(type, { [field]: value, ...extra });
  expect(problems).toEqual([]);
  expect(row?.data).toHaveProperty(column, stored);
});

test.each([
  [{ status: 'A' }, 9_990],
  [{ status: 'C' }, 9_990],
  [{ status: 'R' }, 0],
  [{ status: 'P', valor_aberto: '10,00' }, 1_000],
  [{ status: 'A', valor_aberto: '' }, 9_990],
])('without valor_aberto the open amount follows from value and status: %p', (fields, open) => {
  expect(read('titulo', fields).row?.data).toHaveProperty('open_amount_cents', open);
});

test('a partial payment has to say what is still open', () => {
  expect(read('titulo', { status: 'P' }).problems).toEqual([
    { field: 'valor_aberto', message: 'é obrigatório quando o status é P (parcial)' },
  ]);
});

test('a contract without its kind is a recurring one', () => {
  expect(read('titulo', { id_contrato: 5 }).row?.data).toMatchObject({ contract_id: 5, contract_kind: 'recorrente' });
});

test.each([
  ['ACC-SINV-2026-00012', 'ACC-SINV-2026-00012'],
  ['  São 1 ', 'São 1'],
  ['Joa\u0303o', 'João'],
  ['0012', '12'],
  ['1000000000000', '1000000000000'],
  [-3, '-3'],
  ['\u{1f600}'.repeat(60), '\u{1f600}'.repeat(60)],
])('%p is the key %p', (value, key) => {
  const { row, problems } = read('titulo', { id: value, id_cliente: value });
  expect(problems).toEqual([]);
  expect(row).toMatchObject({ key, customer_key: key });
  expect(row?.data).not.toHaveProperty('id');
});

test('all problems of a line are told at once, and its id still counts', () => {
  const { row, problems } = read('titulo', { valor: 'x', data_emissao: 'y', status: 'z' });
  expect(problems.map(({ field }) => field).toSorted()).toEqual(['data_emissao', 'status', 'valor']);
  expect(row).toMatchObject({ line: 7, type: 'titulo', key: '1', data: null, registration: null });
});

describe('an amount of three digits behind a dot', () => {
  const csv = async (text: string) => {
    async function* lines() {
      yield* text.split('\n').map((line, index) => ({ number: index + 1, text: line, tooLong: false, ended: true }));
    }
    const amounts: unknown[] = [];
    for await (const record of readCsv(lines(), 'titulo')) if ('fields' in record) amounts.push(record.fields['valor']);
    return amounts;
  };
  const header = 'id,id_cliente,filial_id,id_carteira_cobranca,data_emissao,data_vencimento,valor';
  const row = (valor: string) => `1,1,1,1,2030-01-02,2030-02-10,${valor}`;
  const semicolons = (text: string) => text.replaceAll(',', ';');

  test('stays as it is where the comma separates: nobody can tell', async () => {
    expect(await csv([header, row('19.990')].join('\n'))).toEqual(['19.990']);
  });

  test('is of thousands once the file has cents behind a comma, and never once it has them behind a dot', async () => {
    const read = (...values: string[]) => csv(semicolons([header, ...values.map(row)].join('\n')).replaceAll('|', ','));
    expect(await read('19.990', '89|90', '19.990', '10.5', '19.990')).toEqual([
      '19.990',
      '89,90',
      '19.990,00',
      '10.5',
      '19.990',
    ]);
  });
});
