// Stands in for the worker: ready, and ended by SIGTERM or with its parent. Dies at once where the test asks for it.
const stop = () => process.exit(0);
process.once('SIGTERM', stop);
process.once('disconnect', stop);
if (process.env.WORKER_FAILS) {
  process.stderr.write('o worker de mentira falhou de propósito\n');
  process.exit(7);
}
process.send?.({ ready: true });
