import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readErrorRows } from '../../gateways/core/errorTable';

const HEADING = 'codes\tstatus\ttext\tkind\tfixer\tfield\tcause\tadvice\tsource';
const good = {
  ...{ codes: 'A1 A2', status: '400', text: 'CEP *', kind: 'data', fixer: 'customer', field: 'payer.cep' },
  ...{ cause: 'O CEP está errado.', advice: 'Corrija o CEP.', source: 'Manual' },
};
const row = (change: Partial<typeof good> = {}) => Object.values({ ...good, ...change }).join('\t');

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'errors-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(...lines: string[]) {
  const file = join(folder, 'errors.tsv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return readErrorRows(file);
}

test('a row is read whole; what is left empty is absent, and remarks are none', () => {
  const { codes: _codes, status: _status, ...rest } = good;
  expect(read('# why', HEADING, row(), '# why', row({ codes: '', status: '', field: '' }))).toEqual([
    { ...rest, codes: ['A1', 'A2'], status: 400 },
    { ...rest, codes: [], field: null },
  ]);
});

test('the bank’s own words have a column of theirs, where there are any', () => {
  const [first, second] = read(`${HEADING}\twords`, `${row()}\tCep invalido · Cep vazio`, `${row({ codes: 'A3' })}\t`);
  expect(first?.texts).toEqual(['Cep invalido', 'Cep vazio']);
  expect(second).not.toHaveProperty('texts');
});

test.each([
  ['kind', row({ kind: 'dados' }), 'kind: '],
  ['fixer', row({ fixer: 'us' }), 'fixer: '],
  ['status', row({ status: '4xx' }), 'status: an HTTP status'],
  ['field', row({ field: 'the CEP' }), 'field: a field in domain words'],
  ['cause', row({ cause: 'o CEP está errado' }), 'cause: a sentence'],
  ['advice', row({ advice: '' }), 'advice: '],
  ['source', row({ source: '' }), 'source: '],
  ['number of cells', row().replace(/\t[^\t]*$/, ''), '8 cells under 9 columns'],
  ['reach', row({ codes: '', status: '', text: '' }), 'a row without code, text and status would fit every error'],
  ['code, which another row has', row({ codes: 'A9 A2' }), 'the same code, text and status as'],
])('a row with a wrong %s is refused, with file and line', (_what, wrong, said) => {
  const at = join(folder, 'errors.tsv');
  expect(() => read('# why', HEADING, row(), wrong)).toThrow(`${at}:4: ${said}`);
});

test('a file without its columns is refused', () => {
  expect(() => read('# why', row())).toThrow('errors.tsv:2: the first line names the columns');
  expect(() => read('# why')).toThrow('errors.tsv: the first line names the columns');
});
