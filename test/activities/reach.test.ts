import { createReach } from '../../activities/reach';

describe('whether the bank can be reached', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const fail = (reach: ReturnType<typeof createReach>, times: number) => {
    for (let nth = 0; nth < times; nth += 1) reach.failed();
  };

  test('one connection that failed stops nobody', () => {
    const reach = createReach();
    fail(reach, 2);
    expect(reach.awayForMs()).toBe(0);
  });

  test('three in a row are a bank that is away; what was on its way says nothing more', () => {
    const reach = createReach();
    fail(reach, 60);
    expect(reach.awayForMs()).toBe(1_000);
  });

  test('afterwards one asks, and each time in vain the wait doubles, up to half a minute', () => {
    const reach = createReach();
    fail(reach, 3);
    const waits = Array.from({ length: 8 }, () => {
      const waitMs = reach.awayForMs();
      jest.advanceTimersByTime(waitMs);
      expect(reach.awayForMs()).toBe(0);
      expect(reach.awayForMs()).toBeGreaterThan(0);
      reach.failed();
      return waitMs;
    });
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('one answer, and all may try; later it begins anew', () => {
    const reach = createReach();
    fail(reach, 3);
    reach.reached();
    expect(reach.awayForMs()).toBe(0);
    fail(reach, 3);
    expect(reach.awayForMs()).toBe(1_000);
  });
});
