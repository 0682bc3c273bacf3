import { number } from './format';

/** How many of a list are not shown. */
export function Rest({ of, shown }: { of: number; shown: number }) {
  return of > shown ? <span>e mais {number(of - shown)}</span> : null;
}
