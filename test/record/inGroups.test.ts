import { inGroups } from '../../record/inGroups';

describe('grouping requests', () => {
  test('requests of one turn share a group, and each gets its own answer', async () => {
    const groups: number[][] = [];
    const double = inGroups<number, number>(10, (items) => {
      groups.push(items);
      return Promise.resolve(items.map((item) => item * 2));
    });
    expect(await Promise.all([1, 2, 3].map(double))).toEqual([2, 4, 6]);
    expect(groups).toEqual([[1, 2, 3]]);
  });

  test('a group never exceeds its size', async () => {
    const sizes: number[] = [];
    const run = inGroups<number, number>(4, (items) => {
      sizes.push(items.length);
      return Promise.resolve(items);
    });
    await Promise.all(Array.from({ length: 10 }, (_, index) => run(index)));
    expect(sizes).toEqual([4, 4, 2]);
  });

  test('one bad item fails alone', async () => {
    const run = inGroups<string, string>(10, (items) =>
      items.includes('bad') ? Promise.reject(new Error('bad row')) : Promise.resolve(items),
    );
    const ends = await Promise.allSettled(['a', 'bad', 'b'].map(run));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  test('requests that come while a group is under way are answered too', async () => {
    let begin: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (begin = resolve));
    const run = inGroups<number, number>(1, async (items) => {
      await gate;
      return items;
    });
    const first = run(1);
    const second = run(2);
    begin();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });
});
