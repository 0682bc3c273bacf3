import { faults } from './faults';
import type { Bench } from './frame';
import { storm } from './storm';

/** Every bench, in the order in which `npm run bench` runs them. */
export const benches: readonly Bench[] = [faults, storm];
