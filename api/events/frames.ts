import type { CorrectedEvent, ItemEvent, ProgressEvent } from '../../contract/events';
import type { BatchEvent } from '../../record/batches/events';
import type { BatchProgress } from '../../record/batches/progress';
import { phaseLabels } from '../../domain/batch/phases';
import { itemLabels } from '../../domain/boleto/states';

/* What goes over the wire: text/event-stream, each event one line of JSON. */

/** What the contract says, before JSON makes texts of its instants. */
type Sent<Event> = { [Name in keyof Event]: Event[Name] | (string extends Event[Name] ? Date : never) };

const encoder = new TextEncoder();
/** A stream that broke is asked for again after this. */
const RETRY_MS = 2_000;

export const greeting = encoder.encode(`retry: ${RETRY_MS}\n: acompanhando\n\n`);
export const heartbeat = encoder.encode(': vivo\n\n');

export function itemFrames(events: readonly BatchEvent[]): Uint8Array {
  let text = '';
  for (const event of events) {
    const data: Sent<ItemEvent> = { ...event, stateLabel: itemLabels[event.state] };
    text += `id: ${event.seq}\nevent: item\ndata: ${JSON.stringify(data)}\n\n`;
  }
  return encoder.encode(text);
}

export function progressFrame(progress: BatchProgress): Uint8Array {
  const data: Sent<ProgressEvent> = { ...progress, phaseLabel: phaseLabels[progress.phase] };
  return encoder.encode(`event: progress\ndata: ${JSON.stringify(data)}\n\n`);
}

/** @param receivableId null: so many that whoever shows them reads them anew. */
export function correctedFrame(receivableId: number | null): Uint8Array {
  const data: CorrectedEvent = { receivableId };
  return encoder.encode(`event: corrected\ndata: ${JSON.stringify(data)}\n\n`);
}
