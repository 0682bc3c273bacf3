import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import type { SecretBox } from '../../config/secrets';
import { accountPlace } from '../../domain/account/sealedPlaces';
import { manifests } from '../../gateways';
import { ownFolder, writeAtomically } from './files';
import { freePort } from './ports';
import { ourPlainProgram, type Program } from './processes';

/** The banks' stand-ins that this project has, by gateway name: the program of each, from the clone's folder. */
export const simulatorPrograms: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(manifests).map(({ name, simulator }) => [name, simulator]),
);

export interface Simulator {
  program: Program<void>;
  /** Known once the program is ready. */
  origin(): string;
}

/** @param folder the stack's folder: the simulator's ledger is kept below it, like a bank's own books. */
export function simulator(folder: string, name: string, main: string, wishedPort: number): Simulator {
  const state = join(folder, 'gateways', name);
  ownFolder(state);
  let port = wishedPort;
  let origin = '';
  return {
    origin: () => origin,
    program: {
      name: `gateway-${name}`,
      kind: 'gateway',
      label: `Simulador ${name}`,
      async launch() {
        // Accounts in the record hold the address: once told, it stays.
        if (!origin) port = await freePort(port).catch(() => freePort());
        return ourPlainProgram(main, { SIMULATOR_PORT: String(port), SIMULATOR_STATE: state });
      },
      ready: {
        message(message) {
          origin = new URL((message as { url: string }).url).origin;
        },
      },
      readyWithinMs: 60_000,
      stopSignal: 'SIGTERM',
      graceMs: 5_000,
    },
  };
}

/**
 * Accounts hold their gateway's address. Where a simulator could not have its old port again, they follow it.
 * @param box their credentials belong to their addresses and are sealed anew
 * @param origins by gateway name, of the simulators that run now
 */
export async function moveAccounts(
  knex: Knex,
  box: SecretBox,
  folder: string,
  origins: Record<string, string>,
): Promise<void> {
  const memory = join(folder, 'simulators.json');
  const before = readOrigins(memory);
  await knex.transaction(async (transaction) => {
    for (const [gateway, now] of Object.entries(origins)) {
      const old = before[gateway];
      if (!old || old === now) continue;
      const moved = (url: string) => (url === old || url.startsWith(`${old}/`) ? now + url.slice(old.length) : url);
      for (const account of await transaction<AccountRow>('gateway_account').where({ gateway }).forUpdate()) {
        const there = {
          ...account,
          base_url: moved(account.base_url),
          auth_url: account.auth_url && moved(account.auth_url),
        };
        if (there.base_url === account.base_url && there.auth_url === account.auth_url) continue;
        await transaction('gateway_account')
          .where({ id: account.id })
          .update({
            ...{ base_url: there.base_url, auth_url: there.auth_url },
            credentials: sealedThere(box, account, there),
          });
      }
    }
  });
  // Only now: a run killed before this line moves them the next time.
  writeAtomically(memory, JSON.stringify({ ...before, ...origins }));
}

interface AccountRow {
  id: number;
  gateway: string;
  base_url: string;
  auth_url: string | null;
  credential_fingerprint: string;
  credentials: Buffer;
}

/** What another key sealed stays as it is: nobody here can open it. */
function sealedThere(box: SecretBox, from: AccountRow, to: AccountRow): Buffer {
  try {
    return box.seal(box.open(from.credentials, placeOf(from)), placeOf(to));
  } catch {
    return from.credentials;
  }
}

const placeOf = ({ gateway, base_url: baseUrl, auth_url: authUrl, credential_fingerprint: fingerprint }: AccountRow) =>
  accountPlace({ gateway, baseUrl, authUrl, fingerprint });

function readOrigins(file: string): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
