/** Small programs in the places of ours, so that a test of the stack is quick and alone. */
export const standIns = {
  worker: 'test/tools/stack/programs/worker.ts',
  simulators: { 'banco-do-brasil': 'test/tools/stack/programs/simulator.ts' },
};
