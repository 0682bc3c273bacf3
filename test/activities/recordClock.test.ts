import { createRecordClock } from '../../activities/recordClock';

describe("the record's clock on ours", () => {
  test('an instant has come when the slowest reading of the answer says so, and has not passed by the quickest', () => {
    const clock = createRecordClock();
    // The record said 5000 at some moment from 100 to 130.
    clock.learn(5_000, 100, 130);
    expect(clock.reachedBy(5_000)).toBe(130);
    expect(clock.notPassedBefore(5_000)).toBe(100);
  });

  test('a slow answer costs no precision, a quick one brings it', () => {
    const clock = createRecordClock();
    clock.learn(5_000, 100, 102);
    clock.learn(5_300, 150, 1_150);
    expect(clock.reachedBy(5_000)).toBeLessThan(103);
    expect(clock.notPassedBefore(5_000)).toBeGreaterThan(99);
    clock.learn(7_000, 2_100, 2_101);
    expect(clock.reachedBy(7_000) - clock.notPassedBefore(7_000)).toBeLessThanOrEqual(1);
  });

  test('clocks that drift apart as far as NTP lets them stay within the bounds', () => {
    const clock = createRecordClock();
    for (let ours = 0; ours < 600_000; ours += 1_000) {
      const theirs = 5_000 + ours * 1.0004;
      clock.learn(theirs, ours - 1, ours + 1);
      expect(clock.reachedBy(theirs)).toBeGreaterThanOrEqual(ours);
      expect(clock.notPassedBefore(theirs)).toBeLessThanOrEqual(ours);
    }
  });

  test('a clock that was set, or a machine that slept, makes it forget', () => {
    const clock = createRecordClock();
    clock.learn(5_000, 100, 102);
    clock.learn(65_000, 200, 203);
    expect(clock.reachedBy(65_000)).toBe(203);
    expect(clock.notPassedBefore(65_000)).toBe(200);
  });
});
