import type { Knex } from 'knex';
import { listen, type Listener } from '../../record/listen';
import type { ApiDeps } from '../deps';
import { openHub, type Hub } from './hub';
import type { EventsPace } from './pace';

export interface Hubs {
  /** The batch's hub, made for its first viewer; each `join` is followed by one `leave`. */
  join(batchId: string): Promise<Hub>;
  leave(batchId: string): void;
}

/** One hub for each batch that is watched here, and one listening connection while any is. */
export function createHubs(deps: { knex: Knex; log: ApiDeps['log'] }, pace: EventsPace): Hubs {
  const watched = new Map<string, { hub: Promise<Hub>; viewers: number; ready: Hub | null }>();
  let listener: Listener | null = null;

  const hear = (payload: string) => {
    const [batchId = '', receivableId] = payload.split(' ');
    const hub = watched.get(batchId)?.ready;
    if (receivableId === undefined) hub?.announce();
    else hub?.corrected(Number(receivableId));
  };
  const lookEverywhere = () => {
    for (const { ready } of watched.values()) ready?.announce();
  };

  return {
    async join(batchId) {
      let entry = watched.get(batchId);
      if (!entry) {
        entry = { hub: openHub(deps, batchId, pace), viewers: 0, ready: null };
        watched.set(batchId, entry);
        listener ??= listen(deps.knex, 'batch_event', { onMessage: hear, onConnected: lookEverywhere });
      }
      entry.viewers += 1;
      try {
        entry.ready = await entry.hub;
        await listener?.tried;
        return entry.ready;
      } catch (error) {
        this.leave(batchId);
        throw error;
      }
    },
    leave(batchId) {
      const entry = watched.get(batchId);
      if (!entry) return;
      entry.viewers -= 1;
      if (entry.viewers > 0) return;
      watched.delete(batchId);
      entry.ready?.close();
      if (watched.size > 0) return;
      void listener?.close();
      listener = null;
    },
  };
}
