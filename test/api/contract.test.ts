import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiScene, type ApiScene } from './support/apiScene';

let scene: ApiScene;
beforeAll(async () => void (scene = await openApiScene()));
afterAll(() => scene.close());

test('every request that the screens have types for is one of the API, by its method and path', async () => {
  const source = readFileSync(join(__dirname, '../../api/contract.ts'), 'utf8');
  const named = [...source.matchAll(/^ {2}'([A-Z]+ \/[^']*)'/gm)].map(([, name]) => name as string);
  const { body } = await scene.ask(null, 'GET', '/openapi.json');
  const served = Object.entries(body.paths as Record<string, object>).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((name) => !served.includes(name))).toEqual([]);
});
