import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import { securityHeaders } from '../../api/access/securityHeaders';
import type { ApiEnv } from '../../api/deps';
import { serveScreens } from '../../api/screens';
import { buildScreens } from '../../tools/stack/screens';

function appOf(folder: string) {
  const app = new OpenAPIHono<ApiEnv>();
  app.use(securityHeaders());
  app.use(serveScreens(folder));
  app.notFound((context) => context.text('none', 404));
  return app;
}

describe('the screens', () => {
  const folder = mkdtempSync(join(tmpdir(), 'screens-'));
  beforeAll(() => {
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><p>telas');
    writeFileSync(join(folder, 'assets', 'index-abc.js'), 'telas()');
    writeFileSync(join(folder, '..secret'), 'not ours to give');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('answer any address of theirs with index.html, which is asked for anew each time', async () => {
    for (const path of ['/', '/comunicacoes/20260309-ab', '/contas-a-receber/7?campo=cep']) {
      const response = await appOf(folder).request(path);
      expect(await response.text()).toContain('telas');
      expect(response.headers.get('cache-control')).toBe('no-cache');
    }
  });

  it('are kept by the browser where the name changes with the content', async () => {
    const response = await appOf(folder).request('/assets/index-abc.js');
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-type')).toContain('javascript');
  });

  it('leave the API, unknown files and every path out of their folder alone', async () => {
    for (const path of ['/api', '/api/v1/nada', '/assets/index-old.js', '/../etc/passwd.txt', '/%2e%2e/package.json'])
      expect([path, (await appOf(folder).request(path)).status]).toEqual([path, 404]);
    expect((await appOf(folder).request('/', { method: 'POST' })).status).toBe(404);
  });

  it('as built have no script or style within the page: the Content-Security-Policy refuses them', async () => {
    const response = await appOf(await buildScreens(() => undefined)).request('/');
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=/i);
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  });
});
