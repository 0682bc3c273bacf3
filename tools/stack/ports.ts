import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeAtomically } from './files';

const LOOPBACK = '127.0.0.1';

/** A port of loopback that nobody listens on just now. Another program can still be quicker: callers try again. */
export function freePort(wished = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: wished, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/**
 * Ports by name that stay the same over the runs of one folder as long as nobody else takes them, so that bookmarks and
 * addresses in the record go on working.
 */
export async function keepPorts(folder: string, names: readonly string[]): Promise<Record<string, number>> {
  const file = join(folder, 'ports.json');
  const known = readPorts(file);
  const ports: Record<string, number> = { ...known };
  for (const name of names) {
    const wished = known[name];
    ports[name] = (wished && (await freePort(wished).catch(() => undefined))) || (await freePort());
  }
  writeAtomically(file, JSON.stringify(ports));
  return ports;
}

function readPorts(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
