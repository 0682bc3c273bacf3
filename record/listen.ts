import type { Knex } from 'knex';
import { Client, type ClientConfig } from 'pg';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export interface Listener {
  /** Resolves when it first hears, or could not connect and tries on. */
  tried: Promise<void>;
  close(): Promise<void>;
}

/**
 * One connection besides the pool, to the same record, that hears `channel`. Lost, it comes back by itself; what was
 * said meanwhile nobody hears again, so that `onConnected` says each time: look for yourself.
 */
export function listen(
  knex: Knex,
  channel: 'batch_event',
  { onMessage, onConnected }: { onMessage: (payload: string) => void; onConnected: () => void },
): Listener {
  const { connection } = (knex.client as { config: { connection: ClientConfig } }).config;
  let client: Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let pause = FIRST_PAUSE_MS;
  let closed = false;

  const connect = async () => {
    const fresh = new Client({ ...connection, application_name: 'boletos-eventos', keepAlive: true });
    client = fresh;
    let lost = false;
    const onLost = () => {
      if (lost || closed) return;
      lost = true;
      void fresh.end().catch(() => undefined);
      retry = setTimeout(() => void connect(), pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    };
    fresh.on('error', onLost);
    fresh.on('end', onLost);
    fresh.on('notification', ({ payload }) => onMessage(payload ?? ''));
    try {
      await fresh.connect();
      await fresh.query(`listen ${channel}`);
    } catch {
      return onLost();
    }
    pause = FIRST_PAUSE_MS;
    if (closed) await fresh.end().catch(() => undefined);
    else onConnected();
  };
  const tried = connect();

  return {
    tried,
    async close() {
      closed = true;
      if (retry) clearTimeout(retry);
      await client?.end().catch(() => undefined);
    },
  };
}
