import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { addImportarCommand } from '../../cli/importar';
import { createTestDatabase } from '../kit/database';
import { runCommand } from '../kit/command';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
let folder: string;

beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
  folder = await mkdtemp(join(tmpdir(), 'importar-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

async function run(content: string, ...args: string[]) {
  const path = join(folder, 'arquivo.jsonl');
  await writeFile(path, content);
  return runCommand(addImportarCommand, ['importar', path, ...args], { knex });
}

const cliente = { type: 'cliente', id: 1, tipo_pessoa: 'F', razao: 'Fulano Inventado', cnpj_cpf: '52998224725' };

test('counts and ignored fields are one object', async () => {
  const { printed, texts, error } = await run(JSON.stringify({ ...cliente, apelido: 'x' }));
  expect(error).toBeNull();
  expect(printed).toEqual([
    {
      counts: expect.objectContaining({ cliente: { new: 1, changed: 0, unchanged: 0 } }) as unknown,
      ignoredFields: { apelido: 1 },
      pending: 0,
      keptGatewaySettings: [],
      problems: 0,
      refused: 0,
      importId: expect.any(String) as string,
    },
  ]);
  expect(texts[0]).toContain('campo ignorado: apelido (1 linha)');
});

test('lines that do not fit are listed, one object each, before the counts, and end with 1', async () => {
  const lines = [
    { ...cliente, tipo_pessoa: 'X' },
    { ...cliente, id: 2 },
    { ...cliente, id: 2 },
  ];
  const { printed, texts, error } = await run(lines.map((line) => JSON.stringify(line)).join('\n'));
  expect(printed).toEqual([
    {
      ...{ line: 1, key: '1', field: 'tipo_pessoa', code: 'campo_invalido', kind: 'form' },
      message: expect.stringContaining('"X" não é um destes') as string,
    },
    {
      ...{ line: 3, key: '2', field: 'id', code: 'linha_repetida', kind: 'form' },
      message: 'o cliente 2 já está na linha 2',
    },
    expect.objectContaining({
      ...{ problems: 2, refused: 2 },
      counts: expect.objectContaining({ cliente: { new: 1, changed: 0, unchanged: 0 } }) as unknown,
    }),
  ]);
  expect(texts[0]).toBe('linha 1, chave 1, tipo_pessoa: "X" não é um destes: F (física), J (jurídica)');
  expect(error).toMatchObject({ exitCode: 1, code: 'importacao_parcial', details: { refused: 2, problems: 2 } });
  expect(error?.message).toBe('2 linhas não entraram; as outras foram importadas');
});

test('with --tudo-ou-nada a bad line ends with 2, its number and its field, and nothing is in', async () => {
  const lines = [
    { ...cliente, id: 50 },
    { ...cliente, tipo_pessoa: 'X' },
  ].map((line) => JSON.stringify(line));
  const { printed, error } = await run(lines.join('\n'), '--tudo-ou-nada');
  expect(printed).toEqual([]);
  expect(error).toMatchObject({
    exitCode: 2,
    code: 'arquivo_invalido',
    details: { count: 1, problems: [{ line: 2, field: 'tipo_pessoa', kind: 'form' }] },
  });
  expect(error?.message).toContain('linha 2, chave 1, tipo_pessoa: "X" não é um destes');
  expect(await knex('customer').where({ id: 50 })).toEqual([]);
});

test('a full disk ends with 3 and a clear message, and nothing half-done', async () => {
  await knex.raw(`
    create function disk_full() returns trigger language plpgsql as
      $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$;
    create trigger disk_full before insert on customer for each row when (new.id = 900) execute function disk_full()`);
  const many = Array.from({ length: 900 }, (_, index) => JSON.stringify({ ...cliente, id: index + 1 }));
  const { error } = await run(many.join('\n'));
  expect(error).toMatchObject({ exitCode: 3, code: 'disco_cheio' });
  expect(await knex('customer').where('id', '>', 2)).toEqual([]);
});

test('the model of a type is printed field by field, without a file or a record', async () => {
  const { printed } = await runCommand(addImportarCommand, ['importar', '--modelo', 'titulo'], {
    knex,
    database: () => Promise.reject(new Error('not asked')),
  });
  expect(printed).toContainEqual({
    field: 'valor',
    required: true,
    form: 'valor em reais: 1.234,56 ou 1234.56',
    meaning: 'valor do título',
  });
});

test('without a file the command says what it needs', async () => {
  const { error } = await runCommand(addImportarCommand, ['importar'], { knex });
  expect(error).toMatchObject({ exitCode: 2, code: 'argumento_ausente' });
});
