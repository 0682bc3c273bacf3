import { buildBarcode, formatLine, toLinhaDigitavel } from '../../domain/codes/barcode';
import { addDays, formatDate, saoPauloDate } from '../../domain/kinds/dates';
import { cents } from '../../domain/kinds/money';
import { errorOf, linesOf, runCli } from '../kit/cli';

const dueDate = addDays(saoPauloDate(new Date()), 10);
const barcode = buildBarcode({
  bank: '001',
  dueDate,
  amountCents: cents(1_234_550),
  freeField: '0000001234567000000000317',
});
const line = toLinhaDigitavel(barcode);
const bill = '84630000001 1 24980082089 9 99993193010 4 91789116299 7';
const pix =
  '00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D';

const conferir = (input: string, ...args: string[]) => runCli(['conferir', ...args], {}, input);

test('says in Portuguese what each code is', async () => {
  const run = await conferir([barcode, formatLine(line), bill, pix].join('\n'));
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  const boleto = (number: number) =>
    [
      `${number}: boleto, Banco do Brasil (001)`,
      '   valor R$ 12.345,50',
      `   vencimento ${formatDate(dueDate)}`,
      '   convênio 1234567',
      '   campo livre 0000001234567000000000317',
      `   linha digitável ${formatLine(line)}`,
      `   código de barras ${barcode}`,
    ].join('\n');
  expect(run.stdout).toBe(
    [
      boleto(1),
      boleto(2),
      '3: arrecadação (telecomunicações): não é boleto de banco, não pode ser registrada',
      '   valor R$ 124,98',
      '   linha digitável 84630000001-1 24980082089-9 99993193010-4 91789116299-7',
      '   código de barras 84630000001249800820899999319301091789116299',
      '4: Pix',
      '   valor não informado',
      '   chave 123e4567-e12b-12d1-a456-426655440000',
      '   Fulano de Tal, BRASILIA',
      '',
    ].join('\n'),
  );
});

test('one JSON object a line with --json', async () => {
  const run = await conferir(`${line}\n\n${bill}\n`, '--json');
  expect(run.exitCode).toBe(0);
  expect(linesOf(run)).toMatchObject([
    { linha: 1, valido: true, tipo: 'boleto', registravel: true, valor: '12345.50', vencimento: dueDate },
    { linha: 3, valido: true, tipo: 'arrecadacao', registravel: false, valor: '124.98' },
  ]);
});

test('names the wrong digit and the right one, and ends with 1', async () => {
  const changed = line.slice(0, 9) + ((Number(line[9]) + 1) % 10) + line.slice(10);
  const run = await conferir(`${line}\n${formatLine(changed)}\n${bill.slice(0, -1)}9\n`, '--json');
  expect(run.exitCode).toBe(1);
  expect(errorOf(run)).toMatchObject({ code: 'codigo_errado', message: '2 códigos errados de 3 lidos' });
  expect(linesOf(run)).toMatchObject([
    { valido: true },
    { linha: 2, valido: false, erros: [{ campo: 1, posicao: 10, lido: changed[9], esperado: line[9] }] },
    { linha: 3, valido: false, erros: [{ campo: 4, posicao: 48, lido: '9', esperado: '7' }] },
  ]);
});

test('the reason is told in Portuguese, whatever is wrong', async () => {
  const wrong: [text: string, reason: string][] = [
    [`${line.slice(0, -1)}x`, 'só dígitos'],
    [line.slice(0, -1), 'tem 46 dígitos; a linha de um boleto tem 47'],
    [`0${line}`, 'tem 48 dígitos; a linha de um boleto tem 47'],
    [`${line}9`, 'tem 48 dígitos; a linha de um boleto tem 47'],
    [bill.slice(0, -1), 'tem 47 dígitos; a linha de uma arrecadação (começa com 8) tem 48'],
    [barcode.slice(1), 'tem 43 dígitos; a linha de um boleto tem 47, o seu código de barras 44'],
    ['88605555555555566667777777777777777777777777', 'o segmento ou o identificador'],
    ['11111444455555555556666666666666666666666666', 'a moeda (4º dígito) é 1'],
    ['11196000155555555556666666666666666666666666', 'fator de vencimento 0001'],
    [`${pix.slice(0, -4)}0000`, 'está 0000, deveria ser 1D3D'],
    [pix.replace('5303986', ''), 'CRC do Pix'],
    [pix.slice(0, -3), 'os tamanhos dos campos não fecham'],
    ['1'.repeat(150_000), 'tem mais de 100000 caracteres'],
  ];
  const run = await conferir(wrong.map(([text]) => text).join('\n'));
  expect(run.exitCode).toBe(1);
  const told = run.stdout.split(/^\d+: errado\n/m).slice(1);
  expect(told).toEqual(wrong.map(([, reason]) => expect.stringContaining(reason) as unknown));
  expect(run.stderr).toContain('13 códigos errados de 13 lidos');
});

test('nothing to check is bad usage', async () => {
  const run = await conferir('\n', '--json');
  expect(run.exitCode).toBe(2);
  expect(errorOf(run).code).toBe('entrada_vazia');
});
