/* What was typed when the session ended: in this tab only, until it is back in its field. */

const KEY = 'boletos:digitado';

interface Kept {
  person: string;
  place: string;
  typed: Record<string, string>;
}

const open = new Set<() => Kept | null>();

/** From now on what `read` tells is kept when the session ends. @returns how to stop */
export function keep(person: string, place: string, read: () => Record<string, string>): () => void {
  const one = () => {
    const typed = read();
    return Object.keys(typed).length > 0 ? { person, place, typed } : null;
  };
  open.add(one);
  return () => open.delete(one);
}

/** The session has ended: told once, before anything is taken from the screen. */
export function keepTyped(): void {
  const all = [...open].map((one) => one()).filter((one) => one !== null);
  if (all.length > 0) sessionStorage.setItem(KEY, JSON.stringify(all));
}

/** Gives back what this person had typed there, and forgets it; what another one had typed is forgotten, too. */
export function takeKept(person: string, place: string): Record<string, string> | null {
  const all = (JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Kept[]).filter((each) => each.person === person);
  const rest = all.filter((each) => each.place !== place);
  if (rest.length > 0) sessionStorage.setItem(KEY, JSON.stringify(rest));
  else sessionStorage.removeItem(KEY);
  return all.find((each) => each.place === place)?.typed ?? null;
}

/** Nothing is left for whoever comes next. @param person whose text stays */
export function forgetKept(person?: string): void {
  const all = (JSON.parse(sessionStorage.getItem(KEY) ?? '[]') as Kept[]).filter((each) => each.person === person);
  if (all.length > 0) sessionStorage.setItem(KEY, JSON.stringify(all));
  else sessionStorage.removeItem(KEY);
}
