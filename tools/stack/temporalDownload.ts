import { gunzipSync } from 'node:zlib';

const HOST = 'https://temporal.download';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const TAR_BLOCK = 512;

/**
 * The executable as Temporal publishes it. Asked for as the SDK asks, but not run as the SDK does: its download starts
 * the server in the same step, before anybody could compare it with what we know.
 */
export async function downloadTemporal(
  artifact: 'cli' | 'temporal-test-server',
  version: string,
  withinMs: number,
  host = HOST,
): Promise<Buffer> {
  const signal = AbortSignal.timeout(withinMs);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const query = new URLSearchParams({ arch: ARCHITECTURES[process.arch] ?? process.arch, platform, format: 'tar.gz' });
  const told = await get(`${host}/${artifact}/v${version}?${query.toString()}`, signal);
  const { archiveUrl, fileToExtract } = (await told.json()) as { archiveUrl: string; fileToExtract: string };
  const archive = Buffer.from(await (await get(archiveUrl, signal)).arrayBuffer());
  const content = readFromTar(gunzipSync(archive), fileToExtract);
  if (!content) throw new Error(`o arquivo baixado não contém ${fileToExtract}`);
  return content;
}

async function get(url: string, signal: AbortSignal): Promise<Response> {
  const answer = await fetch(url, { signal }).catch((error: unknown) => {
    const { cause, message } = error as Error;
    throw new Error(cause instanceof Error ? cause.message : message);
  });
  if (!answer.ok) throw new Error(`resposta ${answer.status} de ${new URL(url).host}`);
  return answer;
}

/** POSIX ustar: a header of 512 bytes, the content, filled up to the next 512. */
function readFromTar(tar: Buffer, wanted: string): Buffer | undefined {
  for (let at = 0; at + TAR_BLOCK <= tar.length;) {
    const text = (from: number, bytes: number) =>
      tar.toString('utf8', at + from, at + from + bytes).replace(/\0.*$/s, '');
    const size = parseInt(text(124, 12), 8) || 0;
    const start = at + TAR_BLOCK;
    if (text(0, 100).replace(/^\.\//, '') === wanted) return tar.subarray(start, start + size);
    at = start + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
  }
  return undefined;
}
