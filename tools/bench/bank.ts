import { setTimeout as sleep } from 'node:timers/promises';
import type { Invented } from '../../gateways/simulator/bank';
import type { FaultRule, Route } from '../../gateways/simulator/faults';
import type { LedgerEntry } from '../../gateways/simulator/ledger';
import type { SimulatorState } from '../../gateways/simulator/server';

const PATIENCE_MS = 60_000;

/** The admin routes of a simulated bank; each is asked again while the simulator is just starting again. */
export interface Bank {
  faults(rules: readonly FaultRule[], seed?: number): Promise<void>;
  settings(changes: Record<string, unknown>): Promise<void>;
  /** Every token that the bank gave is worth nothing any more. */
  expireTokens(): Promise<void>;
  down(ms: number): Promise<void>;
  entries(): Promise<LedgerEntry[]>;
  /** Boletos in the books that nobody registered by a call. */
  fill(what: Invented): Promise<void>;
  /** Wall-clock milliseconds at which calls of a route came. */
  calls(route: Route): Promise<number[]>;
  reset(): Promise<void>;
  state(): Promise<Pick<SimulatorState, 'calls' | 'strangeTokens'>>;
}

export function bankAt(origin: string): Bank {
  async function ask(route: string, body?: unknown): Promise<unknown> {
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      try {
        const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
        const response = await fetch(`${origin}/__admin/${route}`, request);
        if (!response.ok) throw new Error(`the simulator refused ${route}: ${await response.text()}`);
        return await response.json();
      } catch (error) {
        if (performance.now() > until) throw error;
        await sleep(200);
      }
    }
  }
  async function tell(route: string, body: unknown): Promise<void> {
    await ask(route, body);
  }
  return {
    faults: (rules, seed = 1) => tell('faults', { rules, seed }),
    settings: (changes) => tell('settings', changes),
    expireTokens: () => tell('expire-tokens', {}),
    down: (ms) => tell('down', { ms }),
    state: async () => (await ask('state')) as SimulatorState,
    fill: (what) => tell('fill', what),
    calls: async (route) => ((await ask(`calls?route=${route}`)) as { instants: number[] }).instants,
    reset: () => tell('reset', {}),
    entries: async () => ((await ask('ledger?entries=1')) as { entries: LedgerEntry[] }).entries,
  };
}
