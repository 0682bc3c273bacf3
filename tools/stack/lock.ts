import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from './errors';
import { ownFolder } from './files';
import { identity } from './identity';

const heldHere = new Set<string>();

/**
 * One stack per folder. The lock of a run that was killed is taken over.
 * @returns a function that gives the folder back.
 * @throws StackError naming the process that holds the folder.
 */
export function lockFolder(folder: string): () => void {
  ownFolder(folder);
  const file = join(folder, 'lock');
  const mine = `${process.pid}\n${identity(process.pid)}\n`;
  const draft = `${file}.${process.pid}`;
  while (!heldHere.has(file)) {
    writeFileSync(draft, mine, { mode: 0o600 });
    try {
      // Unlike a rename it fails when the file is there; unlike "create" it never shows a lock without its content.
      linkSync(draft, file);
      heldHere.add(file);
      return () => {
        heldHere.delete(file);
        rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    const theirs = read(file);
    if (theirs === undefined) continue;
    const [pid, holder] = theirs.split('\n');
    if (holder && Number(pid) !== process.pid && identity(Number(pid)) === holder) throw inUse(folder, pid);
    takeAway(file, theirs);
  }
  throw inUse(folder, String(process.pid));
}

function inUse(folder: string, pid: string | undefined): StackError {
  return new StackError(
    `A pasta ${folder} já está em uso pelo processo ${pid}. ` +
      'Encerre aquele primeiro (Ctrl-C), ou use outra pasta com DATA_DIR.',
  );
}

/** Two runs may find the same stale lock: the slower one must not take away what the quicker one has just made. */
function takeAway(file: string, stale: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, file);
  } catch {
    // Somebody else took it away: the next look decides.
  } finally {
    rmSync(aside, { force: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
