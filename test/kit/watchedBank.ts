import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulator, type BancoDoBrasilSimulator } from '../../gateways/bancoDoBrasil/simulator/simulator';

/** One request that came in at the bank's door. */
export interface SeenRequest {
  method: string;
  path: string;
  /** `Bearer …`, `Basic …` or empty. */
  authorization: string;
}

/** A simulated bank behind a door that writes down whoever comes in. */
export interface WatchedBank {
  bank: BancoDoBrasilSimulator;
  baseUrl: string;
  authUrl: string;
  /** Every request, in order of arrival. */
  seen: SeenRequest[];
  close(): Promise<void>;
}

export async function startWatchedBank(): Promise<WatchedBank> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'watched-'));
  const bank = await startSimulator({ stateFolder, settings: { readCacheMs: 100 } });
  const seen: SeenRequest[] = [];
  const door = createServer((incoming, answer) => {
    const { method = '', url = '', headers } = incoming;
    seen.push({ method, path: url.split('?')[0] as string, authorization: headers.authorization ?? '' });
    const inside = forward({ port: bank.port, host: '127.0.0.1', method, path: url, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    inside.on('error', () => answer.destroy());
    incoming.pipe(inside);
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const url = `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
  return {
    ...{ bank, seen, baseUrl: `${url}/cobrancas/v2`, authUrl: `${url}/oauth/token` },
    async close() {
      door.closeAllConnections();
      door.close();
      await bank.close();
      rmSync(stateFolder, { recursive: true, force: true });
    },
  };
}
