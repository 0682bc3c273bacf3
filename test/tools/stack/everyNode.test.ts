import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proveEveryNode } from '../../../tools/check/everyNode';
import { nodeMajors } from '../../../tools/check/nodeVersions';

const others = nodeMajors.filter((major) => !process.version.startsWith(`v${major}.`));
const PROOFS = 3;
const prove = (nodes: Promise<Record<number, string>>) => proveEveryNode(nodes, () => {});
const goodEnd = '{"registered":7,"rejected":0,"unconfirmed":0,"gatewayLedger":{"registered":7,"duplicates":0}}';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'node-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In place of Node on every version: it says this, whatever it is asked to run, and ends well. */
function standIn(name: string, stdout: string, stderr = ''): Promise<Record<number, string>> {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho '${stdout}'\necho '${stderr}' >&2\n`, { mode: 0o755 });
  return Promise.resolve(Object.fromEntries(others.map((major) => [major, path])));
}

test('versions that cannot be had are skipped, never passed', async () => {
  expect(await prove(Promise.resolve({}))).toEqual({ passed: 0, failed: 0, skipped: others.length * PROOFS });
});

test('a version on which nothing comes up passes only what ended well', async () => {
  const counts = await prove(standIn('quiet', goodEnd));
  expect(counts).toEqual({ passed: others.length * 2, failed: others.length, skipped: 0 });
});

test('a warning of Node is a failure, also where all ended well', async () => {
  const warning = '(node:28455) TimeoutNegativeWarning: -0.00002 is a negative number.';
  const counts = await prove(standIn('warning', goodEnd, warning));
  expect(counts).toEqual({ passed: 0, failed: others.length * PROOFS, skipped: 0 });
});

test('a demo that doubles a boleto is a failure', async () => {
  const doubled = goodEnd.replace('"duplicates":0', '"duplicates":1');
  const counts = await prove(standIn('doubled', doubled));
  expect(counts).toEqual({ passed: others.length, failed: others.length * 2, skipped: 0 });
});
