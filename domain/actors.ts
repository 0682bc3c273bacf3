/** Who acts when it is no person and no program that this record knows. */
export const SYSTEM = 'sistema';
/** Somebody who reached Temporal: whatever name the message carries, nobody vouches for it. */
export const TEMPORAL = 'temporal';

export const actorLabels: Readonly<Record<string, string>> = {
  [SYSTEM]: 'o sistema',
  [TEMPORAL]: 'Temporal, sem pessoa conhecida',
};
