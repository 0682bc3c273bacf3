import { startTestServers, type TestServers } from '../../stack/testServers';
import { createTemplate } from './template';

declare global {
  // Jest hands nothing from its set-up to its teardown but what is global.
  var testServers: TestServers | undefined;
  var testTemplate: Awaited<ReturnType<typeof createTemplate>> | undefined;
}

export default async function globalSetup(): Promise<void> {
  const servers = await startTestServers((line) => process.stderr.write(`${line}\n`));
  globalThis.testServers = servers;
  Object.assign(process.env, servers.variables);
  // Jest runs no teardown after a set-up that failed.
  globalThis.testTemplate = await createTemplate(servers.variables.TEST_DATABASE_URL as string).catch(
    async (error: unknown) => {
      await servers.stop();
      throw error;
    },
  );
  process.env.TEST_DATABASE_TEMPLATE = globalThis.testTemplate.name;
}
