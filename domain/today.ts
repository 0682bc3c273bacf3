import { formatDate, type LocalDate } from './kinds/dates';
import { guardResultLabels, type GuardResult } from './guard/results';
import { onScreen } from './placeWords';

/*
 * What needs a person now: the first screen. Another kind is a name here with its words and its place, and a query in
 * record/batches/today.ts; the API and the screen show whatever there is.
 */

/** In the order in which people see them: what holds up most comes first. */
export const todayKinds = [
  'accountFails',
  'batchPaused',
  'dueSoon',
  'overdue',
  'uncertain',
  'divergence',
  'batchWaits',
  'guard',
  'earlierBoleto',
  'sourceConflict',
  'reopened',
  'payableThoughClosed',
  'bankWork',
  'withoutPix',
  'alert',
] as const;
export type TodayKind = (typeof todayKinds)[number];

export const todayKindLabels: Record<TodayKind, string> = {
  accountFails: 'Contas de gateway com falha',
  batchPaused: 'Comunicações pausadas',
  dueSoon: 'Vencem em breve sem boleto registrado',
  overdue: 'Venceram sem boleto registrado',
  uncertain: 'Resultados incertos',
  divergence: 'Divergências com o banco',
  batchWaits: 'Comunicações que aguardam pessoas',
  guard: 'O que a guarda não pôde fazer',
  earlierBoleto: 'Com boleto de outro sistema: registrar mesmo assim?',
  sourceConflict: 'Corrigido aqui, e o ERP mandou outro valor',
  reopened: 'Abertas de novo, com o boleto baixado',
  payableThoughClosed: 'Boletos que ainda podem ser pagos',
  bankWork: 'A alterar ou baixar no banco',
  withoutPix: 'Registrados sem Pix',
  alert: 'Alertas',
};

/** Counting stops here: "mais de 1.000" is all that anybody wants to know. */
export const MOST_COUNTED = 1_000;

export interface TodayFact {
  kind: TodayKind;
  /** At most MOST_COUNTED + 1, which stands for more. */
  count: number;
  carteira?: { id: number; description: string };
  batchId?: string;
  receivableId?: number;
  /** The nearest or oldest due date; the end of a certificate. */
  date?: LocalDate;
  /** What exactly: a code of the kind's own. */
  code?: string;
  /** Of an alert: its id, and what it says. */
  alert?: { id: number; message: string };
}

export interface TodayLine extends TodayFact {
  words: string;
  /** The screen, one press away, where it is mended. */
  to: string;
}

/** Of a título's status. */
const closedWords: Record<string, string> = { C: 'cobranças canceladas', R: 'cobranças recebidas' };

const pauseWords: Record<string, string> = {
  config: 'pausada por falha de configuração da conta',
  sliceFailed: 'pausada porque um envio falhou no sistema; veja o registro do worker',
  numbering: 'pausada porque o banco tem números que este registro não deu; confira o banco na carteira',
};

type Tell = (fact: TodayFact) => Pick<TodayLine, 'words' | 'to'>;

const tell: Record<TodayKind, Tell> = {
  accountFails: (fact) => ({ words: `${carteira(fact)}: ${accountWords(fact)}`, to: carteiraPlace(fact) }),
  batchPaused: (fact) => ({
    words: `Comunicação ${fact.batchId}: ${pauseWords[fact.code ?? ''] ?? 'pausada por uma pessoa'}.`,
    to: batchPlace(fact),
  }),
  dueSoon: (fact) => ({
    words: `${carteira(fact)}: ${counted(fact.count, 'cobrança', 'cobranças')}; a mais próxima vence em ${day(fact)}.`,
    to: `/vencendo-sem-registro?carteira=${fact.carteira?.id}`,
  }),
  overdue: (fact) => ({
    words: `${carteira(fact)}: ${counted(fact.count, 'cobrança', 'cobranças')}; a mais antiga venceu em ${day(fact)}.`,
    to: `/vencendo-sem-registro?carteira=${fact.carteira?.id}&vencidos=sim`,
  }),
  uncertain: (fact) => ({
    words: `${whereFrom(fact)}: ${counted(fact.count, 'resultado incerto', 'resultados incertos')}.`,
    to: fact.batchId === undefined ? '/contas-a-receber?situacao=unconfirmed' : batchPlace(fact),
  }),
  divergence: (fact) => ({
    words: `${whereFrom(fact)}: ${counted(fact.count, 'divergência', 'divergências')}.`,
    to: fact.batchId === undefined ? '/contas-a-receber?situacao=conflict' : batchPlace(fact),
  }),
  batchWaits: (fact) => ({
    words: `Comunicação ${fact.batchId}: ${counted(fact.count, 'título a ajustar', 'títulos a ajustar')}.`,
    to: batchPlace(fact),
  }),
  guard: (fact) => ({
    words: `${carteira(fact)}: ${fact.code === undefined ? 'não terminou' : guardResultLabels[fact.code as GuardResult]}, em ${day(fact)}.`,
    to: carteiraPlace(fact),
  }),
  earlierBoleto: (fact) => ({
    words: `${carteira(fact)}: ${counted(fact.count, 'cobrança fica', 'cobranças ficam')} de fora até alguém decidir.`,
    to: `/contas-a-receber?carteira=${fact.carteira?.id}&situacao=earlierBoleto`,
  }),
  sourceConflict: (fact) => ({
    words: `Cobrança ${fact.receivableId}: ${counted(fact.count, 'campo a decidir', 'campos a decidir')}.`,
    to: `/contas-a-receber/${fact.receivableId}`,
  }),
  reopened: (fact) => ({
    words: `Cobrança ${fact.receivableId}: vence em ${day(fact)} e não tem boleto que possa ser pago.`,
    to: `/contas-a-receber/${fact.receivableId}/historia`,
  }),
  payableThoughClosed: (fact) => ({
    words: `${counted(fact.count, 'boleto', 'boletos')} de ${closedWords[fact.code ?? ''] ?? 'cobranças canceladas ou recebidas'}.`,
    to: `/ainda-pagaveis${fact.code === undefined ? '' : `?status=${fact.code}`}`,
  }),
  bankWork: (fact) => ({
    words: `${carteira(fact)}: ${counted(fact.count, 'boleto', 'boletos')} a ${fact.code === 'cancel' ? 'baixar' : 'alterar'} no banco.`,
    to: `/pendencias-no-banco?carteira=${fact.carteira?.id}&tipo=${fact.code === 'cancel' ? 'baixar' : 'alterar'}`,
  }),
  withoutPix: (fact) => ({
    words: `${carteira(fact)}: ${counted(fact.count, 'boleto', 'boletos')}. ${
      fact.code === 'givenUp'
        ? 'O banco não deu o Pix de todos: veja o motivo e peça de novo.'
        : 'O Pix é pedido ao banco sozinho.'
    }`,
    to: `/contas-a-receber?carteira=${fact.carteira?.id}&situacao=semPix`,
  }),
  alert: (fact) => ({
    words: onScreen(fact.alert?.message ?? ''),
    to:
      fact.receivableId !== undefined
        ? `/contas-a-receber/${fact.receivableId}/historia`
        : fact.batchId !== undefined
          ? batchPlace(fact)
          : carteiraPlace(fact),
  }),
};

export function todayLine(fact: TodayFact): TodayLine {
  return { ...fact, ...tell[fact.kind](fact) };
}

function accountWords({ code, date }: TodayFact): string {
  switch (code) {
    case 'credentialsUnreadable':
      return 'as credenciais foram guardadas com outra SECRETS_KEY e não se abrem.';
    case 'tokenRefused':
      return 'o banco recusou o acesso da conta.';
    case 'certificateEnds':
      return `o certificado da conta vence em ${date ? formatDate(date) : '—'}.`;
    case 'certificateEnded':
      return `o certificado da conta venceu em ${date ? formatDate(date) : '—'}.`;
    default:
      return 'o último teste da conta falhou.';
  }
}

const carteira = (fact: TodayFact) => `Carteira ${fact.carteira?.id} · ${fact.carteira?.description}`;
const whereFrom = (fact: TodayFact) =>
  fact.batchId === undefined ? 'Fora de comunicação' : `Comunicação ${fact.batchId}`;
const carteiraPlace = (fact: TodayFact) => `/carteiras/${fact.carteira?.id}`;
const batchPlace = (fact: TodayFact) => `/comunicacoes/${encodeURIComponent(fact.batchId ?? '')}`;
const day = (fact: TodayFact) => (fact.date ? formatDate(fact.date) : '—');

const numbers = new Intl.NumberFormat('pt-BR');
function counted(count: number, one: string, many: string): string {
  if (count > MOST_COUNTED) return `mais de ${numbers.format(MOST_COUNTED)} ${many}`;
  return `${numbers.format(count)} ${count === 1 ? one : many}`;
}
