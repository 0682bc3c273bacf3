import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from './support/environment';
import { historyOf } from './support/savedHistory';

// How to save a new one: histories/save.ts.
const folder = join(__dirname, 'histories');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) }));
afterAll(() => Runtime.instance().shutdown());

const read = (name: string) => readFileSync(join(folder, `${name}.json`), 'utf8');
const replay = async (name: string, json: string) =>
  Worker.runReplayHistory({ workflowBundle: await workflowBundle() }, historyOf(json), `boletos/${name}`);

test.each(names)('a batch that ran with an earlier version goes on with this one: %s', async (name) => {
  await expect(replay(name, read(name))).resolves.toBeUndefined();
});

test('a step that this version would not take is noticed', async () => {
  const changed = read('adjusted').replace('"analyseOutcomes"', '"concludeBatch"');
  await expect(replay('adjusted', changed)).rejects.toThrow(DeterminismViolationError);
});

test('the workflow is made of workflows/ and domain/ alone, without zod', async () => {
  const code = readFileSync((await workflowBundle()).codePath, 'utf8');
  const rooms = [...code.matchAll(/"\.\/(\w+)\/[\w./-]+\.ts"/g)]
    .map(([, room]) => room)
    .filter((room) => room !== 'node_modules');
  expect(new Set(rooms)).toEqual(new Set(['workflows', 'domain']));
  expect(code).not.toContain('node_modules/zod');
});
