import type { Knex } from 'knex';
import type { LedgerEntry } from '../../../gateways/simulator/ledger';

/** What the bank calls a boleto that can be paid. */
const ALIVE = 1;

/** Where a título of ours stands in the record. */
export interface Standing {
  receivableId: number;
  /** Nosso número of its boleto, where the record says that it is registered. */
  registered: string | null;
  /** The record says that it is not registered, and why: a failure that waits for a person, or left out. */
  told: string | null;
}

export interface Judgement {
  /** Boletos that can be paid beyond the first of each título, and numbers that stand for two boletos. */
  doubled: string[];
  /** Títulos of which the record neither says rightly that they are registered, nor that they are not. */
  lost: string[];
  /** Boletos that can be paid and of which their título knows nothing. */
  unknown: string[];
}

/**
 * The títulos of one carteira against all that its bank registered, by whatever address and whatever reference of ours.
 * @param planted whose título it is, by nosso número, where an earlier system registered it
 */
export function judge(
  entries: readonly LedgerEntry[],
  standings: readonly Standing[],
  planted: ReadonlyMap<string, number> = new Map(),
): Judgement {
  const ids = new Set(standings.map(({ receivableId }) => receivableId));
  const alive = entries.filter(({ boleto }) => boleto.codigoEstadoTituloCobranca === ALIVE);
  const ownerOf = (entry: LedgerEntry): number | null => {
    const id = planted.get(entry.number) ?? receivableOf(entry.ownReference);
    return id !== null && ids.has(id) ? id : null;
  };

  const byTitulo = groupBy(alive, ownerOf);
  const byNumber = groupBy(alive, ({ convenio, number }) => `${convenio}/${number}`);
  const doubled = [
    ...[...byTitulo].flatMap(([id, boletos]) => (id === null ? [] : again(`título ${id}`, boletos))),
    ...[...byNumber].flatMap(([number, boletos]) =>
      new Set(boletos.map(ownerOf)).size > 1 ? again(`number ${number}`, boletos) : [],
    ),
  ];

  const lost: string[] = [];
  const unknown: string[] = [];
  for (const { receivableId, registered, told } of standings) {
    const boletos = byTitulo.get(receivableId) ?? [];
    const rightly = boletos.some(({ number }) => number === registered);
    if (registered !== null && !rightly) lost.push(`título ${receivableId}: ${registered} is not its boleto`);
    if (registered === null && told === null) lost.push(`título ${receivableId}: nobody says anything`);
    if (boletos.length > 0 && !rightly)
      unknown.push(`título ${receivableId}: ${boletos.map(({ number }) => number).join(', ')}`);
  }
  return { doubled, lost, unknown };
}

/** `123`, and `123-2` for its second boleto. */
function receivableOf(ownReference: string): number | null {
  const id = /^(\d+)(-\d+)?$/.exec(ownReference)?.[1];
  return id === undefined ? null : Number(id);
}

function again(what: string, boletos: readonly LedgerEntry[]): string[] {
  return boletos.slice(1).map(({ number, ownReference }) => `${what}: once more as ${number}, ${ownReference}`);
}

function groupBy<T, Key>(list: readonly T[], keyOf: (each: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return groups;
}

/** States in which an item waits for a person, or has ended, and says so. */
const toldStates = ['rejected', 'unconfirmed', 'conflict', 'deferred', 'discarded', 'skipped'];

/** Each título of a carteira, as its latest communication leaves it. */
export async function readStandings(knex: Knex, carteiraId: number): Promise<Standing[]> {
  const { rows } = await knex.raw<{ rows: Standing[] }>(
    `select r.id as "receivableId",
       (select b.our_number from boleto b where b.receivable_id = r.id and b.state = 'registered') as registered,
       (select told from (
          select b.created_at, case when i.state = any(:toldStates) then i.state end as told
          from batch_item i join batch b on b.id = i.batch_id where i.receivable_id = r.id
          union all
          select b.created_at, l.reason from batch_left_out l join batch b on b.id = l.batch_id where l.receivable_id = r.id
        ) latest order by created_at desc limit 1) as told
     from receivable r where r.carteira_id = :carteiraId order by r.id`,
    { carteiraId, toldStates },
  );
  return rows;
}

/** What an address was sent: counted by whoever stands there. */
export interface Received {
  /** It is the bank's. */
  rightful: boolean;
  /** Charges of customers. */
  registrations: number;
  strangeTokens: number;
}

/** Calls with a token of another address, and charges at an address that is not the bank's. */
export function leaks(received: readonly Received[]): number {
  // A charge that came with a foreign token is one call: whichever count is higher has the other in it.
  return received.reduce(
    (sum, { rightful, registrations, strangeTokens }) =>
      sum + (rightful ? strangeTokens : Math.max(registrations, strangeTokens)),
    0,
  );
}
