import { formatDate, type LocalDate } from '../kinds/dates';

/* What an alert counts of one carteira, by filial, and how it says so to people. Nobody is named. */

/** Títulos without a registered boleto. */
export interface DueCount {
  filialId: number;
  /** Due from today until the last day that is told of. */
  near: number;
  nearestDueDate: LocalDate | null;
  /** Past due, however long ago. */
  overdue: number;
  oldestDueDate: LocalDate | null;
}

/** Registered boletos of títulos that are cancelled or paid. */
export interface ClosedCount {
  filialId: number;
  cancelled: number;
  received: number;
}

/** What is long past due is counted apart and dated: who reads it every day knows why. */
export function dueSoonWords(counts: readonly DueCount[]): string {
  const [near, overdue] = [total(counts, 'near'), total(counts, 'overdue')];
  const said = [];
  if (near > 0)
    said.push(`${cobrancas(near)} sem boleto registrado: a mais próxima vence em ${first(counts, 'nearestDueDate')}.`);
  if (overdue > 0)
    said.push(
      `${cobrancas(overdue)} já ${overdue === 1 ? 'vencida' : 'vencidas'} sem registro: a mais antiga venceu em ${first(counts, 'oldestDueDate')}.`,
    );
  return said.join(' ');
}

export function payableWords(counts: readonly ClosedCount[]): string {
  const [cancelled, received] = [total(counts, 'cancelled'), total(counts, 'received')];
  const said = [];
  if (cancelled > 0) said.push(`${boletos(cancelled)} de cobrança cancelada`);
  if (received > 0) said.push(`${boletos(received)} de cobrança recebida`);
  return `${said.join(' e ')}: o banco ainda aceita o pagamento. Dê baixa no banco, ou confira que já não é pagável.`;
}

/** Boletos whose Pix the bank did not give, however often it was asked. */
export interface PixCount {
  filialId: number;
  givenUp: number;
  nearestDueDate: LocalDate | null;
}

export function withoutPixWords(counts: readonly PixCount[]): string {
  return `${boletos(total(counts, 'givenUp'))} sem Pix: o banco não o deu, e já não se pede sozinho. Veja em Contas a Receber o motivo de cada um, e peça de novo; o de vencimento mais próximo vence em ${first(counts, 'nearestDueDate')}.`;
}

function total<Name extends string>(counts: readonly Record<Name, number>[], name: Name): number {
  return counts.reduce((sum, { [name]: count }) => sum + count, 0);
}

function first<Name extends string>(counts: readonly Record<Name, LocalDate | null>[], name: Name): string {
  const [earliest] = counts.flatMap(({ [name]: date }) => date ?? []).sort();
  return earliest ? formatDate(earliest) : '—';
}

const cobrancas = (count: number) => (count === 1 ? '1 cobrança' : `${count} cobranças`);
const boletos = (count: number) => (count === 1 ? '1 boleto' : `${count} boletos`);
