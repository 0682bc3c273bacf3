import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../../tools/stack/root';
import { openLiveApi, type LiveApi } from '../api/support/liveApi';
import { openLiveScene, type LiveScene } from '../kit/liveScene';

/* Every program and every line of docs/integracao.md, as it stands, against an API, a worker and a bank. */

const run = promisify(execFile);
const page = readFileSync(join(root, 'docs/integracao.md'), 'utf8');
/** Fenced blocks in their order: a file has a name, what a shell runs has none. */
const blocks = [...page.matchAll(/^```(\S+)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language = '', name, text = '']) => ({
  ...{ language, name, text },
}));

/** The product needs no Python; where there is none, its program is the one that is not run. */
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) process.stderr.write('… sem python3: o programa em Python de docs/integracao.md não é executado\n');

let scene: LiveScene;
let api: LiveApi;
let folder: string;
let variables: Record<string, string>;
beforeAll(async () => {
  scene = await openLiveScene();
  api = await openLiveApi(scene);
  await scene.startWorker();
  folder = mkdtempSync(join(tmpdir(), 'integracao-'));
  variables = {
    ...{ BOLETOS_URL: api.origin, BOLETOS_TOKEN: await api.token('operador') },
    ...{ CARTEIRA: String(scene.carteira.id), FILIAL: String(scene.carteira.filialId) },
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  };
});
afterAll(async () => {
  await api?.close();
  await scene?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

interface Stored {
  erpKey: string;
  state: string;
  ourNumber: string;
  linhaDigitavel: string;
}
const pythonWould = (titulos: object) =>
  Object.values(titulos as Record<string, Stored>)
    .map(({ erpKey, state, ourNumber, linhaDigitavel }) => `${erpKey} ${state} ${ourNumber} ${linhaDigitavel}\n`)
    .join('');
const shell = (text: string) => run('sh', ['-eu', '-c', text], { cwd: folder, env: variables });

test('the whole page runs as it stands: rows put and imported, a month registered and corrected, results stored', async () => {
  const said: string[] = [];
  for (const { language, name, text } of blocks) {
    if (name !== undefined) writeFileSync(join(folder, name), text);
    else {
      expect(language).toBe('sh');
      if (hasPython || !text.startsWith('python3')) said.push((await shell(text)).stdout);
    }
  }
  const [carteira, cliente, importacao, mes, resultados] = said as [string, string, string, string, string?];
  expect(carteira).toContain(`"id":${scene.carteira.id}`);
  expect(cliente.match(/"key":"CUST\/0001"/g)).toHaveLength(2);
  expect(importacao).toContain('"rows":2');
  expect(importacao).toContain('"refused":1');
  expect(importacao).toContain('"key":"CUST/0003","field":"tipo_pessoa","code":"campo_invalido"');
  expect(mes).toMatch(/importadas 20\n.*\(cep\)\n.* 10 registrados\nguardados 10\n$/s);
  const registered = JSON.parse(readFileSync(join(folder, 'guardado.json'), 'utf8')) as { titulos: object };
  expect(Object.keys(registered.titulos)).toHaveLength(10);
  expect((resultados ?? pythonWould(registered.titulos)).trim().split('\n')).toHaveLength(10);
  expect(resultados ?? pythonWould(registered.titulos)).toMatch(/^2031-03\/0 registered 000\d{17} 001\d{44}$/m);
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 10, duplicates: 0 });

  // Asked again, nothing happens twice.
  expect((await shell('MES=2031-03 node mes.mjs')).stdout).toMatch(
    /importadas 20\n.* 10 registrados\nguardados 10\n$/s,
  );
  expect(scene.bank.admin.ledger.counts()).toEqual({ registered: 10, duplicates: 0 });
});

test('a month over HTTP alone takes fewer than 80 lines', () => {
  const program = blocks.find(({ name }) => name === 'mes.mjs')?.text ?? '';
  expect(program).toContain('/registros');
  expect(program.trimEnd().split('\n').length).toBeLessThan(80);
});
