/*
 * Conferência com o banco: what the bank registered in a period is held against the record. The words are those of the
 * operator; docs/operations/restored-record.md says when it is needed.
 */

export const findingKinds = [
  'adopted',
  'foreign',
  'differs',
  'dead',
  'cancelled',
  'twoAlive',
  'underWay',
  'missing',
  'unread',
] as const;
/** What people are told of one boleto. */
export type FindingKind = (typeof findingKinds)[number];

/** Of every boleto: also those about which there is nothing to say, or not yet. */
export type MetKind = FindingKind | 'pending' | 'equal' | 'absent' | 'otherConvenio';

export const findingLabels: Record<FindingKind, string> = {
  adopted: 'Assumido',
  foreign: 'Só no banco',
  differs: 'Diferente',
  dead: 'Sem validade no banco',
  cancelled: 'Cancelado no banco',
  twoAlive: 'Dois boletos válidos',
  underWay: 'Em comunicação',
  missing: 'Só aqui',
  unread: 'Não consultado',
};

/** What it means and what to do, a sentence each. */
export const findingAdvice: Record<FindingKind, string> = {
  adopted: 'O banco o tinha e aqui não constava registrado; agora consta, no título do seu número. Nada a fazer.',
  foreign: 'Nenhum título daqui tem este seu número: é de outro sistema. Confira quem o registrou.',
  differs: 'Banco e registro diferem no que está indicado. Confira o título; se for o caso, dê baixa no banco.',
  dead: 'Aqui consta registrado, mas no banco não pode mais ser pago. Confira a baixa com o banco.',
  cancelled: 'É de um título daqui, mas foi baixado no banco: o título continua sem boleto e pode ser comunicado.',
  twoAlive: 'O título tem outro boleto registrado: o cliente pode pagar duas vezes. Dê baixa em um dos dois no banco.',
  underWay: 'Uma comunicação ainda não sabe o resultado deste título; retome-a, e ela o resolve.',
  missing: 'Aqui consta registrado, mas o banco não o tem. Confira com o banco antes de cobrar por ele.',
  unread: 'Está na lista do banco, mas a consulta não o mostrou. Confira outra vez mais tarde.',
};

export const reviewStates = ['listing', 'checking', 'done', 'failed'] as const;
export type ReviewState = (typeof reviewStates)[number];

export const reviewStateLabels: Record<ReviewState, string> = {
  listing: 'Lendo a lista do banco',
  checking: 'Procurando o que a lista não mostrou',
  done: 'Concluída',
  failed: 'Interrompida',
};

export const reviewRemarks = ['endedEarly', 'repeated', 'gapsUnchecked', 'numbersUsedUp', 'undecided'] as const;
export type ReviewRemark = (typeof reviewRemarks)[number];

export interface ReviewCounts {
  /** Rows of the bank's list, each boleto once. */
  listed: number;
  /** As the record has them. */
  equal: number;
  /** At the bank, in the period, and not in its list. */
  unlisted: number;
  /** Of other convênios of the same account: left alone. */
  otherConvenio: number;
  /** Still to be looked at. */
  pending: number;
  findings: Partial<Record<FindingKind, number>>;
}

/** What a person reads above the findings, one sentence each. */
export function remarkWords(remark: ReviewRemark, { unlisted }: Pick<ReviewCounts, 'unlisted'>): string {
  switch (remark) {
    case 'endedEarly':
      return `A lista do banco terminou antes: ${boletos(unlisted)} do período não ${unlisted === 1 ? 'apareceu' : 'apareceram'} nela e ${unlisted === 1 ? 'foi consultado' : 'foram consultados um a um'}. Repita a conferência mais tarde.`;
    case 'repeated':
      return 'A lista do banco repetiu páginas sem avançar: o que ela não mostrou foi procurado pelo número. Repita a conferência mais tarde.';
    case 'gapsUnchecked':
      return 'Há números demais sem boleto entre os da lista: não foram consultados um a um. Se a numeração está parada, informe o próximo número livre na conta da carteira.';
    case 'undecided':
      return 'De alguns boletos não se sabe se são de títulos daqui: veja os achados, acerte-os e repita a conferência, ou informe o próximo número livre na conta da carteira. Até lá, se a numeração está parada, nenhum título recebe número novo.';
    case 'numbersUsedUp':
      return 'O banco tem o último número do convênio: não há próximo número. Peça outro convênio ao banco.';
  }
}

function boletos(count: number): string {
  return count === 1 ? '1 boleto' : `${count.toLocaleString('pt-BR')} boletos`;
}

/** Why a review was not begun. */
export type ReviewRefusal =
  | { kind: 'unknownCarteira' }
  | { kind: 'noAccount' }
  | { kind: 'noAgency' }
  | { kind: 'period'; field: 'from' | 'to'; message: string }
  /** Of the same numbering: there is one at a time. */
  | { kind: 'underWay'; reviewId: string; carteiraId: number }
  /** The same id, asked for something else. */
  | { kind: 'other' };

export const LONGEST_REVIEW_DAYS = 366;

/** Input of the workflow `bankReview`: ids only. */
export interface ReviewInput {
  reviewId: string;
  gateway: string;
}

/** What one run of its activity came to. */
export interface ReviewProgress {
  state: ReviewState;
  /** Milliseconds until it makes sense to go on. */
  waitMs: number;
  pages: number;
  counts: ReviewCounts;
  remarks: ReviewRemark[];
  /** A code, never a bank's words. */
  problem: 'bank' | 'config' | null;
}

/** Names of what differs, of a finding. */
const differenceLabels: Record<string, string> = {
  amountCents: 'valor',
  dueDate: 'vencimento',
  status: 'situação',
  older: 'registrado com dados anteriores',
  ownReference: 'seu número',
  ourNumber: 'o número é de outro título',
  'payer.document': 'CPF/CNPJ do pagador',
};

/** Mismatches of codes have no label of their own here: they are codes that must not be paid. */
export function differenceWords(differences: readonly string[]): string {
  return [...new Set(differences.map((name) => differenceLabels[name] ?? 'linha digitável ou código de barras'))].join(
    ', ',
  );
}
