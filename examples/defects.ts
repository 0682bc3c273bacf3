import type { LocalDate } from '../domain/kinds/dates';
import { addDays } from '../domain/kinds/dates';
import { createCep, type Customer } from './customers';
import { withWrongDigit } from './documents';
import { places } from './places';
import type { Random } from './random';
import type { TituloLine } from './titulos';

/** What is wrong in real cadastros; the last two only the bank knows. */
export const defectKinds = [
  'wrongCpfDigit',
  'wrongCnpjDigit',
  'shortCep',
  'cepOfAnotherUf',
  'emptyDistrict',
  'longName',
  'forbiddenCharacter',
  'pastDueDate',
  'zeroAmount',
  'irregularDocument',
  'unknownCep',
] as const;
export type DefectKind = (typeof defectKinds)[number];

/** How many títulos have each: 46 of 800. */
const howMany: Record<DefectKind, number> = {
  wrongCpfDigit: 5,
  wrongCnpjDigit: 3,
  shortCep: 5,
  cepOfAnotherUf: 5,
  emptyDistrict: 5,
  longName: 4,
  forbiddenCharacter: 4,
  pastDueDate: 5,
  zeroAmount: 3,
  irregularDocument: 3,
  unknownCep: 4,
};

export interface Correction {
  receivableId: number;
  /** By the ERP's names, as `boletos corrigir` takes them. */
  changes: Record<string, string>;
}

export interface Defect {
  kind: DefectKind;
  receivableId: number;
  customerId: number;
}

/** What the simulator of the bank is told, since no cadastro shows it. */
export interface BankFacts {
  irregularDocuments: string[];
  missingCeps: string[];
}

export interface Defects {
  defects: Defect[];
  /** What an operator would find out, for every defect that can be corrected. */
  corrections: Correction[];
  /** Títulos that nothing corrects: the payer has to settle it with the tax authority. */
  discards: number[];
  bankFacts: BankFacts;
}

/** Spoils customers and títulos in place, each defect on a customer of its own. `pending` pairs each título with its customer. */
export function spoil(
  random: Random,
  today: LocalDate,
  pending: readonly { titulo: TituloLine; customer: Customer }[],
): Defects {
  const result: Defects = {
    defects: [],
    corrections: [],
    discards: [],
    bankFacts: { irregularDocuments: [], missingCeps: [] },
  };
  const free = [...pending];
  for (const kind of defectKinds)
    for (let count = 0; count < howMany[kind]; count += 1) {
      const { titulo, customer } = takeOne(random, free, kind);
      const changes = apply[kind](random, today, titulo, customer, result.bankFacts);
      result.defects.push({ kind, receivableId: titulo.id, customerId: customer.line.id });
      if (changes) result.corrections.push({ receivableId: titulo.id, changes });
      else result.discards.push(titulo.id);
    }
  return result;
}

function takeOne<T extends { customer: Customer }>(random: Random, free: T[], kind: DefectKind): T {
  const wanted = kind === 'wrongCnpjDigit' ? 'J' : kind === 'wrongCpfDigit' ? 'F' : null;
  for (;;) {
    const index = random.between(0, free.length - 1);
    const chosen = free[index] as T;
    if (wanted && chosen.customer.line.tipo_pessoa !== wanted) continue;
    free.splice(index, 1);
    return chosen;
  }
}

/** Each makes one defect and returns the right values; null = nothing here is wrong. */
const apply: Record<
  DefectKind,
  (
    random: Random,
    today: LocalDate,
    titulo: TituloLine,
    customer: Customer,
    facts: BankFacts,
  ) => Record<string, string> | null
> = {
  wrongCpfDigit: spoilDocument,
  wrongCnpjDigit: spoilDocument,
  shortCep(_random, _today, _titulo, { line }) {
    const right = line.cep;
    // As a spreadsheet leaves it: without its leading zero, or cut at the end.
    line.cep = right.startsWith('0') ? right.slice(1) : right.slice(0, 7);
    return { cep: right };
  },
  cepOfAnotherUf(random, _today, _titulo, { line, place }) {
    const right = line.cep;
    line.cep = createCep(random, random.pick(places.filter(({ uf }) => uf !== place.uf)));
    return { cep: right };
  },
  emptyDistrict(_random, _today, _titulo, { line }) {
    const right = line.bairro;
    line.bairro = '';
    return { bairro: right };
  },
  longName(_random, _today, _titulo, { line }) {
    const right = line.razao;
    line.razao = `${right} - instalação na casa dos fundos, favor tocar a campainha`;
    return { razao: right };
  },
  forbiddenCharacter(random, _today, _titulo, { line }) {
    const field = random.pick(['razao', 'endereco', 'bairro'] as const);
    const right = line[field];
    line[field] = `${right} ${random.pick(['☎', '★', '|', '{}', '©'])}`;
    return { [field]: right };
  },
  pastDueDate(random, today, titulo) {
    titulo.data_vencimento = addDays(today, -random.between(1, 12));
    titulo.data_emissao = addDays(titulo.data_vencimento, -20);
    return { data_vencimento: addDays(today, random.between(7, 15)) };
  },
  zeroAmount(_random, _today, titulo) {
    const right = titulo.valor;
    titulo.valor = '0,00';
    titulo.valor_aberto = '0,00';
    return { valor: right };
  },
  irregularDocument(_random, _today, _titulo, { line }, facts) {
    facts.irregularDocuments.push(line.cnpj_cpf);
    return null;
  },
  unknownCep(_random, _today, _titulo, { line }, facts) {
    const right = line.cep;
    // Above 900 in the same city: no other customer of the examples has it.
    line.cep = `${right.slice(0, 5)}9${String(90 - facts.missingCeps.length).padStart(2, '0')}`;
    facts.missingCeps.push(line.cep);
    return { cep: right };
  },
};

function spoilDocument(_random: Random, _today: LocalDate, _titulo: TituloLine, { line }: Customer) {
  const right = line.cnpj_cpf;
  line.cnpj_cpf = withWrongDigit(right);
  return { cnpj_cpf: right };
}
