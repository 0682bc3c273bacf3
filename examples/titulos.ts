import { addDays, formatDate, type LocalDate } from '../domain/kinds/dates';
import { cents, toDecimal } from '../domain/kinds/money';
import type { Customer } from './customers';
import type { Random } from './random';

/** A line of the type `titulo`, by the ERP's names. Dates are ISO here and written dd/mm/aaaa at the end. */
export interface TituloLine {
  type: 'titulo';
  id: number;
  id_cliente: number;
  filial_id: number;
  id_carteira_cobranca: number;
  id_contrato: number | null;
  tipo_contrato: 'recorrente' | 'avulso' | 'sem-contrato';
  tipo_cobranca: string;
  documento: string;
  nparcela: number;
  data_emissao: LocalDate;
  data_vencimento: LocalDate;
  valor: string;
  valor_aberto: string;
  status: 'A' | 'R' | 'P' | 'C';
  liberado: 'S' | 'N';
  impresso: 'S' | 'N';
  nn_boleto?: string;
  gateway_link?: string;
  id_cobranca?: string;
}

const plans = [79.9, 89.9, 99.9, 119.9, 149.9, 199.9, 249.9, 399.9].map((reais) => cents(Math.round(reais * 100)));

export interface TituloKind {
  carteira: number;
  status: TituloLine['status'];
  released: boolean;
  impresso: boolean;
  /** Days from today to the due date. */
  due: readonly [number, number];
}

/** Makes títulos one after the other; ids grow from 50001. */
export function createTitulos(random: Random, today: LocalDate) {
  let id = 50_000;
  return (customer: Customer, kind: TituloKind): TituloLine => {
    id += 1;
    const due = addDays(today, random.between(...kind.due));
    const contract = random.pick(['recorrente', 'recorrente', 'recorrente', 'avulso', 'sem-contrato'] as const);
    const amount = random.pick(plans);
    const value = reais(amount);
    const open = { A: value, C: value, R: '0,00', P: reais(cents(Math.round(amount / 2))) }[kind.status];
    return {
      type: 'titulo',
      id,
      id_cliente: customer.line.id,
      filial_id: customer.place.filial,
      id_carteira_cobranca: kind.carteira,
      id_contrato: contract === 'sem-contrato' ? null : customer.line.id + 20_000,
      tipo_contrato: contract,
      tipo_cobranca: contract === 'recorrente' ? 'mensalidade' : 'serviço',
      documento: `${due.slice(0, 4)}${due.slice(5, 7)}-${id}`,
      nparcela: contract === 'recorrente' ? Number(due.slice(5, 7)) : 1,
      // Never after today, never after the due date.
      data_emissao: addDays(due < today ? due : today, -random.between(1, 20)),
      data_vencimento: due,
      valor: value,
      valor_aberto: open,
      status: kind.status,
      liberado: kind.released ? 'S' : 'N',
      impresso: kind.impresso ? 'S' : 'N',
      ...(kind.impresso ? earlierRegistration(id) : {}),
    };
  };
}

/** As the system before this one left it: numbers far from those that a new numbering begins with. */
function earlierRegistration(id: number) {
  return {
    nn_boleto: `9${String(id).padStart(9, '0')}`,
    gateway_link: `https://boletos.exemplo.com.br/${id}`,
    id_cobranca: `ant-${id}`,
  };
}

/** `1.234,56`, as the ERP prints it. */
function reais(amount: ReturnType<typeof cents>): string {
  const [whole = '0', fraction = '00'] = toDecimal(amount).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, '.')},${fraction}`;
}

/** The line as it is written to the file. */
export function printed(line: TituloLine): Record<string, unknown> {
  return {
    ...line,
    data_emissao: formatDate(line.data_emissao),
    data_vencimento: formatDate(line.data_vencimento),
  };
}
