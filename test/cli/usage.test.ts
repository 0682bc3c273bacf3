import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorOf, runCli, runHere } from '../kit/cli';

const record = 'postgres://postgres@127.0.0.1:1/nada';
const filters = ['comunicar', '--carteira', '1'];

describe('bad usage ends with 2 and names what is wrong', () => {
  test.each<[string, string[], string]>([
    ['no command', [], 'comando_ausente'],
    ['an unknown command', ['comunicer'], 'comando_desconhecido'],
    ['an unknown option', ['comunicacoes', '--abertos'], 'opcao_desconhecida'],
    ['a missing argument', ['acompanhar'], 'argumento_ausente'],
    ['a missing option', ['comunicar'], 'opcao_ausente'],
    ['a missing value', ['comunicar', '--carteira'], 'valor_ausente'],
    ['an argument too many', ['comunicacoes', 'x'], 'argumento_a_mais'],
    ['options that exclude each other', ['recomunicar', 'x', '--todos', '--titulos', '1'], 'opcoes_em_conflito'],
    ['a login with a space', ['--por', 'Maria Silva', 'comunicacoes'], 'valor_invalido'],
    ['a carteira that is no id', ['comunicar', '--carteira', '0'], 'valor_invalido'],
    ['a date that does not exist', [...filters, '--vencimento-de', '31/02/2030'], 'valor_invalido'],
    ['an amount with letters', [...filters, '--valor-de', 'dez'], 'valor_invalido'],
    ['a CEP of four digits', [...filters, '--cep', '0131'], 'valor_invalido'],
    ['a list with a hole', ['descartar', 'x', '--titulos', '1,,2', '--motivo', 'a'], 'valor_invalido'],
    ['a decision nobody knows', ['resolver', 'x', '--titulo', '1', '--decisao', 'talvez', '--motivo', 'a'], 'valor_invalido'], // prettier-ignore
    ['Impresso = Sim', [...filters, '--impresso', 'sim'], 'filtros_contraditorios'],
    ['a period that ends before it begins', [...filters, '--vencimento-de', '2030-02-01', '--vencimento-ate', '01/01/2030'], 'filtros_contraditorios'], // prettier-ignore
  ])('%s', async (_what, args, code) => {
    // The record is unreachable: what is refused here is refused before anything is asked of it.
    const run = await runHere([...args, '--json'], { DATABASE_URL: record });
    expect({ exitCode: run.exitCode, stdout: run.stdout, ...errorOf(run) }).toMatchObject({
      exitCode: 2,
      stdout: '',
      code,
    });
  });

  test('the process says so too, in one JSON object on standard error', async () => {
    const run = await runCli(['comunicar', '--carteira', 'x', '--json']);
    expect({ ...run, ...errorOf(run) }).toMatchObject({ exitCode: 2, stdout: '', code: 'valor_invalido' });
  });

  test('without --json it is two lines in Portuguese', async () => {
    const run = await runCli(['comunicacoes', '--abertos']);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toBe(
      'erro: não existe a opção "--abertos"; talvez --abertas\n      veja o uso com: boletos ajuda\n',
    );
  });

  test('a variable of ours that makes no sense', async () => {
    const run = await runHere(['comunicacoes', '--json'], { DATABASE_URL: 'mysql://nada' });
    expect(run.exitCode).toBe(2);
    expect(errorOf(run).message).toContain('DATABASE_URL');
  });
});

test('help is Portuguese and no error', async () => {
  const run = await runCli(['ajuda', 'comunicar']);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('Uso: boletos comunicar [opções]');
  expect(run.stdout).not.toMatch(/Usage|Options|display help/);
});

describe('what cannot be reached ends with 3', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'boletos-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('nothing is running: npm start is the hint', async () => {
    const run = await runCli(['comunicacoes', '--json'], { DATA_DIR: folder });
    expect(run.exitCode).toBe(3);
    expect(errorOf(run)).toMatchObject({ code: 'nada_em_execucao' });
    expect(errorOf(run).hint).toContain('npm start');
  });

  test('a record that refuses the connection', async () => {
    const run = await runCli(['comunicacoes', '--json'], { DATABASE_URL: record });
    expect(run.exitCode).toBe(3);
    expect(errorOf(run)).toMatchObject({ code: 'registro_inacessivel' });
  });

  test('a Temporal that refuses the connection', async () => {
    const run = await runCli(['pausar', 'x', '--json'], { TEMPORAL_ADDRESS: '127.0.0.1:1' });
    expect(run.exitCode).toBe(3);
    expect(errorOf(run)).toMatchObject({ code: 'temporal_inacessivel' });
  });

  describe('a service that takes the connection and says nothing', () => {
    let silent: Server;
    let port: number;
    beforeAll(async () => {
      silent = createServer((socket) => socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
      await new Promise((resolve) => silent.once('listening', resolve));
      port = (silent.address() as AddressInfo).port;
    });
    afterAll(() => new Promise((resolve) => silent.close(resolve)));

    test.each([
      ['registro_inacessivel', ['comunicacoes']],
      ['temporal_inacessivel', ['pausar', 'x']],
    ])('%s', async (code, args) => {
      const run = await runCli([...args, '--json'], {
        DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/x`,
        TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      });
      expect(run.exitCode).toBe(3);
      expect(errorOf(run)).toMatchObject({ code });
    });
  });
});
