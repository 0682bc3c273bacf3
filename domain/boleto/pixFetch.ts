/*
 * A boleto that was registered without the Pix that its carteira asks for: how long it is fetched by itself. Whoever is
 * charged waits for it, so that the first tries come soon; a bank that refuses with a reason is asked a few times more,
 * since its keys may just be changing.
 */

/** Minutes until the next try, after the first, the second … try that brought nothing. */
const WAITS_MIN = [2, 5, 15, 30, 60, 180, 360, 720] as const;
/** Of these the bank refused with a reason; then it is a person's turn. */
const MOST_REFUSALS = 3;

/**
 * @param tried how many tries brought none, and how many of them the bank refused with a reason; this one included
 * @returns milliseconds until the next; null = given up, until a person asks again
 */
export function nextPixTryInMs({ tries, refusals }: { tries: number; refusals: number }): number | null {
  const minutes = WAITS_MIN[tries - 1];
  return minutes === undefined || refusals >= MOST_REFUSALS ? null : minutes * 60_000;
}
