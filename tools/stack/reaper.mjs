// Ends the processes of a stack whose parent was killed. It knows them from its standard input, one a line:
//   + PID SIGNAL GRACE_MS STAGE    started (higher stages are ended first)
//   - PID                          ended by itself or by the parent
// The input ends when the parent does, however that happened. Plain Node, without dependencies: small and quick.
import { createInterface } from 'node:readline';

const known = new Map();

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};

const send = (pid, signal) => {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function end(pid, { signal, graceMs }) {
  send(pid, signal);
  const giveUp = performance.now() + graceMs;
  while (isAlive(pid) && performance.now() < giveUp) await pause(50);
  if (isAlive(pid)) send(pid, 'SIGKILL');
}

// A terminal's Ctrl-C or a service manager's stop reaches the parent too, which then stops everything in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const [what, pid, signal, graceMs, stage] = line.split(' ');
  if (what === '+') known.set(Number(pid), { signal, graceMs: Number(graceMs), stage: Number(stage) });
  else known.delete(Number(pid));
});
lines.on('close', async () => {
  const stages = [...new Set([...known.values()].map(({ stage }) => stage))].sort((a, b) => b - a);
  for (const stage of stages) {
    const together = [...known].filter(([, process]) => process.stage === stage);
    await Promise.all(together.map(([pid, process]) => end(pid, process)));
  }
  process.exit(0);
});
