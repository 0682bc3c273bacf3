import type { RouteConfig } from '@hono/zod-openapi';
import { createApi } from '../../api/app';
import type { ApiDeps } from '../../api/deps';
import { correctedFrame, itemFrames, progressFrame } from '../../api/events/frames';
import { batchEvents } from '../../contract/events';
import { routes } from '../../contract/routes';
import { itemStates, type ItemState } from '../../domain/boleto/states';
import type { BatchEvent } from '../../record/batches/events';
import type { BatchProgress } from '../../record/batches/progress';

/** Nothing is asked: only what the routes say of themselves is read. */
const api = createApi({
  ...{ knex: {}, temporal: {}, secretBox: {}, secureCookies: false },
  log: { error: () => undefined, info: () => undefined },
} as unknown as ApiDeps);
const served = new Map(
  api.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === 'route' ? [[nameOf(definition.route), definition.route] as const] : [],
  ),
);

type Content = Record<string, { schema?: unknown } | undefined>;
interface Part {
  shape: Record<string, unknown>;
}

function nameOf({ method, path }: Pick<RouteConfig, 'method' | 'path'>): string {
  return `${method.toUpperCase()} ${path.replace('/api/v1', '')}`;
}

/** Of the answers that are no refusals; undefined = without a body. */
function answersOf({ responses }: RouteConfig): unknown[] {
  return Object.entries(responses)
    .filter(([status]) => /^2/.test(status))
    .map(([, response]) => ((response as { content?: Content }).content ?? {})['application/json']?.schema);
}

function bodyOf({ request }: RouteConfig): unknown {
  return (request?.body?.content as Content | undefined)?.['application/json']?.schema;
}

/** What the API makes of a text once it was accepted is its own. */
function asSent(schema: unknown): unknown {
  const { def } = schema as { def: { type: string; innerType?: unknown; in?: unknown } };
  if (def.type === 'optional') return asSent(def.innerType);
  return def.type === 'pipe' ? def.in : schema;
}

/** The fields of a type, and the gateways, are known to the API alone. */
const ownBody = [
  'PUT /carteiras/{id}/conta',
  ...['filiais', 'carteiras', 'clientes', 'titulos'].map((each) => `PUT /${each}/{id}`),
];
/** Files, redirections and streams. */
const notJson = [
  'GET /comunicacoes/{batchId}/documentos',
  'GET /comunicacoes/{batchId}/eventos',
  'GET /comunicacoes/{batchId}/exportacao',
  'GET /sessao/oidc',
  'GET /sessao/oidc/confirmacao',
  'GET /sessao/oidc/retorno',
  'GET /titulos/{id}/documento',
];

test('the contract has every route of the API that answers with JSON, and no other', () => {
  expect([...Object.keys(routes), ...notJson].sort()).toEqual([...served.keys()].sort());
});

test.each(Object.entries(routes))('%s takes and gives what the contract says', (name, route) => {
  const { query, headers, body, answer }: { query?: Part; headers?: Part; body?: unknown; answer: unknown } = route;
  const config = served.get(name) as RouteConfig;
  const empty = (answer as { def: { type: string } }).def.type === 'undefined';
  // Compared as objects: the very same schema, not one that looks like it.
  expect(answersOf(config).every((each) => (empty ? each === undefined : each === answer))).toBe(true);
  expect(answersOf(config).length).toBeGreaterThan(0);
  if (!ownBody.includes(name)) expect(bodyOf(config) === body).toBe(true);
  expectSameFields(config.request?.query as Part | undefined, query);
  // What else may come as a header, as If-Match, stands in the route alone.
  if (headers) expectSameFields(config.request?.headers as Part | undefined, headers);
});

test('live progress says what the contract says, no more and no less', () => {
  const at = new Date(0);
  const where = { seq: 1, ordinal: 2, receivableId: 3, round: 1 };
  const item: BatchEvent = { ...where, state: 'rejected', kind: 'data', code: null, at };
  const byState = Object.fromEntries(itemStates.map((state) => [state, 0])) as Record<ItemState, number>;
  const progress: BatchProgress = {
    ...{ round: 1, paused: false, pauseReason: null, concluding: false },
    ...{ total: 1, byState, corrected: 0, reconciled: 0, withoutPix: 0, due: 1, ratePerMinute: 0, lastSeq: 1 },
    ...{ estimatedEndAt: null, idleSince: at },
    phase: 'communicating',
  };
  for (const [event, frame] of [
    ['item', itemFrames([item])],
    ['progress', progressFrame(progress)],
    ['corrected', correctedFrame(null)],
  ] as const) {
    const data: unknown = JSON.parse(/^data: (.*)$/m.exec(new TextDecoder().decode(frame))![1]!);
    expect(batchEvents[event].strict().safeParse(data).error).toBeUndefined();
  }
});

function expectSameFields(own: Part = { shape: {} }, said: Part = { shape: {} }): void {
  expect(Object.keys(own.shape).sort()).toEqual(Object.keys(said.shape).sort());
  for (const [field, schema] of Object.entries(said.shape))
    expect({ field, same: asSent(own.shape[field]) === asSent(schema) }).toEqual({ field, same: true });
}
