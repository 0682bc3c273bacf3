// node tools/stack/prepare.mjs SCRIPT.ts [args]: dependencies first, then the script, in this process: its signals and its exit
// code are its own. Plain Node: nothing is installed yet.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import dependencies from './dependencies.cjs';

const LOOKS_EVERY_MS = 500;

await dependencies.ensureDependencies();
if (process.env.npm_lifecycle_event) endWithNpm();

const script = resolve(process.argv[2]);
process.argv.splice(1, 2, script);
await import('tsx');
createRequire(import.meta.url)(script);

/**
 * npm runs a script in a shell, to which it passes a signal and which dies of it without a word to us; and a killed npm
 * tells nobody. Either way the stack would run on, unseen, in a folder that the next run wants.
 */
function endWithNpm() {
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && parentOf(parent) === grandparent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOKS_EVERY_MS);
  timer.unref();
}

/** Linux only; elsewhere the shell becomes its only command and npm is the parent itself. */
function parentOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  } catch {
    return undefined;
  }
}
