export default async function globalTeardown(): Promise<void> {
  await globalThis.testTemplate?.drop();
  await globalThis.testServers?.stop();
}
