import type { BatchEvent } from '../../record/batches/events';
import type { BatchProgress } from '../../record/batches/progress';
import { phaseLabels } from '../../domain/batch/phases';
import { itemLabels } from '../../domain/boleto/states';

/* What goes over the wire: text/event-stream, each event one line of JSON. */

const encoder = new TextEncoder();
/** A stream that broke is asked for again after this. */
const RETRY_MS = 2_000;

export const greeting = encoder.encode(`retry: ${RETRY_MS}\n: acompanhando\n\n`);
export const heartbeat = encoder.encode(': vivo\n\n');

export function itemFrames(events: readonly BatchEvent[]): Uint8Array {
  let text = '';
  for (const event of events)
    text += `id: ${event.seq}\nevent: item\ndata: ${JSON.stringify({ ...event, stateLabel: itemLabels[event.state] })}\n\n`;
  return encoder.encode(text);
}

export function progressFrame(progress: BatchProgress): Uint8Array {
  const data = JSON.stringify({ ...progress, phaseLabel: phaseLabels[progress.phase] });
  return encoder.encode(`event: progress\ndata: ${data}\n\n`);
}

/** @param receivableId null: so many that whoever shows them reads them anew. */
export function correctedFrame(receivableId: number | null): Uint8Array {
  return encoder.encode(`event: corrected\ndata: ${JSON.stringify({ receivableId })}\n\n`);
}
