/** One line for the person who started the stack. */
export type Say = (line: string) => void;

/** Runs a step of the set-up and says what it did and how long it took, also when it failed. */
export async function step<T>(say: Say, what: string, run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  try {
    const result = await run();
    say(`✓ ${what} (${seconds(began)})`);
    return result;
  } catch (error) {
    say(`✗ ${what} (${seconds(began)})`);
    throw error;
  }
}

function seconds(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1).replace('.', ',')} s`;
}
