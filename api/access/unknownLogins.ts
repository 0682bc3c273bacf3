import { hashOf } from './secrets';

const WRONG_PASSWORDS = 5;
const LOCKED_MS = 15 * 60_000;

/**
 * Locks logins that nobody has, as record/access/users.ts locks those of people: otherwise the lock would tell which exist. In the
 * memory of this process, at most `keys` of them; by their hash, since people type passwords there, too.
 */
export function createUnknownLogins(keys = 10_000, now: () => number = () => performance.now()) {
  const known = new Map<string, { failed: number; lockedUntil: number }>();
  const keyOf = (login: string) => hashOf(login.toLowerCase()).toString('base64');
  return {
    /** Counts a try before it is judged. @returns for how long no more are taken; 0 = judge it */
    countTry(login: string): number {
      const key = keyOf(login);
      const { failed: before, lockedUntil } = known.get(key) ?? { failed: 0, lockedUntil: 0 };
      if (lockedUntil > now()) return lockedUntil - now();
      const failed = before + 1;
      known.delete(key);
      known.set(key, {
        failed: failed % WRONG_PASSWORDS,
        lockedUntil: failed === WRONG_PASSWORDS ? now() + LOCKED_MS : 0,
      });
      for (const oldest of known.keys()) {
        if (known.size <= keys) break;
        known.delete(oldest);
      }
      return 0;
    },
  };
}
