/** What a webhook may be told; `webhook.test` only to the one that was asked for it. */
export const webhookEvents = [
  'batch.waiting',
  'batch.done',
  'boleto.registered',
  'boleto.refused',
  'boleto.corrected',
  'boleto.diverged',
  'boleto.payableThoughClosed',
  'configuration.failed',
  'due.soon',
  'guard.failed',
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];
export const TEST_EVENT = 'webhook.test';

/** What the operator reads. */
export const webhookEventLabels: Record<WebhookEvent | typeof TEST_EVENT, string> = {
  'batch.waiting': 'Comunicação aguarda pessoas',
  'batch.done': 'Comunicação concluída',
  'boleto.registered': 'Boleto registrado',
  'boleto.refused': 'Boleto recusado',
  'boleto.corrected': 'Cobrança corrigida',
  'boleto.diverged': 'Divergência entre o banco e a cobrança',
  'boleto.payableThoughClosed': 'Boleto ainda pagável de cobrança cancelada ou recebida',
  'configuration.failed': 'Falha de configuração da conta',
  'due.soon': 'Vencimento próximo sem boleto',
  'guard.failed': 'A guarda não pôde comunicar tudo',
  'webhook.test': 'Entrega de teste',
};

/** Why a delivery did not arrive. */
export const deliveryFailures = [
  /** The name does not exist, or has no address. */
  'nameUnknown',
  /** It leads into a network that is not public: nothing was sent. */
  'addressRefused',
  /** Refused, cut, or with a certificate that is not trusted. */
  'connection',
  'timeout',
  /** Redirections are not followed: the address was checked, another was not. */
  'redirect',
  /** An answer other than 2xx. */
  'status',
  /** 410: the receiver wants no more. */
  'gone',
] as const;
export type DeliveryFailure = (typeof deliveryFailures)[number];

export const deliveryFailureLabels: Record<DeliveryFailure, string> = {
  nameUnknown: 'O nome do servidor não foi encontrado',
  addressRefused: 'O endereço é de rede interna ou reservada: nada foi enviado',
  connection: 'A conexão falhou ou o certificado não é confiável',
  timeout: 'Sem resposta a tempo',
  redirect: 'O servidor redirecionou; redirecionamentos não são seguidos',
  status: 'O servidor respondeu com erro',
  gone: 'O servidor respondeu que não quer mais avisos (410)',
};

export const deliveryStateLabels = { pending: 'A entregar', delivered: 'Entregue', failed: 'Desistiu' } as const;
export type DeliveryState = keyof typeof deliveryStateLabels;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const pauses = [5_000, 30_000, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR];

/**
 * After the `failures`-th failure in a row, milliseconds until the next try; null = given up, after more than a day.
 */
export function retryInMs(failures: number): number | null {
  return pauses[failures - 1] ?? null;
}

/** A receiver that never answers is still asked, but seldom. */
export const LONGEST_PAUSE_MS = HOUR;
/** Failing for this long, it is stopped until a person looks at it. */
export const STOPPED_AFTER_MS = 5 * 24 * HOUR;
