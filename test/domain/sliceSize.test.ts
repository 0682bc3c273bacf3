import { sliceSize } from '../../domain/batch/sliceSize';

test.each([
  [0, 1],
  [500, 1],
  [501, 10],
  [800, 10],
  [4_000, 50],
  [16_000, 200],
  [1_000_000, 200],
])('%i pending items make slices of %i', (pending, size) => {
  expect(sliceSize(pending)).toBe(size);
});
