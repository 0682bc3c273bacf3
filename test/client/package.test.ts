import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../..');
const runFile = promisify(execFile);
/** The package as a program of somebody else has it: packed, installed, without our sources or network. */
let program: string;

function npm(args: string[], cwd: string): string {
  return execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
}

beforeAll(() => {
  program = mkdtempSync(join(tmpdir(), 'erp-'));
  npm(['pack', '--pack-destination', program], join(ROOT, 'client'));
  const { version } = JSON.parse(readFileSync(join(ROOT, 'client/package.json'), 'utf8')) as { version: string };
  writeFileSync(join(program, 'package.json'), '{"name":"erp","version":"1.0.0","private":true}');
  npm(['install', `./boletos-client-${version}.tgz`], program);
});
afterAll(() => rmSync(program, { recursive: true, force: true }));

/** The complaints of the compiler about a program; an empty text when there are none. */
async function typeErrors(source: string): Promise<string> {
  writeFileSync(join(program, 'program.ts'), source);
  writeFileSync(
    join(program, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{ target: 'es2022', module: 'node20', strict: true, noEmit: true, skipLibCheck: false },
        ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules/@types')] },
      },
      files: ['program.ts'],
    }),
  );
  const tsc = require.resolve('typescript/bin/tsc');
  return runFile(process.execPath, [tsc, '-p', program]).then(
    () => '',
    (error: unknown) => (error as { stdout: string }).stdout,
  );
}

const overHttp = `
import { ApiError, connectHttp, phaseLabels, verifyWebhook, type HttpBatch } from 'boletos-client/http';
const boletos = connectHttp({ baseUrl: 'https://boletos.exemplo.com.br', token: 'token-inventado-de-teste' });
export async function button(carteiraId: number): Promise<number> {
  const batch: HttpBatch = await boletos.start({ carteiraId, idempotencyKey: 'erp-2030-01-02' });
  for await (const { phase, counts } of batch.follow()) console.log(phaseLabels[phase], counts.byState.registered);
  await boletos.correct(101, { cep: '01310-100' }).catch((error: unknown) => {
    if (error instanceof ApiError) console.log(error.code, error.hint);
  });
  await batch.recommunicate({ scope: 'corrected' });
  await batch.conclude();
  return (await batch.result()).registered;
}
export const payload: unknown = verifyWebhook('whsec_c2VjcmV0bw', new Headers(), '{}').payload;
`;

test('a program over HTTP type-checks and runs with nothing else installed', async () => {
  expect(await typeErrors(overHttp)).toBe('');
  const { stdout } = await runFile(
    process.execPath,
    ['-p', "Object.keys(require('boletos-client/http')).sort().join()"],
    {
      cwd: program,
    },
  );
  expect(stdout.trim()).toBe('ApiError,WebhookError,connectHttp,itemLabels,phaseLabels,verifyWebhook');
});

test('a program that asks for what there is not is told by its compiler', async () => {
  expect(await typeErrors(overHttp.replace("scope: 'corrected'", "scope: 'some'"))).toContain('"some"');
});

test('a program over Temporal type-checks and loads beside the Temporal client', async () => {
  mkdirSync(join(program, 'node_modules'), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules/@temporalio'), join(program, 'node_modules/@temporalio'), 'junction');
  const source = `
import { connect, startBatch, type BatchReport } from 'boletos-client';
export async function button(carteiraId: number, by: string): Promise<BatchReport> {
  const client = await connect();
  const batch = await startBatch(client, { carteiraId, filters: {}, by });
  for await (const { phase } of batch.follow()) console.log(phase);
  return batch.result();
}
`;
  // Libraries of Temporal are checked by their authors.
  const errors = (await typeErrors(source)).split('\n').filter((line) => line.startsWith('program.ts'));
  expect(errors).toEqual([]);
  const { stdout } = await runFile(process.execPath, ['-p', "typeof require('boletos-client').startBatch"], {
    cwd: program,
  });
  expect(stdout.trim()).toBe('function');
});

test('the package holds its README, compiled code and types, and nothing of the command line or the record', () => {
  const listed = npm(['pack', '--dry-run', '--json', '--ignore-scripts'], join(ROOT, 'client'));
  const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['README.md', 'package.json', 'dist/client/http.d.ts']));
  expect(
    paths.filter((path) => !/^(README\.md|package\.json|dist\/(client|domain|words)\/.*\.(js|d\.ts))$/.test(path)),
  ).toEqual([]);
  expect(paths.filter((path) => /\/(cli|record|workflows|contract)\//.test(path))).toEqual([]);
});
