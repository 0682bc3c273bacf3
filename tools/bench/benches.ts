import { api } from './api';
import { documents } from './documents';
import { doors, restore } from './doors';
import { events } from './events';
import { faults } from './faults';
import type { Bench } from './frame';
import { importBench } from './import';
import { feed } from './feed';
import { limit } from './limit';
import { previa } from './previa';
import { review } from './review';
import { screen } from './screen';
import { storm } from './storm';
import { throughput } from './throughput';

/** Every bench, in the order in which `npm run bench` runs them. */
export const benches: readonly Bench[] = [
  faults,
  storm,
  doors,
  restore,
  limit,
  throughput,
  previa,
  review,
  importBench,
  documents,
  events,
  feed,
  api,
  screen,
];
