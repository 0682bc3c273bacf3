/* What a título's story says in words. */

const actions: Record<string, string> = {
  corrigir: 'Corrigido',
  pedirPix: 'Pix pedido de novo',
  desfazerCorrecao: 'Correção em massa desfeita',
  mudancaPendente: 'Mudança que esperava, de uma importação, aplicada',
  conflitoDaOrigem: 'O ERP mandou outro valor para um campo corrigido aqui',
  propostaAceita: 'O ERP passou a ter o valor corrigido aqui',
  manterCorrecao: 'Mantida a correção contra o valor do ERP',
  aceitarOrigem: 'Aceito o valor do ERP no lugar da correção',
  pendenciaNoBanco: 'Mudou depois do registro: a alterar ou baixar no banco',
  pendenciaEncerrada: 'Nada mais a fazer no banco',
  feitoNoBanco: 'Feito no banco por uma pessoa',
  notPayable: 'Conferido no banco: já não pode ser pago',
  recommunicate: 'Refazer a comunicação pedido',
  discard: 'Descartado da comunicação',
  resolve: 'Resultado decidido por uma pessoa',
  decidirBoletoAnterior: 'Decidido sobre o boleto de outro sistema',
  reexamine: 'Consulta ao banco pedida',
  pause: 'Comunicação pausada',
  resume: 'Comunicação retomada',
  conclude: 'Conclusão da comunicação pedida',
  concludeBatch: 'Comunicação concluída',
};

const attempts: Record<string, string> = {
  registered: 'Enviado ao banco: registrado',
  transient: 'Enviado ao banco: não pôde atender agora',
  quota: 'Não enviado: o limite de chamadas foi alcançado',
  state: 'Enviado ao banco: o boleto está em outro estado',
  inProgress: 'Enviado ao banco: em processamento',
  ambiguous: 'Enviado ao banco: sem resposta certa',
  duplicate: 'Enviado ao banco: já havia um boleto com este número',
  auth: 'Enviado ao banco: acesso recusado',
  config: 'Enviado ao banco: conta ou contrato recusados',
  data: 'Enviado ao banco: dados recusados',
  mismatch: 'Enviado ao banco: registrado com códigos que não conferem',
};

const looks: Record<string, string> = {
  registered: 'Consultado no banco: está registrado',
  conflict: 'Consultado no banco: há divergência',
  absent: 'Consultado no banco: não está lá',
  none: 'Consultado no banco: nada ficou provado',
};

export interface StoryFacts {
  kind: 'selected' | 'attempt' | 'look' | 'registered' | 'correction' | 'action';
  action: string | null;
  outcome: string | null;
}

export function describeStoryEvent({ kind, action, outcome }: StoryFacts): string {
  switch (kind) {
    case 'selected':
      return 'Selecionado para uma comunicação';
    case 'attempt':
      return (outcome === null ? null : attempts[outcome]) ?? 'Enviado ao banco: resultado ainda desconhecido';
    case 'look':
      return (outcome === null ? null : looks[outcome]) ?? 'Consulta ao banco sem resposta ainda';
    case 'registered':
      return 'Boleto registrado';
    case 'correction':
    case 'action':
      return actionWords(action ?? '');
  }
}

function actionWords(action: string): string {
  const [name = '', reason] = action.split('.');
  const words = actions[name] ?? name;
  return reason === 'reason' ? `Motivo: ${words.toLowerCase()}` : words;
}
