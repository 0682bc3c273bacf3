import { saoPauloDate } from '../../../domain/kinds/dates';
import { toDecimal, cents } from '../../../domain/kinds/money';
import type { Answer, BankRequest, SimulatedAccount } from '../../simulator/bank';
import type { Mislisting } from '../../simulator/faults';
import type { Ledger, LedgerEntry } from '../../simulator/ledger';
import { text } from '../../core/json';
import { bankDate, fromBankDate, stateOf } from '../wire';
import { json, refusalAnswer } from './answers';

/** Agência and conta of an account that names none of its own. */
export const BENEFICIARY = { agency: '452', bankAccount: '123873' } as const;

/** What has left the books, for indicadorSituacao B: settled or written off. */
const CLOSED = new Set(['6', '7', '10', '12']);

interface Listing {
  answer(request: Pick<BankRequest, 'query' | 'receivedAt'>, account: SimulatedAccount): Answer;
  /** The ledger is empty again. */
  reset(): void;
}

/** GET /boletos over the ledger, by the day of registration: the books of a large company hold 100,000 boletos. */
export function createListing(ledger: Ledger, pageRows: () => number): Listing {
  const byDay = new Map<string, LedgerEntry[]>();
  let indexed = 0;

  function index(): void {
    const entries = ledger.entries();
    for (; indexed < entries.length; indexed += 1) {
      const entry = entries[indexed] as LedgerEntry;
      const day = fromBankDate(entry.boleto.dataRegistroTituloCobranca) ?? '';
      const key = `${entry.account}/${day}`;
      const known = byDay.get(key);
      if (known) known.push(entry);
      else byDay.set(key, [entry]);
    }
  }

  function* between(account: string, from: string, to: string): Generator<LedgerEntry> {
    const days = [...byDay.keys()].filter((key) => {
      const day = key.slice(account.length + 1);
      return key.startsWith(`${account}/`) && day >= from && day <= to;
    });
    for (const day of days.sort()) yield* byDay.get(day) ?? [];
  }

  function answer({ query, receivedAt }: Pick<BankRequest, 'query' | 'receivedAt'>, account: SimulatedAccount): Answer {
    const refusal = refused(query, account);
    if (refusal) return refusalAnswer(400, { code: 'SIM0010', message: refusal });
    index();
    const [from, to] = [fromBankDate(query.get('dataInicioRegistro')), fromBankDate(query.get('dataFimRegistro'))];
    const at = Number(query.get('indice') ?? 0);
    const page = pageRows();
    const wanted = wantedBy(query, receivedAt);
    const rows: LedgerEntry[] = [];
    let [met, more] = [0, false];
    for (const entry of between(account.clientId, from ?? '', to ?? '9999')) {
      if (!wanted(entry)) continue;
      if (rows.length === page) {
        more = true;
        break;
      }
      if (met >= at) rows.push(entry);
      met += 1;
    }
    // Assumed code: none is published. That an empty list is a 404 is.
    if (rows.length === 0) return refusalAnswer(404, { code: 'SIM0404', message: 'Nenhum boleto encontrado.' });
    return json(200, {
      indicadorContinuidade: more ? 'S' : 'N',
      quantidadeRegistros: rows.length,
      proximoIndice: more ? at + page : 0,
      boletos: rows.map(toRow),
    });
  }

  return {
    answer,
    reset() {
      byDay.clear();
      indexed = 0;
    },
  };
}

function refused(query: URLSearchParams, account: SimulatedAccount): string | null {
  if (!/^[AB]$/.test(query.get('indicadorSituacao') ?? '')) return 'Indicador de situacao deve ser A ou B.';
  const { agency = BENEFICIARY.agency, bankAccount = BENEFICIARY.bankAccount } = account;
  // Without digit and leading zeros: any other form is another account.
  if (query.get('agenciaBeneficiario') !== agency || query.get('contaBeneficiario') !== bankAccount)
    return 'Agencia e conta do beneficiario nao conferem.';
  const dates = ['dataInicioRegistro', 'dataFimRegistro', 'dataInicioVencimento', 'dataFimVencimento'];
  if (dates.some((name) => query.has(name) && !fromBankDate(query.get(name)))) return 'Data invalida.';
  return /^\d{1,9}$/.test(query.get('indice') ?? '0') ? null : 'Indice invalido.';
}

function wantedBy(query: URLSearchParams, receivedAt: number): (entry: LedgerEntry) => boolean {
  const closed = query.get('indicadorSituacao') === 'B';
  const state = query.get('codigoEstadoTituloCobranca');
  const overdue = query.get('boletoVencido');
  const today = saoPauloDate(new Date(receivedAt));
  const dueFrom = fromBankDate(query.get('dataInicioVencimento')) ?? '';
  const dueTo = fromBankDate(query.get('dataFimVencimento')) ?? '9999';
  return ({ boleto, dueDate }) => {
    const code = text(boleto.codigoEstadoTituloCobranca);
    if (CLOSED.has(code) !== closed || (state !== null && state !== code)) return false;
    if (overdue !== null && overdue !== (dueDate < today ? 'S' : 'N')) return false;
    return dueDate >= dueFrom && dueDate <= dueTo;
  };
}

function toRow({ number, boleto }: LedgerEntry): Record<string, unknown> {
  return {
    numeroBoletoBB: number,
    dataRegistro: boleto.dataRegistroTituloCobranca,
    dataVencimento: boleto.dataVencimentoTituloCobranca,
    valorOriginal: boleto.valorOriginalTituloCobranca,
    carteiraConvenio: 17,
    variacaoCarteiraConvenio: 35,
    codigoEstadoTituloCobranca: boleto.codigoEstadoTituloCobranca,
    estadoTituloCobranca: stateOf(text(boleto.codigoEstadoTituloCobranca)).status,
    contrato: boleto.numeroContratoCobranca,
    valorAtual: boleto.valorAtualTituloCobranca,
  };
}

/** Of a company that uses the same account; its convênio is nobody's here. */
const FOREIGN_CONVENIO = '9999999';
const FOREIGN_ROWS = 3;

/** The same page, wrong in one thing. */
export function mislisted(
  answer: Answer,
  what: Mislisting,
  { query, receivedAt }: Pick<BankRequest, 'query' | 'receivedAt'>,
  listed: (query: URLSearchParams) => Answer,
): Answer {
  if (answer.status !== 200) return answer;
  const page = JSON.parse(String(answer.body)) as Record<string, unknown>;
  if (!Array.isArray(page.boletos)) return answer;
  switch (what) {
    case 'endsEarly':
      return json(200, { ...page, indicadorContinuidade: 'N', proximoIndice: 0 });
    case 'standsStill':
      return json(200, { ...page, indicadorContinuidade: 'S', proximoIndice: Number(query.get('indice')) });
    case 'repeatsPage': {
      const first = new URLSearchParams(query);
      first.set('indice', '0');
      const repeated = JSON.parse(String(listed(first).body)) as Record<string, unknown>;
      return json(200, { ...page, boletos: repeated.boletos });
    }
    case 'foreign': {
      const foreign = Array.from({ length: FOREIGN_ROWS }, (_, index) => ({
        numeroBoletoBB: `000${FOREIGN_CONVENIO}${String(Number(query.get('indice')) + index + 1).padStart(10, '0')}`,
        dataRegistro: bankDate(saoPauloDate(new Date(receivedAt))),
        dataVencimento: bankDate(saoPauloDate(new Date(receivedAt))),
        valorOriginal: Number(toDecimal(cents(12_345))),
        carteiraConvenio: 17,
        variacaoCarteiraConvenio: 27,
        codigoEstadoTituloCobranca: 1,
        estadoTituloCobranca: 'normal',
        contrato: 1,
        valorAtual: Number(toDecimal(cents(12_345))),
      }));
      return json(200, { ...page, boletos: [...(page.boletos as unknown[]), ...foreign] });
    }
  }
}
