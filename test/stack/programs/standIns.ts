/** Small programs in the places of ours, so that a test of the stack is quick and alone. */
export const standIns = {
  worker: 'test/stack/programs/worker.ts',
  simulators: { 'banco-do-brasil': 'test/stack/programs/simulator.ts' },
};
