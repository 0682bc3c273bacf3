import { startTestServers, type TestServers } from '../../stack/testServers';

declare global {
  // Jest hands nothing from its set-up to its teardown but what is global.
  var testServers: TestServers | undefined;
}

export default async function globalSetup(): Promise<void> {
  globalThis.testServers = await startTestServers((line) => process.stderr.write(`${line}\n`));
  Object.assign(process.env, globalThis.testServers.variables);
}
