/** Between two keys of somebody who types. */
const REST_MS = 1_000;

let typedAt = -REST_MS;
addEventListener('keydown', () => (typedAt = performance.now()), true);

/** Calls back at once when nobody types, else when the keys have rested. */
export function whenHandsRest(then: () => void): void {
  const left = typedAt + REST_MS - performance.now();
  if (left <= 0) then();
  else setTimeout(() => whenHandsRest(then), left);
}
