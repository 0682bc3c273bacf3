/** Why a whole request was refused: the type of the failure in Temporal, the code for programs. Stable. */
export const refusalCodes = [
  'entradaInvalida',
  'filtrosContraditorios',
  'carteiraDesconhecida',
  'carteiraSemConta',
  'comunicacaoDesconhecida',
  'comunicacaoDiferente',
  'comunicacaoEncerrada',
  'acaoRepetida',
  'resultadosIncertos',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** An expected no. `message` is Portuguese and says what to do; no personal data. */
export interface Refusal {
  refused: RefusalCode;
  message: string;
}

export function refusal(refused: RefusalCode, message: string): Refusal {
  return { refused, message };
}

export function isRefusal(value: object): value is Refusal {
  return 'message' in value && 'refused' in value && typeof value.refused === 'string';
}

/** Why an action left one título alone (ActionResult.refused), and what the operator reads. */
export const itemRefusalLabels = {
  foraDaComunicacao: 'não faz parte desta comunicação',
  jaRegistrado: 'já está registrado no banco',
  descartado: 'foi descartado',
  naoEnviado: 'ficou fora do envio: veja o motivo no título',
  encerrado: 'já foi encerrado nesta comunicação',
  emAndamento: 'já está na fila ou sendo processado',
  conflito: 'há divergência no banco: use Resolver',
  resultadoIncerto: 'o resultado da última chamada é incerto: use Reexaminar ou Resolver',
  semResultadoIncerto: 'não há resultado incerto nem divergência a decidir',
  chamadaEmAndamento: 'a última chamada ainda pode chegar ao banco: aguarde o seu prazo',
  semComprovante: 'nenhuma consulta mostrou o boleto no banco: use Reexaminar antes',
  inativoNoBanco: 'o boleto consta no banco como cancelado ou inativo',
  codigosDivergentes: 'os códigos que o banco mostra não conferem: acerte no banco e use Reexaminar',
  semProva:
    'nenhuma consulta provou que o número anterior não pode ser pago: retome ou reexamine, e decida com a resposta do banco',
  numeracaoAtrasada:
    'o banco tem números deste convênio que este registro não deu: confira o banco antes de dar outro número',
  deOutroTitulo: 'o boleto encontrado no banco já pertence a outro título',
} as const;
export type ItemRefusal = keyof typeof itemRefusalLabels;
