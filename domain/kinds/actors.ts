/** Who acts when it is no person and no program that this record knows. */
export const SYSTEM = 'sistema';
/** Somebody who reached Temporal: whatever name the message carries, nobody vouches for it. */
export const TEMPORAL = 'temporal';
/** The guard of a carteira, which communicates by itself. */
export const GUARD = 'guarda';

/** Whoever has the record's keys on its machine: no login of ours was shown. */
export const MACHINE = 'maquina';

export const actorLabels: Readonly<Record<string, string>> = {
  [SYSTEM]: 'o sistema',
  [GUARD]: 'a guarda da carteira',
  [MACHINE]: 'alguém na máquina, por comando',
  [TEMPORAL]: 'Temporal, sem pessoa conhecida',
};
