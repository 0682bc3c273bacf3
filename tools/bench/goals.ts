import { countByKind, type Finding } from './auditor';
import type { Goal } from './frame';

/** What both benches promise: nothing twice, nothing lost, nothing different, and no batch left in the middle. */
export function goalsOf(bench: string, findings: readonly Finding[], unfinished: number): Goal[] {
  const counts = countByKind(findings);
  return [
    { goal: `${bench}.unfinished`, value: unfinished, atMost: 0 },
    { goal: `${bench}.recordBroken`, value: counts.broken, atMost: 0 },
    { goal: `${bench}.duplicates`, value: counts.duplicate, atMost: 0 },
    { goal: `${bench}.lost`, value: counts.lost, atMost: 0 },
    { goal: `${bench}.recordDiffers`, value: counts.differs, atMost: 0 },
  ];
}
