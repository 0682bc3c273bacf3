import { ArgumentError, readArguments } from '../../../tools/bench/arguments';
import { isReached, type Bench } from '../../../tools/bench/frame';

const bench = (name: string, options: Bench['options'] = {}): Bench => ({
  ...{ name, title: `o que ${name} mede`, options },
  run: () => Promise.resolve([]),
});
const benches = [bench('um', { seed: { default: 1, help: 'semente' } }), bench('dois')];

test('no name is all of them, in their order', () => {
  expect(readArguments(['--json'], benches)).toEqual({ chosen: benches, json: true, options: {} });
});

test('names choose, whatever their order, and options have values', () => {
  const read = readArguments(['dois', 'um', '--seed', '7'], benches);
  expect(read).toEqual({ chosen: benches, json: false, options: { seed: 7 } });
  expect(readArguments(['um', '--seed=8'], benches).options).toEqual({ seed: 8 });
});

test.each([
  ['a bench that does not exist', ['três'], /Não há bench três/],
  ['an option that no chosen bench has', ['dois', '--seed', '7'], /não tem a opção --seed/],
  ['an option without its number', ['um', '--seed'], /--seed precisa de um número/],
])('%s is refused with all there is', (_what, args, message) => {
  expect(() => readArguments(args, benches)).toThrow(ArgumentError);
  expect(() => readArguments(args, benches)).toThrow(message);
  expect(() => readArguments(args, benches)).toThrow(/um .*o que um mede/);
});

test('a goal is reached at its bound, from its own side', () => {
  expect(isReached({ goal: 'um.a', value: 0, atMost: 0 })).toBe(true);
  expect(isReached({ goal: 'um.a', value: 1, atMost: 0 })).toBe(false);
  expect(isReached({ goal: 'um.b', value: 0.97, atLeast: 0.97 })).toBe(true);
  expect(isReached({ goal: 'um.b', value: 0.96, atLeast: 0.97 })).toBe(false);
});
