// A whole stack in a process of its own, so that a test can kill it. Tells the test when it is up.
import { startStack } from '../../../../tools/stack/stack';
import { standIns } from './standIns';

startStack({ name: 'start', say: (line) => process.stderr.write(`${line}\n`), programs: standIns }).then(
  (stack) => {
    process.send?.({ up: true, pids: stack.pids() });
    process.once('SIGTERM', () => void stack.stop().then(() => process.exit(0)));
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  },
);
