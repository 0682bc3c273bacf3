import { formatReais, type Cents } from '../kinds/money';

/** Limit in days before the vencimento; a percentage of the value or an amount, 0 = not this. */
export interface DiscountTerm {
  percent: number;
  amountCents: number;
  days: number;
}

/** What a carteira says about paying early and late, for its títulos that say nothing themselves. */
export interface CarteiraTerms {
  /** A month. */
  interestPercent: number;
  dailyInterestCents: number;
  finePercent: number;
  fineCents: number;
  /** Days after the vencimento without interest or fine. */
  graceDays: number;
  discountPercent: number;
  discountCents: number;
  discountDays: number;
  /** The second and the third step; empty = none. */
  furtherDiscounts: DiscountTerm[];
  /** 0 = not taken after the vencimento; null = as long as the convênio has it. */
  writeOffDays: number | null;
}

/** The same for people. */
export interface TermWords {
  interest: string;
  fine: string;
  discount: string;
  writeOff: string;
}

export function describeTerms(terms: CarteiraTerms): TermWords {
  const { discountPercent: percent, discountCents: amountCents, discountDays: days, graceDays } = terms;
  const steps = [{ percent, amountCents, days }, ...terms.furtherDiscounts]
    .filter((step) => step.percent || step.amountCents)
    .map((step) => `${priced(step.percent, step.amountCents)} ${limit(step.days)}`);
  const grace = graceDays > 0 ? `, depois de ${dayCount(graceDays)} de carência` : '';
  const interest = [
    ...(terms.interestPercent ? [`${percentage(terms.interestPercent)} ao mês`] : []),
    ...(terms.dailyInterestCents ? [`${formatReais(terms.dailyInterestCents as Cents)} por dia`] : []),
  ];
  const hasFine = Boolean(terms.finePercent || terms.fineCents);
  return {
    interest: interest.length > 0 ? interest.join(' e ') + grace : 'não',
    fine: hasFine ? priced(terms.finePercent, terms.fineCents) + grace : 'não',
    discount: steps.length > 0 ? steps.join('; ') : 'não',
    writeOff: writeOffWords(terms.writeOffDays),
  };
}

function writeOffWords(days: number | null): string {
  if (days === null) return 'pelo prazo do convênio';
  return days === 0 ? 'não recebe depois do vencimento' : `recebe até ${dayCount(days)} depois do vencimento`;
}

/** Both at once is a mistake that the prévia finds: both are shown. */
function priced(percent: number, amountCents: number): string {
  return [...(percent ? [percentage(percent)] : []), ...(amountCents ? [formatReais(amountCents as Cents)] : [])].join(
    ' e ',
  );
}

function limit(days: number): string {
  return days === 0 ? 'até o vencimento' : `até ${dayCount(days)} antes do vencimento`;
}

function percentage(value: number): string {
  return `${String(value).replace('.', ',')}%`;
}

function dayCount(days: number): string {
  return `${days} ${days === 1 ? 'dia' : 'dias'}`;
}
