/** Who acts when it is no person and no program that this record knows. */
export const SYSTEM = 'sistema';
/** Somebody who reached Temporal: whatever name the message carries, nobody vouches for it. */
export const TEMPORAL = 'temporal';
/** The guard of a carteira, which communicates by itself. */
export const GUARD = 'guarda';

export const actorLabels: Readonly<Record<string, string>> = {
  [SYSTEM]: 'o sistema',
  [GUARD]: 'a guarda da carteira',
  [TEMPORAL]: 'Temporal, sem pessoa conhecida',
};
