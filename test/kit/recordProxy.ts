import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { openDatabase } from '../../record/database';
import type { BankScene } from './bankScene';

/** Stands between a worker and PostgreSQL, and loses the answer to a commit that was made. */
export interface RecordProxy {
  /** The record, through this. */
  knex: ReturnType<typeof openDatabase>;
  /**
   * Once: the statement that matches `commit`, on a connection on which one matched `after` since its last commit, is
   * handed on; when PostgreSQL has answered it, the connection is cut instead.
   */
  loseAnswer(rule: { after: RegExp; commit: RegExp }): void;
  /** Answers lost so far. */
  lost(): number;
  close(): Promise<void>;
}

/** Idle, outside of a transaction: what the server sends last when a commit is done. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);

export async function startRecordProxy({ databaseUrl }: BankScene): Promise<RecordProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let rule: Parameters<RecordProxy['loseAnswer']>[0] | null = null;
  let lost = 0;

  const server = createServer((client) => {
    const record = connect(Number(target.port), target.hostname);
    // What the client said since it was last told that it may go on.
    let said = '';
    let after = false;
    let losing = false;
    for (const socket of [client, record]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          record.destroy();
        });
    }
    client.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (rule?.after.test(said)) after = true;
      if (after && rule?.commit.test(said)) {
        losing = true;
        rule = null;
      }
      record.write(chunk);
    });
    record.on('data', (chunk: Buffer) => {
      const isReady = chunk.subarray(-READY.length).equals(READY);
      if (chunk.at(-READY.length) === READY[0]) said = '';
      if (isReady) after = false;
      if (!losing) return void client.write(chunk);
      if (!isReady) return;
      lost += 1;
      client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  const knex = openDatabase(url.href);
  return {
    knex,
    loseAnswer: (given) => void (rule = given),
    lost: () => lost,
    async close() {
      await knex.destroy();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
