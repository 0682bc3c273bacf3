import { phaseLabels } from '../domain/batch/phases';
import { itemLabels, itemStates, type ItemState } from '../domain/boleto/states';
import type { BatchView } from '../record/batches/batches';
import { count, duration } from '../words/text';

const BAR_CELLS = 20;
/** Long enough to even out one slow call, short enough to show a bank that slows down. */
const RATE_OVER_MS = 30_000;

/** One look at a batch. */
export interface Sample {
  atMs: number;
  batch: BatchView;
  /** Items that the machine still has to act on, now or later. */
  pending: number;
}

export interface Progress {
  batchId: string;
  phase: BatchView['phase'];
  round: number;
  selected: number | null;
  leftOut: number | null;
  byState: Record<ItemState, number>;
  pending: number;
  /** Boletos a second over the last 30 s; null while unknown. */
  ratePerSecond: number | null;
  secondsLeft: number | null;
  /** The wish; the phase follows when what was under way has ended. */
  paused: boolean;
  pauseReason: string | null;
  concluding: boolean;
}

/** @param samples oldest first, at least one. */
export function measure(samples: readonly Sample[]): Progress {
  const last = samples.at(-1) as Sample;
  const first = samples.find(({ atMs }) => last.atMs - atMs <= RATE_OVER_MS) ?? last;
  const seconds = (last.atMs - first.atMs) / 1_000;
  const done = first.pending - last.pending;
  const ratePerSecond = seconds > 0 && done > 0 ? done / seconds : null;
  const { batchId, phase, round, selected, leftOut, counts, paused, pauseReason, concluding } = last.batch;
  return {
    batchId,
    phase,
    round,
    selected,
    leftOut,
    byState: counts.byState,
    pending: last.pending,
    ratePerSecond,
    secondsLeft: ratePerSecond === null ? null : last.pending / ratePerSecond,
    paused,
    pauseReason,
    concluding,
  };
}

/** `[█████░░░░░] 50% · Comunicando com o gateway · rodada 1 · 52/s · faltam cerca de 8 s · Registrado 400 · Na fila 400` */
export function progressLine(progress: Progress): string {
  return progressLines(progress)
    .filter((line) => line !== '')
    .join(' · ');
}

/** How far, and how much in each state: the two lines of a terminal. */
export function progressLines(progress: Progress): [string, string] {
  const total = progress.selected ?? 0;
  const share = total === 0 ? 0 : (total - progress.pending) / total;
  const full = Math.floor(share * BAR_CELLS);
  const head = [
    `[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}] ${Math.floor(share * 100)}%`,
    progress.concluding ? 'Concluindo' : phaseLabels[progress.phase],
    `rodada ${progress.round}`,
  ];
  if (progress.pending > 0 && progress.ratePerSecond !== null && progress.secondsLeft !== null)
    head.push(`${perSecond(progress.ratePerSecond)}/s`, `faltam cerca de ${duration(progress.secondsLeft)}`);
  const counts = itemStates
    .filter((state) => progress.byState[state] > 0)
    .map((state) => `${itemLabels[state]} ${count(progress.byState[state])}`);
  return [head.join(' · '), counts.join(' · ')];
}

function perSecond(rate: number): string {
  return rate.toLocaleString('pt-BR', { maximumFractionDigits: rate < 10 ? 1 : 0 });
}
