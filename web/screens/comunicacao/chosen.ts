import type { ItemState } from '../../../domain/states';

/** Títulos that are ticked in the table, with the state they were seen in. */
export type Chosen = ReadonlyMap<number, ItemState>;
