/**
 * What people take first for a password, in Brazil and elsewhere: the words that are left of the commonest passwords once
 * digits and signs are gone. Put together by hand after published lists of leaked ones; lower case, without accents.
 */
export const commonWords: readonly string[] = [
  // Of the thing itself.
  ...[
    'senha',
    'password',
    'passwd',
    'passw',
    'pass',
    'secret',
    'segredo',
    'segura',
    'seguro',
    'forte',
    'nova',
    'minha',
  ],
  ...['mudar', 'trocar', 'troque', 'change', 'changeme', 'padrao', 'default', 'provisoria', 'temporaria', 'inicial'],
  ...['acesso', 'access', 'login', 'logon', 'entrar', 'enter', 'welcome', 'bemvindo', 'bemvinda', 'letmein', 'master'],
  ...['admin', 'administrador', 'administradora', 'administrator', 'administracao', 'root', 'super', 'supervisor'],
  ...['user', 'usuario', 'usuaria', 'operador', 'operadora', 'consulta', 'gerente', 'gestor', 'diretor', 'chefe'],
  ...['suporte', 'support', 'sistema', 'system', 'servidor', 'server', 'computador', 'internet', 'guest', 'visitante'],
  ...['teste', 'test', 'testing', 'temp', 'demo', 'exemplo', 'sample', 'qualquer', 'abcd', 'abc'],
  // Of the trade.
  ...['boleto', 'boletos', 'cobranca', 'cobrancas', 'banco', 'bancos', 'financeiro', 'financeira', 'fatura', 'faturas'],
  ...['contas', 'conta', 'receber', 'carteira', 'empresa', 'empresas', 'matriz', 'filial', 'escritorio', 'provedor'],
  ...['telecom', 'fibra', 'itau', 'bradesco', 'santander', 'caixa', 'sicoob', 'sicredi', 'inter', 'nubank', 'asaas'],
  // Of people.
  ...['brasil', 'brazil', 'deus', 'jesus', 'cristo', 'jesuscristo', 'amor', 'teamo', 'love', 'iloveyou', 'familia'],
  ...['maria', 'jose', 'joao', 'ana', 'carlos', 'paulo', 'pedro', 'lucas', 'gabriel', 'rafael', 'felipe', 'fernanda'],
  ...['juliana', 'mariana', 'bruno', 'daniel', 'eduardo', 'marcos', 'silva', 'santos', 'souza', 'oliveira', 'michael'],
  ...['flamengo', 'corinthians', 'palmeiras', 'saopaulo', 'vasco', 'gremio', 'internacional', 'cruzeiro', 'botafogo'],
  ...['fluminense', 'atletico', 'futebol', 'football', 'baseball', 'pokemon', 'superman', 'batman', 'starwars'],
  ...[
    'dragon',
    'dragao',
    'monkey',
    'princesa',
    'princess',
    'sunshine',
    'shadow',
    'killer',
    'hello',
    'charlie',
    'donald',
  ],
  ...['computer', 'michelle', 'freedom', 'whatever', 'trustno', 'ninja', 'google', 'facebook', 'samsung', 'windows'],
  ...['janeiro', 'fevereiro', 'marco', 'abril', 'maio', 'junho', 'julho', 'agosto', 'setembro', 'outubro', 'novembro'],
  ...['dezembro', 'segunda', 'terca', 'quarta', 'quinta', 'sexta', 'sabado', 'domingo', 'verao', 'inverno', 'natal'],
];
