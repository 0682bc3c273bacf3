/** What the demo tells the simulated bank, and reads from its books. */
export interface Bank {
  tell(route: 'facts' | 'faults' | 'settings', body: unknown): Promise<void>;
  ledger(): Promise<{ registered: number; duplicates: number }>;
}

export function simulatedBank(origin: string): Bank {
  return {
    async tell(route, body) {
      const response = await fetch(`${origin}/__admin/${route}`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`o simulador recusou ${route}: ${await response.text()}`);
    },
    async ledger() {
      const response = await fetch(`${origin}/__admin/ledger`);
      return (await response.json()) as { registered: number; duplicates: number };
    },
  };
}

/** An ordinary afternoon at the bank: 30 to 90 ms a call, now and then half a second. */
export const ordinaryLatency = {
  latency: {
    register: { minMs: 30, maxMs: 90, tail: 0.02, tailMs: 500 },
    read: { minMs: 10, maxMs: 40 },
  },
};

/**
 * A burst of instability within the first calls. What registers and then does not answer is the worst of it: the
 * client cannot know, and asking again for the same boleto is how doubles are made.
 */
export const burstOfInstability = {
  seed: 20_261,
  rules: [
    { match: { route: 'register', every: 29 }, times: 5, fault: { kind: 'silent', when: 'after' } },
    { match: { route: 'register', every: 31 }, times: 5, fault: { kind: 'drop', when: 'after' } },
    { match: { route: 'register', every: 37 }, times: 4, fault: { kind: 'status', status: 502, when: 'after' } },
    { match: { route: 'register', every: 41 }, times: 3, fault: { kind: 'truncated' } },
    { match: { route: 'register', every: 23 }, times: 4, fault: { kind: 'drop', when: 'before' } },
    { match: { route: 'register', every: 43 }, times: 3, fault: { kind: 'status', status: 503, when: 'before' } },
    { match: { route: 'register', every: 47 }, times: 2, fault: { kind: 'status', status: 429, retryAfter: '1' } },
    { match: { route: 'register', every: 301 }, times: 1, fault: { kind: 'status', status: 401 } },
  ],
};
