import { z } from 'zod';
import { startSimulator } from './simulator';

const environment = z.object({
  SIMULATOR_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  SIMULATOR_STATE: z.string().min(1),
  /** Also write every call to calls.jsonl of the state folder. */
  SIMULATOR_CALLS: z.enum(['0', '1']).default('0'),
});

/** The simulator as a process of its own: says where it is, and ends with whoever started it. */
async function main(): Promise<void> {
  const { SIMULATOR_PORT, SIMULATOR_STATE, SIMULATOR_CALLS } = environment.parse(process.env);
  const { url, baseUrl, authUrl, close } = await startSimulator({
    port: SIMULATOR_PORT,
    stateFolder: SIMULATOR_STATE,
    callsToFile: SIMULATOR_CALLS === '1',
  });
  const stop = (): void => void close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.once('disconnect', stop);
  const ready = { ready: true, url, baseUrl, authUrl };
  process.send?.(ready);
  process.stdout.write(`${JSON.stringify(ready)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`simulador do Banco do Brasil: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
