/** Why something asked of a batch did not happen. Stable, for programs. */
export type BatchErrorCode =
  /** A batch with this id exists already, running or ended. */
  | 'comunicacao_ja_iniciada'
  | 'comunicacao_desconhecida'
  | 'comunicacao_encerrada'
  /** The workflow said no; the message is its own. */
  | 'acao_recusada'
  /** It goes on, but did not end within the time the caller would wait. */
  | 'em_andamento'
  /** The workflow itself failed; the message says why. */
  | 'comunicacao_falhou'
  | 'entrada_invalida'
  /** Temporal holds the batch, nobody works on it. */
  | 'sem_worker'
  /** A worker was there a moment ago, but gave no answer in time. */
  | 'sem_resposta'
  /** A worker is there, and its code cannot go on with this workflow. */
  | 'worker_nao_continua'
  | 'temporal_inacessivel'
  | 'namespace_inexistente';

/** Every failure of the client: what happened and what to do, in Portuguese, without personal data. */
export class BatchError extends Error {
  override readonly name = 'BatchError';

  constructor(
    readonly code: BatchErrorCode,
    message: string,
    readonly hint: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
