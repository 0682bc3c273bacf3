/** A fixed number of places; whoever finds none waits in order of arrival. */
export interface Slots {
  /** @returns how to give the place back; calling it again does nothing. */
  take(): Promise<() => void>;
}

export function createSlots(size: number): Slots {
  let free = size;
  const waiting: (() => void)[] = [];
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      let given = false;
      return () => {
        if (given) return;
        given = true;
        const next = waiting.shift();
        if (next) next();
        else free += 1;
      };
    },
  };
}
