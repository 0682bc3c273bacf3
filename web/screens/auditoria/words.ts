import { findingLabels } from '../../../domain/account/bankReview';
import { itemLabels } from '../../../domain/boleto/states';
import { webhookEventLabels } from '../../../domain/webhooks';
import { fieldLabel } from '../contas/fields';

/** What the record calls an action, in a person's words. */
const actions: Record<string, string> = {
  corrigir: 'Corrigiu',
  pedirPix: 'Pediu de novo o Pix',
  desfazerCorrecao: 'Desfez uma correção em massa',
  importar: 'Importou',
  openBatch: 'Iniciou a comunicação',
  concludeBatch: 'Comunicação concluída',
  recommunicate: 'Refez a comunicação',
  discard: 'Descartou títulos',
  resolve: 'Resolveu um resultado incerto',
  decidirBoletoAnterior: 'Decidiu sobre um boleto de outro sistema',
  reexamine: 'Pediu nova consulta ao banco',
  pause: 'Pausou',
  resume: 'Retomou',
  conclude: 'Pediu a conclusão',
  exportBatch: 'Pediu a exportação dos títulos',
  exportedBatch: 'Exportou os títulos',
  printBatch: 'Pediu o PDF dos boletos',
  printedBatch: 'Recebeu o PDF dos boletos',
  printBoleto: 'Recebeu o PDF do boleto',
  signIn: 'Entrou',
  signOut: 'Saiu',
  signInFailed: 'Entrada recusada',
  signInLocked: 'Login bloqueado',
  endSession: 'Encerrou uma sessão',
  confirmIdentity: 'Confirmou quem é',
  createUser: 'Criou o usuário',
  changeUser: 'Mudou o usuário',
  createToken: 'Criou o token',
  revokeToken: 'Revogou o token',
  createWebhook: 'Criou o webhook',
  changeWebhook: 'Mudou o webhook',
  deleteWebhook: 'Apagou o webhook',
  mudancaPendente: 'Aplicou o que a importação tinha mudado',
  manterCorrecao: 'Manteve a correção contra o valor do ERP',
  aceitarOrigem: 'Aceitou o valor do ERP no lugar da correção',
  feitoNoBanco: 'Fez no banco o que faltava',
  notPayable: 'Conferiu no banco: o boleto já não pode ser pago',
  settleAlert: 'Deu um alerta por conferido',
  'definir conta de gateway': 'Definiu a conta de gateway',
  'mudar limites': 'Mudou os limites do gateway',
  'testar conta de gateway': 'Testou a conta de gateway',
  defineGuard: 'Definiu a guarda',
  removeGuard: 'Desligou a guarda',
  addHoliday: 'Informou um feriado',
  removeHoliday: 'Apagou um feriado',
  'adotar boleto do banco': 'Assumiu um boleto que o banco tinha',
  'conferir com o banco': 'Pediu a conferência com o banco',
  'conferência com o banco concluída': 'Conferência com o banco concluída',
};

export const entityLabels: Record<string, string> = {
  receivable: 'Cobrança',
  batch: 'Comunicação',
  carteira: 'Carteira',
  user: 'Usuário',
  token: 'Token',
  webhook: 'Webhook',
  holiday: 'Feriado',
  import: 'Importação',
  alert: 'Alerta',
};

/** What is no field of a título; also the parts of a value. */
const fields: Record<string, string> = {
  ...{ login: 'Login', name: 'Nome', role: 'Papel', filiais: 'Filiais', active: 'Ativo', url: 'Endereço' },
  ...{
    password: 'Senha',
    newPassword: 'Senha nova',
    newSecret: 'Segredo novo',
    events: 'Avisos',
    address: 'Endereço de rede',
  },
  ...{ expiresAt: 'Vence', revokedAt: 'Revogado', createdAt: 'Criado', how: 'Como', provider: 'Pela conta da empresa' },
  ...{ accountId: 'Conta', account: 'Conta', limits: 'Limites', steps: 'Passos', convenio: 'Convênio' },
  ...{ gateway: 'Gateway', description: 'Descrição', variation: 'Variação', carteiraId: 'Carteira' },
  ...{ id: 'ID', filialId: 'Filial', code: 'Carteira no banco', timeoutSeconds: 'Espera pelo banco, em segundos' },
  ...{ especie: 'Espécie', addressSource: 'Endereço do boleto', homologation: 'Homologação', pix: 'Com Pix' },
  ...{ acceptsInvalidCodes: 'Aceita códigos errados da homologação', interestPercent: 'Juros, em %' },
  ...{ finePercent: 'Multa, em %', discountPercent: 'Desconto, em %', writeOffDays: 'Baixa automática, em dias' },
  ...{ dailyInterestCents: 'Juros por dia, em centavos', fineCents: 'Multa, em centavos' },
  ...{ graceDays: 'Carência, em dias', discountCents: 'Desconto, em centavos' },
  ...{ discountDays: 'Limite do desconto, em dias antes do vencimento', furtherDiscounts: 'Outros descontos' },
  ...{ percent: 'em %', amountCents: 'em centavos', days: 'em dias' },
  ...{ baseUrl: 'Endereço da API', authUrl: 'Endereço do token', carteiras: 'Carteiras', nextNumber: 'Próximo número' },
  ...{ register: 'Registro', read: 'Consulta', calls: 'Chamadas', windowMs: 'a cada milissegundos' },
  ...{ step: 'Passo', ok: 'Deu certo' },
  ...{ agency: 'Agência', bankAccount: 'Conta do beneficiário', reviewId: 'Número da conferência' },
  ...{ from: 'De', to: 'Até', findings: 'Achados' },
  ...findingLabels,
  ...{ filters: 'Filtros', receivableIds: 'Cobranças', receivableId: 'Cobrança', decision: 'Decisão', scope: 'Quais' },
  ...{ filialIds: 'Filiais', customerIds: 'Clientes', personType: 'Tipo de pessoa', contractKind: 'Contrato' },
  ...{ contractId: 'Número do contrato', issuedFrom: 'Emissão de', issuedTo: 'Emissão até' },
  ...{ dueFrom: 'Vencimento de', dueTo: 'Vencimento até', amountFromCents: 'Valor de, em centavos' },
  ...{ amountToCents: 'Valor até, em centavos', chargeType: 'Tipo de cobrança', lote: 'Lote', city: 'Cidade' },
  ...{ district: 'Bairro', cep: 'CEP' },
  ...{ changed: 'Alterados', refused: 'Recusados', closed: 'Encerrados sem registro', round: 'Rodada' },
  ...{ actionId: 'Número da ação', attemptId: 'Número da chamada', correctionId: 'Número da correção em massa' },
  ...{ item: 'Situação na comunicação', boleto: 'Situação do boleto', unresolved: 'Sem resultado certo' },
  ...{ reasonCode: 'Código do motivo', batchId: 'Comunicação', count: 'Quantos' },
  ...{ filial: 'Filiais', carteira: 'Carteiras', cliente: 'Clientes', titulo: 'Títulos' },
  ...{ new: 'novos', unchanged: 'iguais', ourNumber: 'Nosso número', linhaDigitavel: 'Linha digitável' },
  ...{
    message: 'Mensagem',
    format: 'Formato',
    which: 'Quais',
    rows: 'Linhas',
    pages: 'Páginas',
    complete: 'Até o fim',
  },
  ...{ daysBefore: 'Dias antes do vencimento', fromHour: 'A partir das, em horas', toHour: 'Até as, em horas' },
  ...{ boletoId: 'Boleto', older: 'Com dados anteriores' },
  ...{ businessDays: 'Só em dias úteis', day: 'Dia', yearly: 'Todo ano' },
};

/** Values that are codes of ours. */
const values: Record<string, string> = {
  ...itemLabels,
  ...webhookEventLabels,
  ...{ ambiente: 'ambiente', token: 'token', escopos: 'escopos' },
  ...{ draft: 'sem registro', superseded: 'trocado por outro', cancelled: 'cancelado', current: 'o atual' },
  ...{ password: 'com senha', provider: 'pela conta da empresa', newPassword: 'troca de senha' },
  ...{ locked: 'login bloqueado', inactive: 'acesso desativado' },
  ...{ consulta: 'consulta', operador: 'operador', administrador: 'administrador' },
  ...{ corrected: 'corrigidos', all: 'todos', selected: 'selecionados' },
  ...{ main: 'do cadastro', billing: 'de cobrança', 'sem-contrato': 'sem contrato' },
  ...{ operator: 'a pedido de uma pessoa' },
  ...{ csv: 'CSV', xlsx: 'XLSX', pdf: 'PDF', falhas: 'as falhas', todos: 'todos os títulos' },
};
/** What a decision says of a título, rather than how the título stands. */
const decisions: Record<string, string> = {
  ...{ registered: 'está registrado', absent: 'não está no banco', newNumber: 'dar outro número' },
  ...{ ignorar: 'registrar mesmo assim', manter: 'deixar de fora' },
};
/** Why somebody did not get in, or did something. */
const reasons: Record<string, string> = {
  ...{ password: 'senha errada', confirmation: 'senha errada ao confirmar quem é' },
  operador: 'nas palavras de quem pediu',
};

export function valueWords(value: string, name: string): string {
  if (name === 'decision') return decisions[value] ?? value;
  if (name === 'reason') return reasons[value] ?? values[value] ?? value;
  return values[value] ?? value;
}

/** `discard.reason` is what somebody said about a `discard`, written down before it happens. */
export function actionWords(action: string): string {
  const [name = '', part] = action.split('.');
  const words = actions[name] ?? name;
  return part === 'reason' ? `Motivo: ${words.toLowerCase()}` : words;
}

export function fieldWords(name: string): string {
  return fields[name] ?? fieldLabel(name);
}

/** For the check that nothing here is told in code. */
export const isTold = {
  action: (action: string) => Object.hasOwn(actions, action.split('.')[0] ?? ''),
  field: (name: string) => Object.hasOwn(fields, name) || fieldLabel(name) !== name,
  value: (value: string, name: string) => valueWords(value, name) !== value || Object.hasOwn(values, value),
};
