import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';

/** Of the server that `npm test` starts, and of a server that a developer keeps running for single test files. */
const FOR_TESTS = /^(test|dev)-\d+$/;

/**
 * A namespace that no other test file of this run uses, with all search attributes, on the dev server of the tests.
 * Workflows and schedules left in it disturb nobody.
 */
export async function claimNamespace(): Promise<{ address: string; namespace: string }> {
  const address = process.env.TEST_TEMPORAL_ADDRESS;
  if (!address) throw new Error('TEST_TEMPORAL_ADDRESS is not set: run the tests with npm test');
  // Without a run's own folder several runs share the server: a claim is then only ever a preference.
  const claims = process.env.TEST_TEMPORAL_CLAIMS ?? join(tmpdir(), `namespaces-${process.ppid}`);
  mkdirSync(claims, { recursive: true });
  const names = await namespacesOf(address);
  const namespace = names.find((name) => claim(join(claims, name)));
  if (!namespace) throw new Error(`all ${names.length} namespaces of ${address} are taken: raise NAMESPACES in stack/`);
  return { address, namespace };
}

async function namespacesOf(address: string): Promise<string[]> {
  const connection = await Connection.connect({ address, connectTimeout: 10_000 });
  try {
    const { namespaces } = await connection.workflowService.listNamespaces({ pageSize: 200 });
    return (namespaces ?? [])
      .map(({ namespaceInfo }) => namespaceInfo?.name ?? '')
      .filter((name) => FOR_TESTS.test(name));
  } finally {
    await connection.close();
  }
}

function claim(file: string): boolean {
  try {
    writeFileSync(file, randomUUID(), { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
