import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { adoptFound, isOfATituloOfOurs } from '../record/engine/adoption';
import type { RecordNumbering } from '../record/batches/batchGateway';
import { closeLook, forgetLook, lastAnswer, lookIsOpen, openLook } from '../record/engine/looks';
import { isGiven, markBehind, type Behind } from '../record/engine/numbering';
import type { ChargeSnapshot } from '../domain/boleto/charge';
import type { LocalDate } from '../domain/kinds/dates';
import type { AccessToken, FoundBoleto, GatewayAccount, LookResult } from '../domain/gateway';
import { cents } from '../domain/kinds/money';
import { SYSTEM } from '../domain/kinds/actors';
import { atCommandLine } from '../domain/placeWords';
import { TURN_WITHIN_MS } from './askLook';
import type { GatewayLine } from './gatewayLine';
import { mismatchesOf, neverAsked } from './lookForEvidence';
import { NoTurnInTime } from './permits';

/** What a look at a number needs besides it. */
export interface NumberCall {
  carteiraId: number;
  account: GatewayAccount;
  token: AccessToken;
  timeoutMs: number;
}

/**
 * Whether the bank already has numbers that this record is about to give: it was set back, or another system numbers
 * in the same convênio. Found out before the first of them is sent, since a number that is free at the bank says
 * nothing about the título: it may be registered there under another.
 */
export interface NumberingWatch {
  /**
   * Asks the bank about the next numbers, when that was not done lately, and stops the numbering where it has one.
   * Then one call goes ahead of all others, until it is registered: a bank repeats an answer to a look for a while, also
   * to a record that was set back since, but never one to a registration.
   * @returns for whoever goes ahead: to be told how that ended; null = somebody did
   */
  check(numbering: RecordNumbering, call: NumberCall): Promise<((kind: string | null) => void) | null>;
  /** This worker sends this number: a record that gives lower ones from now on was set back. */
  given(convenio: string, ourNumber: string | null): void;
  /** Something unknown stood under a number of this convênio: asked again before the next one is given. */
  doubt(convenio: string): void;
  /** What people read when no number is given. */
  explain(numbering: RecordNumbering, behind: Behind, call: NumberCall): Promise<string>;
}

/**
 * Looked at, counted from the next number: some calls of the time that was lost may never have arrived. The next one,
 * and one of each of these ranges: others each time, since what was asked before the record was set back may still be
 * in the bank's cache.
 */
const RANGES_AHEAD = [
  [1, 2],
  [3, 5],
  [6, 10],
  [11, 20],
  [21, 40],
] as const;

export function drawNumbersAhead(): number[] {
  return [0, ...RANGES_AHEAD.map(([from, to]) => from + Math.floor(Math.random() * (to - from + 1)))];
}

/** Another system may begin to number at any time. */
const CHECKED_FOR_MS = 10 * 60_000;
/** The bank could not be asked: nobody waits for it, and it is tried again. */
const UNHEARD_FOR_MS = 30_000;
/** A system that used more numbers than this is not found the end of by looks. */
const FARTHEST = 2 ** 20;
const POLL_MS = 100;

type Seen = { kind: 'found'; found: FoundBoleto } | { kind: 'free' } | { kind: 'unheard' };

interface Checked {
  recordId: string;
  highest: number;
  highestAt: number;
  until: number;
  /** A call that went ahead was registered. */
  proven: boolean;
}

/** @param drawAhead which numbers to look at; none = nothing is asked, and nobody goes ahead */
export function createNumberingWatch(
  knex: Knex,
  line: () => GatewayLine,
  drawAhead: () => readonly number[],
): NumberingWatch {
  const checked = new Map<string, Checked>();
  /** Calls that go ahead; each ends when its outcome is known. */
  const goingAhead = new Map<string, Promise<void>>();
  const asking = new Map<string, Promise<void>>();
  const explaining = new Map<string, Promise<string>>();

  async function askAhead(numbering: RecordNumbering, call: NumberCall): Promise<void> {
    let heard = 0;
    const found: FoundBoleto[] = [];
    const ahead = drawAhead();
    for (const offset of ahead) {
      const seen = await lookAt(knex, line(), numbering.convenio, numbering.nextNumber + offset, call);
      if (seen.kind === 'unheard') break;
      if (seen.kind === 'found') found.push(seen.found);
      heard += 1;
    }
    // One of nobody says little: another may be a título's of ours, and then any of them may be registered already.
    if (found.length > 0) {
      for (const each of found) await judge(numbering.convenio, each, call);
      return;
    }
    const until = performance.now() + (heard > 0 ? CHECKED_FOR_MS : UNHEARD_FOR_MS);
    const { convenio, recordId, nextNumber: highest, readAt: highestAt } = numbering;
    const proven = ahead.length === 0 || (checked.get(convenio)?.proven ?? false);
    checked.set(convenio, { recordId, highest, highestAt, until, proven });
  }

  async function judge(convenio: string, found: FoundBoleto, { account }: NumberCall): Promise<void> {
    const { gateway } = line();
    const space = { gateway: gateway.name, accountId: account.id, convenio };
    const options = { mismatches: mismatchesOf(gateway, found), accepted: false, by: SYSTEM };
    await knex.transaction(async (trx) => {
      const adoption = await adoptFound(trx, space, gateway, found, options);
      const mayBeOurs = isOfATituloOfOurs(adoption) || adoption.kind === 'differs' || adoption.kind === 'dead';
      await markBehind(trx, space, mayBeOurs ? 'restored' : 'otherSystem');
    });
  }

  function isKnown({ convenio, recordId, nextNumber, readAt }: RecordNumbering): boolean {
    const known = checked.get(convenio);
    if (!known || performance.now() > known.until) return false;
    // Read after that number was given: a slice that read before it says nothing.
    const isLower = readAt > known.highestAt && nextNumber < known.highest;
    if (known.recordId === recordId && !isLower) return true;
    checked.delete(convenio);
    return false;
  }

  function goAhead(convenio: string): (kind: string | null) => void {
    let ended = (): void => undefined;
    goingAhead.set(convenio, new Promise((resolve) => (ended = resolve)));
    let isOver = false;
    return (kind) => {
      if (isOver) return;
      isOver = true;
      goingAhead.delete(convenio);
      const known = checked.get(convenio);
      if (kind === 'registered' && known) known.proven = true;
      // Under a number of ours the bank had something: whoever waits asks again, about others.
      if (kind === 'duplicate') checked.delete(convenio);
      ended();
    };
  }

  return {
    async check(numbering, call) {
      // Where the bank numbers there is nothing to be behind of.
      if (line().gateway.capabilities.numbering === 'bank') return null;
      const { convenio } = numbering;
      for (;;) {
        if (!isKnown(numbering)) {
          const asked = asking.get(convenio) ?? askAhead(numbering, call).finally(() => asking.delete(convenio));
          asking.set(convenio, asked);
          await asked;
        }
        const known = checked.get(convenio);
        // Behind, and the record says so: the intent hears of it.
        if (!known || known.proven) return null;
        const other = goingAhead.get(convenio);
        if (!other) return goAhead(convenio);
        await other;
      }
    },
    given(convenio, ourNumber) {
      const known = checked.get(convenio);
      const sequence = ourNumber === null ? null : line().gateway.sequenceOf(convenio, ourNumber);
      if (!known || sequence === null || sequence < known.highest) return;
      known.highest = sequence + 1;
      known.highestAt = performance.now();
    },
    doubt: (convenio) => void checked.delete(convenio),
    explain(numbering, behind, call) {
      const { convenio } = numbering;
      checked.delete(convenio);
      const words =
        explaining.get(convenio) ??
        (behind === 'restored'
          ? Promise.resolve(restoredWords(convenio, call))
          : nextFree(knex, line(), numbering, call).then((free) => otherSystemWords(convenio, call, free))
        ).finally(() => explaining.delete(convenio));
      explaining.set(convenio, words);
      return words;
    },
  };
}

/** By doubling, then by halving: the first free number after those that follow each other. null = not found out. */
async function nextFree(
  knex: Knex,
  line: GatewayLine,
  { convenio, nextNumber }: RecordNumbering,
  call: NumberCall,
): Promise<number | null> {
  let taken = nextNumber - 1;
  let free: number | null = null;
  for (let step = 1; free === null && step <= FARTHEST; step *= 2) {
    const seen = await lookAt(knex, line, convenio, nextNumber + step, call);
    if (seen.kind === 'unheard') return null;
    if (seen.kind === 'free') free = nextNumber + step;
    else taken = nextNumber + step;
  }
  while (free !== null && free - taken > 1) {
    const middle = Math.floor((free + taken) / 2);
    const seen = await lookAt(knex, line, convenio, middle, call);
    if (seen.kind === 'unheard') return null;
    if (seen.kind === 'free') free = middle;
    else taken = middle;
  }
  return free;
}

async function lookAt(
  knex: Knex,
  line: GatewayLine,
  convenio: string,
  sequence: number,
  call: NumberCall,
): Promise<Seen> {
  const ourNumber = numberOf(line, convenio, sequence);
  // At the end of the range the intent says so.
  if (ourNumber === null) return { kind: 'free' };
  const snapshot = { ...nobody, convenio, ourNumber };
  const { capabilities } = line.gateway;
  const space = { gateway: line.gateway.name, convenio };
  const id = randomUUID();
  const identity = line.gateway.lookIdentity(snapshot, null);
  const recentMs = await openLook(knex, {
    ...{ id, identity, accountId: call.account.id, staleMs: capabilities.staleMs },
    ...{ attemptId: null, boletoId: null },
  });
  if (recentMs !== null) {
    // Somebody asks the same, or did a moment ago: that answer is ours, too.
    while (await lookIsOpen(knex, call.account.id, identity, call.timeoutMs + TURN_WITHIN_MS)) await sleep(POLL_MS);
    return seenIn(await lastAnswer(knex, call.account.id, identity), () => isGiven(knex, space, ourNumber));
  }
  const { look } = await line.look({ ...call, asked: { sought: snapshot, bankId: null } });
  if (look instanceof NoTurnInTime || neverAsked(look)) {
    await forgetLook(knex, id);
    return { kind: 'unheard' };
  }
  // Marked before the look is closed: whoever waits for its end goes by what the record says then.
  const given = () => isGiven(knex, space, ourNumber);
  const seen = await seenIn(
    { answer: look.kind, found: look.kind === 'found' ? look.found : null, httpStatus: look.exchange.status },
    given,
  );
  if (seen.kind === 'found') await markBehind(knex, space, 'otherSystem');
  await closeLook(knex, id, look, null);
  return seen;
}

/** What an answer says of a number that is about to be given. */
async function seenIn(
  last: { answer: LookResult['kind']; found: FoundBoleto | null; httpStatus: number | null } | null,
  isGivenByUs: () => Promise<boolean>,
): Promise<Seen> {
  // Given meanwhile, by whoever was faster: an intent is in the record before its call leaves.
  if (last?.found) return (await isGivenByUs()) ? { kind: 'free' } : { kind: 'found', found: last.found };
  // An answer that says nothing is not one that the number is taken.
  return { kind: last?.answer === 'notFound' || last?.httpStatus === 404 ? 'free' : 'unheard' };
}

function numberOf(line: GatewayLine, convenio: string, sequence: number): string | null {
  try {
    return line.gateway.ourNumber(convenio, sequence);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** A number without a boleto. */
const nobody: ChargeSnapshot = {
  receivableId: 0,
  convenio: '',
  carteira: '',
  variation: '',
  ownReference: '',
  ourNumber: null,
  issueDate: '1900-01-01' as LocalDate,
  dueDate: '1900-01-01' as LocalDate,
  amountCents: cents(0),
  especie: '',
  acceptance: false,
  rules: {},
  writeOffDays: null,
  payer: { personType: 'F', document: '', name: '', street: '', district: '', city: '', uf: '', cep: '' },
};

function restoredWords(convenio: string, { carteiraId }: NumberCall): string {
  return (
    `O banco tem boletos de títulos nossos, do convênio ${convenio}, que este registro não conhece: ele parece ter sido ` +
    `restaurado de uma cópia. Nada é enviado com número novo. Confira o banco desde o dia da cópia (na carteira ${carteiraId}, ` +
    `Conferir banco)${atCommandLine(`boletos conferir-banco ${carteiraId} --desde AAAA-MM-DD`)} e retome.`
  );
}

function otherSystemWords(convenio: string, { carteiraId }: NumberCall, free: number | null): string {
  const number = free === null ? 'o próximo número livre' : `o próximo número livre, ${free},`;
  return (
    `Outro sistema já usou no banco os próximos números do convênio ${convenio}. Nada é enviado com número novo. Informe ` +
    `${number} na conta da carteira ${carteiraId}` +
    atCommandLine(`boletos carteira definir ${carteiraId} … --proximo-numero ${free ?? 'N'}`) +
    `, ou confira o banco${atCommandLine(`boletos conferir-banco ${carteiraId} --desde AAAA-MM-DD`)}, e retome.`
  );
}
