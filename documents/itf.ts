/** Wide bars and spaces of the digits 0 to 9: two of five. */
const WIDE = ['00110', '10001', '01001', '11000', '00101', '10100', '01100', '00011', '10010', '01010'] as const;
/** A wide element is three narrow ones: 44 digits are then 405 modules, 103 mm at the 0.254 mm of the standard. */
const WIDE_MODULES = 3;

/** A black bar: where it begins and how wide it is, in modules (narrow bars). */
export interface Bar {
  at: number;
  width: number;
}

/**
 * Interleaved 2 of 5: of each pair the first digit is in the bars, the second in the spaces between them.
 * @throws RangeError for anything but an even number of digits
 */
export function itfBars(digits: string): { bars: Bar[]; modules: number } {
  if (!/^(\d\d)+$/.test(digits)) throw new RangeError('interleaved 2 of 5 takes pairs of digits');
  const bars: Bar[] = [];
  let at = 0;
  const draw = (bar: number, space: number): void => {
    bars.push({ at, width: bar });
    at += bar + space;
  };
  draw(1, 1);
  draw(1, 1);
  for (let pair = 0; pair < digits.length; pair += 2) {
    const [bar, space] = [widths(digits[pair]), widths(digits[pair + 1])];
    for (let element = 0; element < 5; element += 1) draw(bar[element] ?? 1, space[element] ?? 1);
  }
  draw(WIDE_MODULES, 1);
  draw(1, 0);
  return { bars, modules: at };
}

function widths(digit: string | undefined): number[] {
  return [...(WIDE[Number(digit)] ?? '')].map((wide) => (wide === '1' ? WIDE_MODULES : 1));
}
