import type { Client } from '@temporalio/client';
import { mayAct } from '../../api/access/actor';
import { roles, type Role } from '../../domain/access';
import { connect } from '../../client/connect';
import { claimNamespace } from '../kit/temporal';
import { credentialHeaders, openApiScene, type ApiScene } from './support/apiScene';
import { bodyText } from './support/bodyText';
import { samples, searches, type Call, type Sample } from './support/samples';
import {
  createSharedBatch,
  createSide,
  createWorld,
  nowhere,
  rowsOf,
  tracesOf,
  type Side,
  type World,
} from './support/world';

/**
 * Every route of the OpenAPI document × role × filial: each cell as the document declares it, and nothing of another
 * filial in any answer. A route without a sample in support/samples.ts fails.
 */

interface Operation {
  /** As in support/samples.ts: `GET /filiais`. */
  name: string;
  method: string;
  path: string;
  /** `x-papel` of the document. */
  access: Role | 'public';
  /** `x-confirmacao`: for people only, who have shown again who they are; 'people': also for an operator's program. */
  confirmed: boolean | 'people';
  declared: string[];
}

interface Answer {
  status: number;
  /** Of a problem; empty for a success. */
  code: string;
  /** As text, also of a spreadsheet. */
  text: string;
}

let scene: ApiScene;
let temporal: Client;
let operations: Operation[];
let own: Side;
let foreign: Side;
/** Of títulos of both, in a carteira of the own. */
let sharedBatchId: string;
const tokens = {} as Record<Role, string>;
const sessions = {} as Record<Role, { confirmed: string; plain: string }>;

beforeAll(async () => {
  temporal = await connect(await claimNamespace());
  scene = await openApiScene(temporal);
  own = await createSide(scene.knex, 'Jabuticaba', 711);
  foreign = await createSide(scene.knex, 'Quilombola', 933);
  for (const role of roles) {
    tokens[role] = (await scene.createToken(role, [own.filialId])).token;
    const [confirmed, plain] = [true, false].map((each) => scene.createSession(role, [own.filialId], each));
    sessions[role] = { confirmed: (await confirmed!).session, plain: (await plain!).session };
  }
  operations = await readOperations();
  const mine = await createWorld(scene.knex, own);
  kept.set(own, mine);
  sharedBatchId = await createSharedBatch(scene.knex, mine, foreign);
});
afterAll(async () => {
  await scene?.close();
  await temporal?.connection.close();
});

async function readOperations(): Promise<Operation[]> {
  const { body } = await scene.ask(null, 'GET', '/openapi.json');
  type Documented = Record<
    string,
    {
      'x-papel': Operation['access'];
      'x-confirmacao'?: true;
      'x-confirmacao-de-pessoas'?: true;
      responses: Record<string, unknown>;
    }
  >;
  return Object.entries(body.paths as Record<string, Documented>).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => /^(get|post|put|patch|delete)$/.test(method))
      .map(([method, { 'x-papel': access, responses, ...marks }]) => {
        const confirmed = marks['x-confirmacao-de-pessoas'] ? 'people' : (marks['x-confirmacao'] ?? false);
        const [verb, short] = [method.toUpperCase(), path.replace('/api/v1', '')];
        const name = `${verb} ${short}`;
        return { name, method: verb, path: short, access, confirmed, declared: Object.keys(responses) };
      }),
  );
}

async function ask(credential: string | null, { method, path }: Operation, call: Call): Promise<Answer> {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(call.path?.[name])));
  const query = new URLSearchParams(
    Object.entries(call.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
  );
  const response = await scene.api.request(`/api/v1${filled}${query.size > 0 ? `?${query.toString()}` : ''}`, {
    method,
    headers: {
      ...credentialHeaders(credential),
      ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...call.headers,
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const text = await bodyText(response);
  const isProblem = (response.headers.get('content-type') ?? '').includes('problem+json');
  return { status: response.status, code: isProblem ? (JSON.parse(text) as { code: string }).code : '', text };
}

function sampleOf({ name }: Operation): Sample {
  const sample = samples[name];
  if (!sample) throw new Error(`${name} has no sample in test/api/support/samples.ts`);
  return sample;
}
const isGet = ({ method }: Operation) => method === 'GET';

/** Fresh things for whatever may change them; reading has one world for all. */
const kept = new Map<Side, World>();
async function worldFor(operation: Operation, side: Side): Promise<World> {
  if (!isGet(operation)) return createWorld(scene.knex, side);
  const world = kept.get(side) ?? (await createWorld(scene.knex, side));
  kept.set(side, world);
  return world;
}

function expectDeclared({ name, declared }: Operation, { status }: Answer): void {
  expect({ name, status, isDeclared: declared.includes(String(status)) }).toEqual({ name, status, isDeclared: true });
}

/** An answer names nothing of the other filial, but what the question itself named. */
function expectNothingForeign({ name }: Operation, { text }: Answer, call: Call): void {
  const asked = JSON.stringify(call);
  const traces = (text.match(new RegExp(tracesOf(foreign), 'gi')) ?? []).filter((trace) => !asked.includes(trace));
  expect({ name, traces }).toEqual({ name, traces: [] });
}

test('every operation has a sample of its role, and every sample an operation', () => {
  expect(Object.keys(samples).sort()).toEqual(operations.map(({ name }) => name).sort());
  const declared = operations.map(({ name, access, confirmed }) => [name, access, confirmed]);
  const wanted = Object.entries(samples).map(([name, { access, confirmed = false }]) => [name, access, confirmed]);
  expect(declared.sort()).toEqual(wanted.sort());
});

test('nobody gets past the door without signing in, and public routes ask for nothing', async () => {
  for (const operation of operations)
    for (const side of [own, foreign]) {
      const call = sampleOf(operation).about(await worldFor(operation, side));
      const answer = await ask(null, operation, call);
      expectNothingForeign(operation, answer, call);
      if (operation.access === 'public')
        expect([operation.name, answer.code]).not.toEqual([operation.name, 'sem_acesso']);
      else expect([operation.name, answer.status, answer.code]).toEqual([operation.name, 401, 'sem_acesso']);
    }
});

describe.each(roles)('%s', (role) => {
  /** A program's token, or a person's session where only people may. */
  const credential = ({ confirmed }: Operation) => (confirmed ? sessions[role].confirmed : tokens[role]);
  const may = ({ access }: Operation) =>
    access === 'public' || mayAct({ id: 'x', name: 'x', role, filiais: null, via: 'token' }, access);

  test('is refused what takes a higher role, whosever it is', async () => {
    const before = await rowsOf(scene.knex, foreign);
    for (const operation of operations.filter((each) => !may(each)))
      for (const world of [nowhere(), ...[...kept.values()]]) {
        const call = sampleOf(operation).about(world);
        const answer = await ask(tokens[role], operation, call);
        expect([operation.name, answer.status, answer.code]).toEqual([operation.name, 403, 'papel_insuficiente']);
        expectNothingForeign(operation, answer, call);
      }
    expect(await rowsOf(scene.knex, foreign)).toEqual(before);
  });

  test('is refused by a token, and by a session that showed not again who it is, what gives access', async () => {
    const read = async () => {
      // When a token was used last is all that changes of one.
      const { api_token: ofTokens = '', ...rows } = await rowsOf(scene.knex, own);
      return { ...rows, tokens: ofTokens.split('\n').length };
    };
    const before = await read();
    for (const operation of operations.filter((each) => each.confirmed)) {
      const call = sampleOf(operation).about(kept.get(own) as World);
      const codes = [];
      const bare = [tokens[role], sessions[role].plain];
      // What an operator's program may do ends with its token: test/api/webhooks.test.ts.
      if (operation.confirmed === 'people' && role === 'operador') bare[0] = tokens.administrador;
      for (const each of bare) codes.push((await ask(each, operation, call)).code);
      const wanted = may(operation)
        ? ['sessao_exigida', 'confirmacao_necessaria']
        : ['papel_insuficiente', 'papel_insuficiente'];
      expect([operation.name, ...codes]).toEqual([operation.name, ...wanted]);
    }
    expect(await read()).toEqual(before);
  });

  test('may do with its own filial what the document says, and sees nothing of the other', async () => {
    for (const operation of operations.filter(may)) {
      const sample = sampleOf(operation);
      const call = sample.about(await worldFor(operation, own));
      const answer = await ask(credential(operation), operation, call);
      const got = { name: operation.name, status: answer.status, code: answer.code };
      if (sample.own) expect(got).toEqual({ name: operation.name, status: sample.own.status, code: sample.own.code });
      else if (answer.status >= 300)
        expect({ ...got, text: answer.text }).toEqual({ name: operation.name, success: true });
      expectDeclared(operation, answer);
      expectNothingForeign(operation, answer, call);
    }
  });

  test('what is of another filial is answered like what does not exist, and stays as it is', async () => {
    for (const operation of operations.filter(may)) {
      const sample = sampleOf(operation);
      const world = await worldFor(operation, foreign);
      const before = isGet(operation) ? null : await rowsOf(scene.knex, foreign);
      const call = sample.about(world);
      const answer = await ask(credential(operation), operation, call);
      expectDeclared(operation, answer);
      expectNothingForeign(operation, answer, call);
      if (before) expect(await rowsOf(scene.knex, foreign)).toEqual(before);
      if (sample.namesNothing) continue;
      const got = { name: operation.name, status: answer.status, code: answer.code };
      expect(got).toEqual({ name: operation.name, status: 404, code: 'nao_encontrado', ...sample.foreign });
      const unknown = await ask(credential(operation), operation, sample.about(nowhere()));
      expect({ name: operation.name, status: unknown.status, code: unknown.code }).toEqual(got);
    }
  });

  test('a batch that has títulos of both filiais does not exist for who sees one of them', async () => {
    const ofBatches = operations.filter((each) => each.path.startsWith('/comunicacoes/{batchId}') && may(each));
    expect(ofBatches.length).toBeGreaterThan(0);
    for (const operation of ofBatches) {
      const mine = kept.get(own) as World;
      const call = sampleOf(operation).about({ ...mine, batchId: sharedBatchId });
      const answer = await ask(credential(operation), operation, call);
      const got = { name: operation.name, status: answer.status, code: answer.code };
      expect(got).toEqual({ name: operation.name, status: 404, code: 'nao_encontrado' });
      expectNothingForeign(operation, answer, call);
    }
  });

  test('finds nothing of another filial by any search, and its own by each', async () => {
    for (const [name, about] of searches) {
      const operation = operations.find((each) => each.name === name) as Operation;
      if (!may(operation)) continue;
      const call = about(await worldFor(operation, foreign));
      const answer = await ask(credential(operation), operation, call);
      expectNothingForeign(operation, answer, call);
      if (answer.status >= 300) expect([name, answer.status]).toEqual([name, 404]);
      const mine = about(await worldFor(operation, own));
      const found = await ask(credential(operation), operation, mine);
      expect({ name, mine, found: tracesOf(own).test(found.text) }).toEqual({ name, mine, found: true });
    }
  });
});
