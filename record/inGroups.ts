import { setImmediate } from 'node:timers/promises';

/**
 * Collects single requests into groups: whatever arrives while a group is under way makes up the next one, and where
 * company is worth that much, a group waits up to `gatherMs` to be full. So a lone request waits for little or nothing,
 * and a crowd shares statements.
 *
 * @param run answers in the order of its items; when it fails, each item is run again alone, so that one bad row
 *   harms nobody else.
 */
export function inGroups<Item, Answer>(
  max: number,
  run: (items: Item[]) => Promise<Answer[]>,
  gatherMs = 0,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    item: Item;
    resolve(answer: Answer): void;
    reject(error: unknown): void;
  }
  const waiting: Waiting[] = [];
  let running = false;
  let onFull: () => void = () => undefined;

  async function runGroup(group: Waiting[]): Promise<void> {
    try {
      const answers = await run(group.map(({ item }) => item));
      group.forEach(({ resolve }, index) => resolve(answers[index] as Answer));
    } catch (error) {
      if (group.length === 1) return group[0]?.reject(error);
      for (const single of group) await runGroup([single]);
    }
  }

  async function gather(): Promise<void> {
    // Requests made in the same turn of the event loop belong together.
    await setImmediate();
    if (gatherMs === 0 || waiting.length >= max) return;
    await new Promise<void>((resolve) => {
      onFull = resolve;
      setTimeout(resolve, gatherMs);
    });
  }

  async function drain(): Promise<void> {
    running = true;
    while (waiting.length > 0) {
      await gather();
      await runGroup(waiting.splice(0, max));
    }
    running = false;
  }

  return (item) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length >= max) onFull();
      if (!running) void drain();
    });
}
