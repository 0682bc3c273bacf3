import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from './files';

/** `stack.json`: where everything of a stack is; Holds the record's password. */
export interface StackFile {
  /** Origin of the screens, and of the API under /api/v1; absent where a stack has none. */
  web?: string;
  api?: string;
  /** host:port */
  temporalAddress: string;
  temporalNamespace: string;
  /** Absent where the Temporal is not ours. */
  temporalUi?: string;
  /** For people and tools: of the role that has the tables. */
  databaseUrl: string;
  /** Of the role that the API, the worker and the CLI are: rows only. */
  applicationDatabaseUrl: string;
  /** Absent where SECRETS_KEY comes from the environment. */
  secretsKeyFile?: string;
  gateways: Record<string, string>;
  /** Of the processes that are up now; those that are not ours are absent. */
  pids: { worker: number[]; api?: number; temporal?: number; postgres?: number; gateways: Record<string, number> };
}

export function writeStackFile(folder: string, content: StackFile): void {
  writeAtomically(join(folder, 'stack.json'), `${JSON.stringify(content)}\n`);
}

export function removeStackFile(folder: string): void {
  rmSync(join(folder, 'stack.json'), { force: true });
}
