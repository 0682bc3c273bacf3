import { parseLocalDate, type LocalDate } from '../../../domain/kinds/dates';
import { receivableStates, type ReceivableState } from '../../../domain/receivable/receivableStates';
import { statePlurals } from '../comunicacao/statePlurals';
import { tidyDate } from '../../parts/tidyDate';
import { places } from '../../router';

/** What is looked for in Contas a Receber, as it is typed; '' = any. The names are those of the address. */
export interface Search {
  q: string;
  situacao: string;
  carteira: string;
  vencimentoDe: string;
  vencimentoAte: string;
}
export type SearchName = keyof Search;

const none: Search = { q: '', situacao: '', carteira: '', vencimentoDe: '', vencimentoAte: '' };
const names = Object.keys(none) as SearchName[];

export const searchAddress = {
  path: places.contas,
  read: (query: URLSearchParams): Search => {
    const search = { ...none };
    for (const name of names) search[name] = query.get(name) ?? '';
    return search;
  },
  write: (search: Search): string => {
    const said = names.map((name) => [name, search[name].trim()]).filter(([, value]) => value !== '');
    return new URLSearchParams(said).toString();
  },
};

const plurals: Record<ReceivableState, string> = {
  ...statePlurals,
  notCommunicated: 'Não comunicados',
  communicatedBefore: 'Comunicados em outro sistema',
  earlierBoleto: 'Com boleto de outro sistema',
  overdue: 'Vencidos sem registro',
  paid: 'Recebidos',
  cancelled: 'Cancelados',
};
/** No state of its own: what Hoje counts as registered without the Pix that its carteira asks for. */
const WITHOUT_PIX = 'semPix';
export const situations: (readonly [string, string])[] = [
  ...(receivableStates as readonly ReceivableState[]).map((state) => [state, plurals[state]] as const),
  [WITHOUT_PIX, 'Registrados sem Pix'],
];

/** As the API is asked for it. */
export function situationFilter(situacao: string): { state?: ReceivableState; withoutPix?: boolean } {
  if (situacao === WITHOUT_PIX) return { withoutPix: true };
  const state = (receivableStates as readonly ReceivableState[]).find((each) => each === situacao);
  return state ? { state } : {};
}

/** undefined: any. null: what is typed is no date. */
export function readDay(text: string): LocalDate | null | undefined {
  return text.trim() === '' ? undefined : parseLocalDate(tidyDate(text));
}
