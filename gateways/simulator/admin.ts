import type { Answer, BankRequest, Invented } from './bank';
import type { FaultRule, Route } from './faults';
import type { SimulatorAdmin } from './server';

/**
 * What a test or a demo tells the bank (docs in the gateway's README). Loopback only, like the whole simulator.
 * GET state | ledger[?entries=1] | calls?route=R[&windowMs=N]
 * POST faults {rules, seed?} | settings {…} | facts {…} | boletos {convenio, number, changes} | fill {convenio, count, …} |
 * expire-tokens | down {ms} | reset
 */
export function answerAdmin(admin: SimulatorAdmin, request: BankRequest): Answer {
  const action = `${request.method} ${request.path.slice('/__admin/'.length)}`;
  let input: Record<string, unknown>;
  try {
    input = request.body ? (JSON.parse(request.body) as Record<string, unknown>) : {};
  } catch {
    return json(400, { error: 'the body is no JSON' });
  }
  switch (action) {
    case 'GET state':
      return json(200, admin.state());
    case 'GET ledger':
      return json(200, {
        ...admin.ledger.counts(),
        ...(request.query.get('entries') ? { entries: admin.ledger.entries() } : {}),
      });
    case 'GET calls': {
      const route = (request.query.get('route') ?? 'register') as Route;
      const windowMs = Number(request.query.get('windowMs'));
      return json(
        200,
        windowMs > 0
          ? { busiest: admin.calls.busiestWindow(route, windowMs) }
          : { instants: admin.calls.instants(route) },
      );
    }
    case 'POST faults':
      if (!Array.isArray(input.rules)) return json(400, { error: 'rules must be a list' });
      admin.faults(input.rules as FaultRule[], typeof input.seed === 'number' ? input.seed : undefined);
      return json(200, { rules: input.rules.length });
    case 'POST settings':
      admin.settings(input);
      return json(200, admin.state());
    case 'POST facts':
      admin.settings({ facts: input });
      return json(200, admin.state());
    case 'POST boletos':
      return admin.amend(String(input.convenio), String(input.number), (input.changes ?? {}) as Record<string, unknown>)
        ? json(200, {})
        : json(404, { error: 'no such boleto' });
    case 'POST fill':
      return json(200, { registered: admin.fill(input as unknown as Invented) });
    case 'POST expire-tokens':
      admin.expireTokens();
      return json(200, {});
    case 'POST down':
      admin.down(Number(input.ms) || 0);
      return { ...json(202, {}), headers: { connection: 'close' } };
    case 'POST reset':
      admin.reset();
      return json(200, {});
    default:
      return json(404, { error: `no such admin route: ${action}` });
  }
}

function json(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body) };
}
