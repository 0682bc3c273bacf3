import type * as CheckModule from '../activities/checkAccount';
import type * as GatewaysModule from '../gateways/gateways';
import type * as PasswordModule from '../api/access/machinePassword';
import { run, type CreateCheck, type CreateSetPassword } from './run';

/** The process `boletos`, and its composition root. @param args without node and the script */
export async function main(args: string[]): Promise<void> {
  // A reader that had enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await run(
    args,
    process.env,
    { out: console.log, err: console.error },
    createCheck,
    createSetPassword,
  );
}

/**
 * Loaded for the one command that reaches a bank: the others start without a transport. Required, since bin/boletos.js
 * compiles what is required, and not what is imported later.
 */
const createCheck: CreateCheck = async ({ simulated, ...deps }) => {
  /* eslint-disable @typescript-eslint/no-require-imports */
  const { createGateways } = require('../gateways/gateways') as typeof GatewaysModule;
  const { createCheckAccount } = require('../activities/checkAccount') as typeof CheckModule;
  /* eslint-enable @typescript-eslint/no-require-imports */
  return createCheckAccount({ ...deps, gateways: createGateways({ simulated }) });
};

/** The same for the rules of passwords, and what hashes one. */
const createSetPassword: CreateSetPassword = (deps) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const passwords = require('../api/access/machinePassword') as typeof PasswordModule;
  return passwords.createSetPassword(deps);
};
