import { openTestServers, type TestServers } from '../../../tools/stack/testServers';
import { createTemplate } from '../template';

declare global {
  // Jest hands nothing from its set-up to its teardown but what is global; a run of several projects has one of each.
  var testServers: TestServers | undefined;
  var testTemplate: Awaited<ReturnType<typeof createTemplate>> | undefined;
}

/** PostgreSQL and the database that every test's own is copied from. */
export async function needRecord(): Promise<void> {
  await guarded(async (servers) => {
    if (globalThis.testTemplate) return;
    Object.assign(process.env, await servers.startRecord());
    globalThis.testTemplate = await createTemplate(process.env.TEST_DATABASE_URL as string);
    process.env.TEST_DATABASE_TEMPLATE = globalThis.testTemplate.name;
  });
}

/** All there is. */
export async function needEverything(): Promise<void> {
  await needRecord();
  await guarded(async (servers) => void Object.assign(process.env, await servers.startRest()));
}

/** Jest runs no teardown after a set-up that failed. */
async function guarded(start: (servers: TestServers) => Promise<void>): Promise<void> {
  globalThis.testServers ??= await openTestServers((line) => process.stderr.write(`${line}\n`));
  try {
    await start(globalThis.testServers);
  } catch (error) {
    await stopServers();
    throw error;
  }
}

export async function stopServers(): Promise<void> {
  const { testServers, testTemplate } = globalThis;
  globalThis.testServers = globalThis.testTemplate = undefined;
  await testTemplate?.drop();
  await testServers?.stop();
}
