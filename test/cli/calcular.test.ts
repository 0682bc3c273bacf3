import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf, runCli } from '../kit/cli';

/** Neither answers: whatever asked for one of them would end with an error. */
const nothingRuns = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/x', TEMPORAL_ADDRESS: '127.0.0.1:1' };
const vectors = readFileSync(join(__dirname, '../vectors/boletos.jsonl'), 'utf8');

test('answers every line, in their order, with nothing else running', async () => {
  const run = await runCli(['calcular'], nothingRuns, vectors);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  const ids = (lines: unknown[]) => lines.map((line) => (line as { id: unknown }).id);
  const asked = vectors
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(ids(linesOf(run))).toEqual(ids(asked));
  expect(linesOf(run).filter((answer) => !('result' in (answer as object)))).toEqual([]);
});

test('nonsense is answered line by line and stops nothing; --json changes nothing', async () => {
  const good = '{"id":"b","kind":"modulo10","input":{"numero":"001905009"}}';
  const input = ['não é JSON', '', 'null', `{"id":"a","kind":"${'x'.repeat(200_000)}"}`, '\ufeff{}', `${good}\r`].join('\n'); // prettier-ignore
  const expected = [
    { id: null, error: 'a linha não é JSON' },
    { id: null, error: 'a linha não é um objeto JSON' },
    { id: null, error: 'linha com mais de 100000 caracteres' },
    { id: null, error: 'a linha não é JSON' },
    { id: 'b', result: '5' },
  ];
  for (const args of [['calcular'], ['calcular', '--json']]) {
    const run = await runCli(args, nothingRuns, input);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(linesOf(run)).toEqual(expected);
  }
});

test('nothing asked is nothing answered', async () => {
  expect(await runCli(['calcular'], nothingRuns)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
});

test('its help names every kind', async () => {
  const { stdout } = await runCli(['ajuda', 'calcular']);
  for (const kind of ['boleto', 'nosso_numero_dv', 'conversao', 'conferir', 'fator_vencimento', 'modulo11', 'pix'])
    expect(stdout).toContain(kind);
});
