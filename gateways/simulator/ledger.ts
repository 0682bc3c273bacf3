import { closeSync, existsSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** One registration that the simulated bank accepted. `boleto` is the bank's own shape, for its answers to reads. */
export interface LedgerEntry {
  /** Wall-clock milliseconds at which the call was received. */
  at: number;
  account: string;
  convenio: string;
  number: string;
  ownReference: string;
  payerDocument: string;
  amountCents: number;
  dueDate: string;
  boleto: Record<string, unknown>;
  /** From when on it has a Pix (wall-clock milliseconds); absent or null = none was made. */
  pixAt?: number | null;
}

export interface LedgerCounts {
  registered: number;
  /** Registrations whose own reference or number the convênio already had. */
  duplicates: number;
}

/**
 * Every registration accepted, written to the file before it is answered: a simulator that is killed forgets none.
 * Without fsync: it has to survive its own process, not the machine.
 */
export interface Ledger {
  counts(): LedgerCounts;
  entries(): readonly LedgerEntry[];
  find(convenio: string, number: string): LedgerEntry | undefined;
  append(entry: LedgerEntry): void;
  /** Many at once; nobody waits for their answers. */
  appendAll(entries: readonly LedgerEntry[]): void;
  /** Changes the bank's data of a boleto, for example to cancel it. */
  amend(entry: LedgerEntry, changes: Record<string, unknown>): void;
  /** @param pixAt null = it has none any more */
  amendPix(entry: LedgerEntry, pixAt: number | null): void;
  reset(): void;
  close(): void;
}

const LINES_A_WRITE = 1_000;

type Line = LedgerEntry | { amends: string; changes: Record<string, unknown>; pixAt?: number | null };

export function openLedger(folder: string): Ledger {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'ledger.jsonl');
  const entries: LedgerEntry[] = [];
  const byNumber = new Map<string, LedgerEntry>();
  const references = new Set<string>();
  let duplicates = 0;

  const remember = (entry: LedgerEntry): void => {
    const number = `${entry.convenio}/${entry.number}`;
    const reference = `${entry.convenio}/${entry.ownReference}`;
    if (byNumber.has(number) || references.has(reference)) duplicates += 1;
    entries.push(entry);
    byNumber.set(number, entry);
    references.add(reference);
  };
  const forget = (): void => {
    entries.length = 0;
    byNumber.clear();
    references.clear();
    duplicates = 0;
  };

  if (existsSync(file)) {
    const text = readFileSync(file, 'utf8');
    // A kill in the middle of a write leaves a last line without its end: it was never answered.
    const whole = text.lastIndexOf('\n') + 1;
    if (whole < text.length) truncateSync(file, Buffer.byteLength(text.slice(0, whole)));
    for (const line of text.slice(0, whole).split('\n').filter(Boolean)) {
      const read = JSON.parse(line) as Line;
      if (!('amends' in read)) {
        remember(read);
        continue;
      }
      const amended = byNumber.get(read.amends);
      if (amended) Object.assign(amended.boleto, read.changes);
      if (amended && read.pixAt !== undefined) amended.pixAt = read.pixAt;
    }
  }
  const handle = openSync(file, 'a');
  const write = (line: Line): void => void writeSync(handle, `${JSON.stringify(line)}\n`);

  return {
    counts: () => ({ registered: entries.length, duplicates }),
    entries: () => entries,
    find: (convenio, number) => byNumber.get(`${convenio}/${number}`),
    append(entry) {
      write(entry);
      remember(entry);
    },
    appendAll(added) {
      for (let from = 0; from < added.length; from += LINES_A_WRITE) {
        const lines = added.slice(from, from + LINES_A_WRITE);
        writeSync(handle, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        lines.forEach(remember);
      }
    },
    amend(entry, changes) {
      write({ amends: `${entry.convenio}/${entry.number}`, changes });
      Object.assign(entry.boleto, changes);
    },
    amendPix(entry, pixAt) {
      write({ amends: `${entry.convenio}/${entry.number}`, changes: {}, pixAt });
      entry.pixAt = pixAt;
    },
    reset() {
      truncateSync(file, 0);
      forget();
    },
    close: () => closeSync(handle),
  };
}
