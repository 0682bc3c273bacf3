import { fieldLabel } from '../contas/fields';

/** What the record calls an action, in a person's words. */
const actions: Record<string, string> = {
  corrigir: 'Corrigiu',
  desfazerCorrecao: 'Desfez uma correção em massa',
  importar: 'Importou',
  openBatch: 'Iniciou a comunicação',
  concludeBatch: 'Comunicação concluída',
  recommunicate: 'Refez a comunicação',
  discard: 'Descartou títulos',
  resolve: 'Resolveu um resultado incerto',
  reexamine: 'Pediu nova consulta ao banco',
  pause: 'Pausou',
  resume: 'Retomou',
  conclude: 'Pediu a conclusão',
  signIn: 'Entrou',
  signOut: 'Saiu',
  signInFailed: 'Entrada recusada',
  signInLocked: 'Login bloqueado',
  endSession: 'Encerrou uma sessão',
  createUser: 'Criou o usuário',
  changeUser: 'Mudou o usuário',
  createToken: 'Criou o token',
  revokeToken: 'Revogou o token',
  createWebhook: 'Criou o webhook',
  changeWebhook: 'Mudou o webhook',
  deleteWebhook: 'Apagou o webhook',
  'definir conta de gateway': 'Definiu a conta de gateway',
  'mudar limites': 'Mudou os limites do gateway',
  'testar conta de gateway': 'Testou a conta de gateway',
};

export const entityLabels: Record<string, string> = {
  receivable: 'Cobrança',
  batch: 'Comunicação',
  carteira: 'Carteira',
  user: 'Usuário',
  token: 'Token',
  webhook: 'Webhook',
  import: 'Importação',
};

/** What is no field of a título. */
const fields: Record<string, string> = {
  ...{ login: 'Login', name: 'Nome', role: 'Papel', filiais: 'Filiais', active: 'Ativo', url: 'Endereço' },
  ...{ newPassword: 'Senha nova', newSecret: 'Segredo novo', events: 'Avisos', address: 'Endereço de rede' },
  ...{ expiresAt: 'Vence', revokedAt: 'Revogado', createdAt: 'Criado', how: 'Como', provider: 'Pela conta da empresa' },
  ...{ accountId: 'Conta', account: 'Conta', limits: 'Limites', steps: 'Passos', convenio: 'Convênio' },
  ...{ gateway: 'Gateway', description: 'Descrição', variation: 'Variação', carteiraId: 'Carteira' },
  ...{ filters: 'Filtros', receivableIds: 'Cobranças', receivableId: 'Cobrança', decision: 'Decisão', scope: 'Quais' },
  ...{
    changed: 'Alterados',
    round: 'Rodada',
    reasonCode: 'Código do motivo',
    batchId: 'Comunicação',
    count: 'Quantos',
  },
};

/** Values that are codes of ours. */
const values: Record<string, string> = {
  ...{
    password: 'com senha',
    provider: 'pela conta da empresa',
    locked: 'login bloqueado',
    inactive: 'acesso desativado',
  },
  ...{ newPassword: 'troca de senha', consulta: 'consulta', operador: 'operador', administrador: 'administrador' },
  ...{ registered: 'está registrado', absent: 'não está no banco', newNumber: 'dar outro número' },
  ...{
    corrected: 'corrigidos',
    all: 'todos',
    selected: 'selecionados',
    rejected: 'rejeitado',
    conflict: 'divergência',
  },
};

export const valueWords = (value: string) => values[value] ?? value;

/** `discard.reason` is what somebody said about a `discard`, written down before it happens. */
export function actionWords(action: string): string {
  const [name = '', part] = action.split('.');
  const words = actions[name] ?? name;
  return part === 'reason' ? `Motivo: ${words.toLowerCase()}` : words;
}

export function fieldWords(name: string): string {
  return fields[name] ?? fieldLabel(name);
}
