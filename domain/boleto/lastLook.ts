import { formatDate, type LocalDate } from '../kinds/dates';
import type { Evidence } from './evidence';
import type { LookResult } from '../gateway';
import { formatReais, type Cents } from '../kinds/money';

/** What the bank answered when it was last asked about a boleto. */
export interface LastLook {
  /** An instant of ISO 8601. */
  at: string;
  answer: LookResult['kind'];
  /** What it proved. */
  evidence: Evidence['kind'] | null;
  /** The bank's own state, and what it has; null unless it was found. */
  status: string | null;
  amountCents: number | null;
  dueDate: string | null;
}

/** The answer as whoever decides reads it. */
export function lookAnswer({ answer, status, amountCents, dueDate }: LastLook): string {
  switch (answer) {
    case 'found':
      return [
        'encontrado',
        ...(status ? [status] : []),
        ...(amountCents === null ? [] : [formatReais(amountCents as Cents)]),
        ...(dueDate === null ? [] : [`vence em ${formatDate(dueDate as LocalDate)}`]),
      ].join(', ');
    case 'notFound':
      return 'não encontrado';
    case 'stillProcessing':
      return 'ainda em processamento';
    case 'refused':
      return 'aceito, e depois recusado';
    case 'unusable':
      return 'resposta que não se pôde ler';
  }
}
