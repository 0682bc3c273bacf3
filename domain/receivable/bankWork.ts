import { formatDate, type LocalDate } from '../kinds/dates';
import { formatReais, type Cents } from '../kinds/money';

/* What is to be done at the bank because the record says something else by now than what was registered. */

export const bankWorkKinds = ['alter', 'cancel'] as const;
export type BankWorkKind = (typeof bankWorkKinds)[number];

/** What the operator reads. */
export const bankWorkLabels: Record<BankWorkKind, string> = {
  alter: 'alterar no banco',
  cancel: 'baixar no banco',
};

/** `registration`: it was registered with what was sent before a change. `record`: nobody knows who changed it. */
export const bankWorkOrigins = ['import', 'correction', 'registration', 'record', 'bank'] as const;
export type BankWorkOrigin = (typeof bankWorkOrigins)[number];

export const bankWorkOriginLabels: Record<BankWorkOrigin, string> = {
  import: 'importação',
  correction: 'correção',
  registration: 'registrado com dados anteriores',
  record: 'alterado no registro',
  bank: 'conferência com o banco',
};

/** One field; `bank` is what was registered. Dates as `YYYY-MM-DD`, amounts in cents. */
export interface BankField {
  bank: string | number | null;
  wanted: string | number;
}

/** Fields that a boleto keeps its place with when they are altered: by the ERP's names, as a snapshot calls them. */
export const fieldsTakenByBank: Readonly<Record<string, string>> = {
  data_vencimento: 'dueDate',
  valor_aberto: 'amountCents',
  condicoes: 'ownTerms',
  razao: 'name',
  ...addressFields(''),
  ...addressFields('_cob'),
};

function addressFields(suffix: '' | '_cob'): Record<string, string> {
  const names = {
    ...{ cep: 'cep', endereco: 'street', numero: 'number', complemento: 'complement', bairro: 'district' },
    ...{ cidade: 'city', uf: 'uf' },
  };
  return Object.fromEntries(Object.entries(names).map(([name, key]) => [name + suffix, key]));
}

const statusWords: Record<string, string> = { A: 'em aberto', R: 'recebido', P: 'parcial', C: 'cancelado' };

/** A value of a field as people read it. */
export function bankValue(name: string, value: BankField['bank']): string {
  if (value === null || value === '') return '—';
  if (name === 'data_vencimento') return formatDate(value as LocalDate);
  if (name === 'valor_aberto') return formatReais(value as Cents);
  // Juros, multa, descontos and baixa of the título alone: the bank has those that were sent.
  if (name === 'condicoes') return 'outros juros, multa ou desconto';
  if (name === 'status') return statusWords[value] ?? String(value);
  return String(value);
}

/** What follows from what was just saved: "o banco ainda tem 10/02/2030: alterar no banco". */
export function bankWorkWords({ kind, fields }: { kind: BankWorkKind; fields: Record<string, BankField> }): string {
  if (fields['status'])
    return `o banco ainda aceita o pagamento deste boleto: ${bankWorkLabels[kind]}, ou confira que já não é pagável`;
  const had = Object.entries(fields).map(([name, { bank }]) => bankValue(name, bank));
  return `o banco ainda tem ${had.join(', ')}: ${bankWorkLabels[kind]}`;
}
