import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './deps';

interface ScreenFile {
  type: string;
  body: Uint8Array<ArrayBuffer>;
  gzip: Uint8Array<ArrayBuffer>;
  /** Its name changes with its content. */
  hashed: boolean;
}

/** An ERP's key may have a dot. */
const TITULOS = '/contas-a-receber/';
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * The built screens, read into memory once: what the file system holds later is never served.
 * An address that is no file is one of the screens' own, and gets index.html.
 */
export function serveScreens(folder: string): MiddlewareHandler<ApiEnv> {
  const files = new Map(filesOf(folder).map((path) => [path, readScreenFile(folder, path)]));
  const index = files.get('/index.html');
  if (!index) throw new Error(`não há telas em ${folder}: falta index.html`);
  return async (context, next) => {
    const { method, path } = context.req;
    const isRead = method === 'GET' || method === 'HEAD';
    if (!isRead || path === '/api' || path.startsWith('/api/')) return next();
    const file = files.get(path) ?? (extname(path) === '' || path.startsWith(TITULOS) ? index : undefined);
    if (!file) return next();
    const zipped = /\bgzip\b/.test(context.req.header('Accept-Encoding') ?? '');
    return context.body(zipped ? file.gzip : file.body, 200, {
      'Content-Type': file.type,
      'Cache-Control': file.hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      Vary: 'Accept-Encoding',
      ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    });
  };
}

function filesOf(folder: string, under = ''): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesOf(folder, `${under}/${entry.name}`) : [`${under}/${entry.name}`],
  );
}

function readScreenFile(folder: string, path: string): ScreenFile {
  const body = new Uint8Array(readFileSync(join(folder, path)));
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    body,
    gzip: new Uint8Array(gzipSync(body)),
    hashed: path.startsWith('/assets/'),
  };
}
