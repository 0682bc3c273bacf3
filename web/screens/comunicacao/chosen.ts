import type { Item } from '../../../contract/item';

/** Of one action. */
export const MAX_CHOSEN = 500;

/** Títulos that are ticked in the table, as they were seen. */
export type Chosen = ReadonlyMap<number, Item>;
