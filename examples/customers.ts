import { createCnpj, createCpf } from './documents';
import { companyEndings, firstNames, surnames, trades } from './names';
import { districts, places, streets, type Place } from './places';
import type { Random } from './random';

/** A line of the type `cliente`, by the ERP's names. */
export type CustomerLine = { type: 'cliente'; id: number } & Record<
  | 'tipo_pessoa'
  | 'razao'
  | 'fantasia'
  | 'cnpj_cpf'
  | 'cep'
  | 'endereco'
  | 'numero'
  | 'complemento'
  | 'bairro'
  | 'cidade'
  | 'uf'
  | 'cep_cob'
  | 'endereco_cob'
  | 'numero_cob'
  | 'complemento_cob'
  | 'bairro_cob'
  | 'cidade_cob'
  | 'uf_cob'
  | 'email'
  | 'whatsapp'
  | 'condominio',
  string
>;

export interface Customer {
  line: CustomerLine;
  place: Place;
}

const FIRST_CUSTOMER = 1_001;

/** Customers without a defect: one in five a company, one company in ten with an alphanumeric CNPJ. */
export function createCustomers(random: Random, count: number): Customer[] {
  const documents = new Set<string>();
  const fresh = (create: () => string): string => {
    for (;;) {
      const document = create();
      if (documents.has(document)) continue;
      documents.add(document);
      return document;
    }
  };
  return Array.from({ length: count }, (_, index) => {
    const id = FIRST_CUSTOMER + index;
    const place = random.pick(places);
    const company = index % 5 === 4;
    const alphanumeric = index % 50 === 49;
    const cnpj_cpf = fresh(() => (company ? createCnpj(random, alphanumeric) : createCpf(random)));
    const surname = `${random.pick(surnames)} ${random.pick(surnames)}`;
    const razao = company
      ? `${random.pick(trades)} ${random.pick(surnames)} ${random.pick(companyEndings)}`
      : `${random.pick(firstNames)} ${surname}`;
    const elsewhere = random.chance(10);
    const billing = elsewhere ? createAddress(random, place) : null;
    const line: CustomerLine = {
      type: 'cliente',
      id,
      tipo_pessoa: company ? 'J' : 'F',
      razao,
      fantasia: company ? razao.replace(/ (Ltda|ME|EPP|S\.A\.)$/, '') : '',
      cnpj_cpf,
      ...createAddress(random, place),
      cep_cob: billing?.cep ?? '',
      endereco_cob: billing?.endereco ?? '',
      numero_cob: billing?.numero ?? '',
      complemento_cob: billing?.complemento ?? '',
      bairro_cob: billing?.bairro ?? '',
      cidade_cob: billing?.cidade ?? '',
      uf_cob: billing?.uf ?? '',
      email: random.chance(80) ? `cliente${id}@exemplo.com.br` : '',
      // 00 is no area code: nobody is called.
      whatsapp: random.chance(70) ? `009${String(random.between(0, 99_999_999)).padStart(8, '0')}` : '',
      condominio: random.chance(8) ? `Residencial ${random.pick(surnames)}` : '',
    };
    return { line, place };
  });
}

function createAddress(random: Random, place: Place) {
  return {
    cep: createCep(random, place),
    endereco: random.pick(streets),
    numero: String(random.between(1, 2_400)),
    complemento: random.chance(25) ? `Apto ${random.between(1, 20)}0${random.between(1, 4)}` : '',
    bairro: random.pick(districts),
    cidade: place.city,
    uf: place.uf,
  };
}

/** A CEP in the city's range. Its last three digits stay under 900: those above belong to firms and post offices. */
export function createCep(random: Random, { prefixes: [from, to] }: Place): string {
  return String(random.between(from, to)).padStart(5, '0') + String(random.between(0, 899)).padStart(3, '0');
}
