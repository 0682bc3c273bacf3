/** A number of places; whoever finds none waits in order of arrival. */
export interface Slots {
  /** @returns how to give the place back; calling it again does nothing. */
  take(): Promise<() => void>;
  /** From now on so many; what is taken beyond that is not given out again. */
  resize(size: number): void;
}

export function createSlots(initial: number): Slots {
  let size = initial;
  let taken = 0;
  const waiting: (() => void)[] = [];

  function serve(): void {
    while (taken < size) {
      const next = waiting.shift();
      if (!next) return;
      taken += 1;
      next();
    }
  }

  return {
    async take() {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        serve();
      });
      let given = false;
      return () => {
        if (given) return;
        given = true;
        taken -= 1;
        serve();
      };
    },
    resize(wanted) {
      size = Math.max(1, wanted);
      serve();
    },
  };
}
