import { formatDate, type LocalDate } from '../kinds/dates';

/** How a run of the guard ended. */
export const guardResults = [
  /** Everything that the day asked for is registered. */
  'registered',
  /** The day asked for nothing that could be communicated. */
  'nothing',
  /** Some of it is not registered: refused, uncertain, or not sent within the hours. */
  'partly',
  /** The account failed or a person paused the batch, and it stayed so to the end of the hours. */
  'paused',
  /** The carteira has no gateway account. */
  'noAccount',
  /** A batch was in the way to the end of the hours. */
  'inTheWay',
  /** The hours passed and no worker was there. */
  'missed',
] as const;
export type GuardResult = (typeof guardResults)[number];

/** What a person has to be told of. */
export const troubleResults: readonly GuardResult[] = ['partly', 'paused', 'noAccount', 'inTheWay', 'missed'];

export const guardResultLabels: Record<GuardResult, string> = {
  registered: 'Tudo registrado',
  nothing: 'Nada a comunicar',
  partly: 'Registrado em parte',
  paused: 'Comunicação pausada',
  noAccount: 'Sem conta de gateway',
  inTheWay: 'Outra comunicação no caminho',
  missed: 'Não correu',
};

export interface GuardOutcome {
  day: LocalDate;
  /** null = it has not ended. */
  result: GuardResult | null;
  batchId: string | null;
  /** The batch that is, or was, in the way; null also where the reader does not see it. */
  waitsFor: string | null;
  waiting: boolean;
  registered: number;
  /** Refused by the bank or the prévia, or diverging at the bank. */
  failed: number;
  uncertain: number;
  notSent: number;
  /** Títulos of these due dates that another live batch has. */
  elsewhere: number;
}

/** What a batch came to. @param paused when it was left open */
export function resultOf(
  counts: Pick<GuardOutcome, 'registered' | 'failed' | 'uncertain' | 'notSent'>,
  paused: boolean,
): GuardResult {
  if (paused) return 'paused';
  if (counts.failed + counts.uncertain + counts.notSent > 0) return 'partly';
  return counts.registered > 0 ? 'registered' : 'nothing';
}

/** What happened, and what a person can do about it (empty = nothing). */
export function guardWords(outcome: GuardOutcome): { text: string; advice: string } {
  const { result, batchId, waitsFor, registered, failed, uncertain, notSent, elsewhere } = outcome;
  const left =
    elsewhere > 0
      ? ` ${counted(elsewhere)} de outra comunicação em andamento ${elsewhere === 1 ? 'fica' : 'ficam'} com ela.`
      : '';
  const conclude = elsewhere > 0 ? 'Conclua a outra comunicação, ou corrija nela o que falta.' : '';
  switch (result) {
    case null:
      if (isWaiting(outcome)) return { text: `Espera ${other(waitsFor)} terminar.`, advice: '' };
      return { text: 'Em andamento.', advice: '' };
    case 'registered':
      return { text: `${done(registered)}.${left}`, advice: conclude };
    case 'nothing':
      return { text: `Nada a comunicar.${left}`, advice: conclude };
    case 'partly': {
      const parts = [
        ...(failed > 0 ? [`${counted(failed)} com falha`] : []),
        ...(uncertain > 0 ? [`${counted(uncertain)} com resultado incerto`] : []),
        ...(notSent > 0 ? [`${counted(notSent)} sem envio dentro do horário`] : []),
      ];
      const advice = [
        ...(failed > 0 ? ['Corrija-os em Contas a Receber: a guarda os leva na próxima vez.'] : []),
        ...(uncertain > 0 ? [`Decida os incertos na comunicação ${batchId}.`] : []),
        ...(notSent > 0 ? ['O que não saiu vai na próxima vez; com um horário maior, saem mais no mesmo dia.'] : []),
      ];
      return { text: `${done(registered)}; ${parts.join(', ')}.${left}`, advice: advice.join(' ') };
    }
    case 'paused':
      return {
        text: `A comunicação ${batchId} da guarda está pausada; nada mais dela é enviado.`,
        advice:
          'Teste a conta da carteira e retome a comunicação, ou conclua-a: a guarda leva o que faltou na próxima vez.',
      };
    case 'noAccount':
      return {
        text: 'A carteira não tem conta de gateway: nada pôde ser comunicado.',
        advice: 'Defina a conta da carteira; a guarda continua na hora seguinte.',
      };
    case 'inTheWay':
      return {
        text: `Não foi comunicado: ${other(waitsFor)} não terminou dentro do horário da guarda.`,
        advice: 'Retome-a ou conclua-a: a guarda leva na próxima vez o que ela não tiver.',
      };
    case 'missed':
      return {
        text: `A guarda não correu em ${formatDate(outcome.day)}: nenhum worker estava em execução no horário.`,
        advice: 'Confira o worker e o Temporal; a guarda leva na próxima vez tudo que ainda vence.',
      };
  }
}

function isWaiting({ waiting, batchId }: GuardOutcome): boolean {
  return waiting && batchId === null;
}

/** null = of somebody else's filial: its number is not told. */
function other(batchId: string | null): string {
  return batchId === null ? 'outra comunicação desta carteira' : `a comunicação ${batchId}`;
}

function done(count: number): string {
  return `${counted(count)} ${count === 1 ? 'registrado' : 'registrados'}`;
}

function counted(count: number): string {
  return count === 1 ? '1 título' : `${count} títulos`;
}
