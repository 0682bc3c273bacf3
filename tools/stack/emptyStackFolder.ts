import { rmSync } from 'node:fs';
import { lockFolder } from './lock';
import { discardPostgres } from './postgres';
import type { Say } from './say';
import { stopStaleTemporal } from './temporal';

/**
 * For a stack that begins with an empty record: removes its folder, and what an earlier, killed run left in it or running.
 * @throws StackError while another process uses the folder.
 */
export async function emptyStackFolder(folder: string, say: Say): Promise<void> {
  const unlock = lockFolder(folder);
  try {
    await discardPostgres(folder, say);
    await stopStaleTemporal(folder, say);
  } finally {
    unlock();
  }
  rmSync(folder, { recursive: true, force: true });
}
