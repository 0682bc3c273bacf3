import { tidyDate } from '../../parts/tidyDate';
import { places } from '../../router';
import { emptyForm, ONE_CONTRACT, type FilterForm, type FilterName } from './filterForm';

/** What a person has typed in Emissão de Boletos. */
export interface Typed {
  carteira: string;
  /** As the ERP writes it. */
  printed: 'N' | 'S';
  form: FilterForm;
}

/** What the address calls each filter; people read addresses and share them. */
const names: Record<FilterName, string> = {
  ...{ filialId: 'filial', customerIds: 'cliente', personType: 'tipoPessoa', contractKind: 'contrato' },
  ...{ contractId: 'numeroContrato', issuedFrom: 'emissaoDe', issuedTo: 'emissaoAte', dueFrom: 'vencimentoDe' },
  ...{ dueTo: 'vencimentoAte', amountFrom: 'valorDe', amountTo: 'valorAte', chargeType: 'tipoCobranca' },
  ...{ lote: 'lote', city: 'cidade', district: 'bairro', cep: 'cep' },
};
const filterNames = Object.keys(names) as FilterName[];

/** `nao` and `sim` are those of earlier versions. */
export const readPrinted = (value: string | null): Typed['printed'] => (value && /^s/i.test(value) ? 'S' : 'N');

function readQuery(query: URLSearchParams): Typed {
  const form = { ...emptyForm };
  for (const name of filterNames) form[name] = query.get(names[name]) ?? '';
  for (const name of ['dueFrom', 'dueTo', 'issuedFrom', 'issuedTo'] as const) form[name] = tidyDate(form[name]);
  if (form.contractId !== '') form.contractKind = ONE_CONTRACT;
  return { carteira: query.get('carteira') ?? '', printed: readPrinted(query.get('impresso')), form };
}

/** Only what is said: an empty form has the bare address. */
export function writeQuery({ carteira, printed, form }: Typed): string {
  const query = new URLSearchParams();
  if (carteira.trim()) query.set('carteira', carteira.trim());
  if (printed === 'S') query.set('impresso', printed);
  for (const name of filterNames) if (form[name].trim()) query.set(names[name], form[name].trim());
  return query.toString();
}

export const emissaoAddress = { path: places.emissao, read: readQuery, write: writeQuery };
