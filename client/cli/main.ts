import { run, type CreateCheck } from './run';

/** The process `boletos`, and its composition root. @param args without node and the script */
export async function main(args: string[]): Promise<void> {
  // A reader that had enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await run(args, process.env, { out: console.log, err: console.error }, createCheck);
}

/** Loaded for the one command that reaches a bank: the others start without a transport. */
const createCheck: CreateCheck = async ({ simulated, ...deps }) => {
  const [{ createGateways }, { createCheckAccount }] = await Promise.all([
    import('../../gateways/gateways.js'),
    import('../../activities/checkAccount.js'),
  ]);
  return createCheckAccount({ ...deps, gateways: createGateways({ simulated }) });
};
