import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Limit } from '../domain/account/knownGateway';
import {
  defineGatewayAccount,
  getCarteira,
  listCarteiras,
  type AccountDefinition,
  type CarteiraDetails,
} from '../record/accounts/carteiras';
import { describeTerms } from '../domain/account/carteiraTerms';
import { accountCheckLabels } from '../domain/account/accountCheck';
import { routeClasses } from '../domain/gateway';
import { accountRefusal } from '../words/accountRefusal';
import { parseId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { knownGateways } from '../gateways/knownGateways';
import { printList } from './output';
import { count, table } from '../words/text';

interface DefineOptions {
  gateway: string;
  baseUrl: string;
  authUrl: string;
  convenio: string;
  variacao?: string;
  carteira?: string;
  timeout?: number;
  limiteRegistro?: Limit;
  limiteConsulta?: Limit;
  endereco?: 'principal' | 'cobranca';
  proximoNumero?: number;
  agencia?: string;
  conta?: string;
  pix?: boolean;
  semPix?: boolean;
  aceitarLinhasInvalidas?: boolean;
  recusarLinhasInvalidas?: boolean;
  credenciais: string;
}

export function addCarteiraCommand(program: Command, context: () => CliContext): void {
  const carteira = program.command('carteira').description('carteiras de cobrança e suas contas de gateway');
  carteira
    .command('listar')
    .description('lista as carteiras importadas')
    .action(() => list(context()));
  carteira
    .command('ver')
    .description('mostra uma carteira e sua conta, sem segredos')
    .argument('<id>', 'ID da carteira', parseId)
    .action((id: number) => show(context(), id));
  carteira
    .command('testar')
    .description('pede um token ao banco e faz uma consulta que nada muda; diz o que está errado e o que fazer')
    .argument('<id>', 'ID da carteira', parseId)
    .action((id: number) => test(context(), id));
  carteira
    .command('definir')
    .description('liga uma carteira à sua conta em um gateway')
    .argument('<id>', 'ID da carteira', parseId)
    .requiredOption('--gateway <nome>', `um de: ${Object.keys(knownGateways).join(', ')}`)
    .requiredOption('--base-url <url>', 'endereço da API')
    .requiredOption('--auth-url <url>', 'endereço que dá o token')
    .requiredOption('--convenio <numero>', 'convênio no banco')
    .requiredOption('--credenciais <arquivo>', 'arquivo JSON com as credenciais; - = entrada padrão')
    .option('--variacao <codigo>', 'variação da carteira no banco')
    .option('--carteira <codigo>', 'carteira no banco, por exemplo 17')
    .option('--timeout <segundos>', 'espera por uma resposta, de 1 a 300', parseId)
    .option('--limite-registro <n/tempo>', 'registros permitidos, por exemplo 50/1s', parseRate)
    .option('--limite-consulta <n/tempo>', 'consultas permitidas, por exemplo 10/1s', parseRate)
    .addOption(
      new Option('--endereco <qual>', 'endereço do cliente que vai para o banco').choices(['principal', 'cobranca']),
    )
    .option('--proximo-numero <n>', 'primeiro nosso número livre, quando outro sistema já deu os anteriores', parseId)
    .option('--agencia <numero>', 'agência do beneficiário, sem o dígito: para conferir-banco')
    .option('--conta <numero>', 'conta do beneficiário, sem o dígito: para conferir-banco')
    .option('--pix', 'boleto híbrido: pedir ao banco o Pix de cada boleto')
    .addOption(new Option('--sem-pix', 'boleto sem Pix').conflicts('pix'))
    .option('--aceitar-linhas-invalidas', 'só em homologação: aceitar os códigos errados de um ambiente de testes')
    .addOption(new Option('--recusar-linhas-invalidas', 'o contrário, e o normal').conflicts('aceitarLinhasInvalidas'))
    .action((id: number, options: DefineOptions) => define(context(), id, options));
}

async function list(context: CliContext): Promise<void> {
  const carteiras = await listCarteiras(await context.database());
  const text =
    carteiras.length === 0
      ? 'Nenhuma carteira: importe-as com boletos importar.'
      : table(carteiras, [
          { title: 'ID', value: ({ id }) => String(id), right: true },
          { title: 'descrição', value: ({ description }) => description, max: 50 },
          { title: 'gateway', value: ({ gateway }) => gateway ?? '' },
          { title: 'convênio', value: ({ convenio }) => convenio ?? '' },
          { title: 'conta', value: ({ accountId }) => (accountId === null ? 'não definida' : String(accountId)) },
        ]);
  printList(context, carteiras, text);
}

async function show(context: CliContext, id: number): Promise<void> {
  const carteira = await getCarteira(await context.database(), id);
  if (!carteira) throw unknownCarteira(id);
  context.print(carteira, describe(carteira));
}

async function test(context: CliContext, id: number): Promise<void> {
  const result = await context.checkAccount(id, await context.by());
  if (result.kind === 'unknownCarteira') throw unknownCarteira(id);
  if (result.kind === 'noAccount')
    throw new CliError(
      1,
      'carteira_sem_conta',
      `a carteira ${id} não tem conta de gateway`,
      `informe com: boletos carteira definir ${id} --gateway NOME …`,
    );
  if (result.kind === 'tooSoon')
    throw new CliError(
      1,
      'conta_testada_agora',
      `testada há ${result.testedSecondsAgo} s: aguarde`,
      `cada teste pede um token ao banco; teste de novo em ${result.waitSeconds} s`,
      { retryAfterSeconds: result.waitSeconds },
    );
  const { steps } = result;
  const failed = steps.find(({ ok }) => !ok);
  const lines = steps.map(
    ({ step, ok, message }) => `  ${ok ? 'ok   ' : 'falha'}  ${accountCheckLabels[step].padEnd(18)} ${message}`,
  );
  // What was found is the answer, also when it is no good news; the exit code says which.
  context.print(
    { carteiraId: id, ok: !failed, steps },
    [`Conta da carteira ${id}:`, ...lines, ...(failed ? [] : ['A conta está pronta para comunicar.'])].join('\n'),
  );
  if (failed)
    throw new CliError(1, 'conta_com_problema', `a conta da carteira ${id} não funciona`, failed.advice ?? '', {
      steps,
    });
}

const routeLabels = { register: 'registro', read: 'consulta' };

function describe(carteira: CarteiraDetails): string {
  const { account } = carteira;
  const terms = describeTerms(carteira);
  const limits = routeClasses.flatMap((routeClass) => {
    const limit = account?.limits[routeClass];
    return limit ? [`${routeLabels[routeClass]} ${count(limit.calls)} a cada ${limit.windowMs / 1_000} s`] : [];
  });
  return [
    `Carteira ${carteira.id}: ${carteira.description}`,
    `  filial             ${carteira.filialId ?? '—'}`,
    `  gateway            ${carteira.gateway ?? '—'}${carteira.homologation ? ' (homologação)' : ''}`,
    `  convênio           ${carteira.convenio ?? '—'}`,
    `  carteira/variação  ${carteira.code}/${carteira.variation || '—'}`,
    `  agência/conta      ${carteira.agency ?? '—'}/${carteira.bankAccount ?? '—'}`,
    `  espécie            ${carteira.especie}`,
    `  juros              ${terms.interest}`,
    `  multa              ${terms.fine}`,
    `  desconto           ${terms.discount}`,
    `  após o vencimento  ${terms.writeOff}`,
    `  timeout            ${carteira.timeoutSeconds} s`,
    `  endereço           ${carteira.addressSource === 'main' ? 'principal' : 'de cobrança'}`,
    `  Pix                ${carteira.pix ? 'pedido com cada boleto' : 'não'}`,
    ...(carteira.acceptsInvalidCodes ? ['  linhas inválidas   aceitas (homologação)'] : []),
    ...(account
      ? [
          `  conta              ${account.id} (carteiras ${account.carteiras.join(', ')})`,
          `  API                ${account.baseUrl}`,
          `  token              ${account.authUrl}`,
          `  limites            ${limits.join('; ')}`,
          `  próximo número     ${account.nextNumber ?? '—'}`,
        ]
      : [`  conta              não definida: boletos carteira definir ${carteira.id} --gateway NOME …`]),
  ].join('\n');
}

async function define(context: CliContext, id: number, options: DefineOptions): Promise<void> {
  const credentials = await readCredentials(options.credenciais);
  const definition: AccountDefinition = {
    carteiraId: id,
    gateway: options.gateway,
    baseUrl: options.baseUrl,
    authUrl: options.authUrl,
    convenio: options.convenio,
    credentials,
    by: await context.by(),
    limits: {
      ...(options.limiteRegistro ? { register: options.limiteRegistro } : {}),
      ...(options.limiteConsulta ? { read: options.limiteConsulta } : {}),
    },
    ...(options.variacao === undefined ? {} : { variation: options.variacao }),
    ...(options.carteira === undefined ? {} : { code: options.carteira }),
    ...(options.timeout === undefined ? {} : { timeoutSeconds: options.timeout }),
    ...(options.endereco === undefined
      ? {}
      : { addressSource: options.endereco === 'principal' ? ('main' as const) : ('billing' as const) }),
    ...(options.proximoNumero === undefined ? {} : { nextNumber: options.proximoNumero }),
    ...(options.agencia === undefined ? {} : { agency: options.agencia }),
    ...(options.conta === undefined ? {} : { bankAccount: options.conta }),
    ...(options.pix || options.semPix ? { pix: options.pix ?? false } : {}),
    ...(options.aceitarLinhasInvalidas || options.recusarLinhasInvalidas
      ? { acceptInvalidCodes: options.aceitarLinhasInvalidas ?? false }
      : {}),
  };
  const knex = await context.database();
  const result = await defineGatewayAccount(knex, context.secretBox(), knownGateways, definition);
  switch (result.kind) {
    case 'defined': {
      const { accountId, newAccount, sharedWith } = result;
      const shared =
        sharedWith.length > 0
          ? `, a mesma da${sharedWith.length > 1 ? 's' : ''} carteira${sharedWith.length > 1 ? 's' : ''} ${sharedWith.join(', ')}`
          : '';
      return context.print(
        { carteiraId: id, accountId, newAccount, sharedWith },
        `Carteira ${id} definida: conta ${accountId}${newAccount ? ' (nova)' : ''}${shared}.`,
      );
    }
    case 'invalid':
      throw new CliError(
        2,
        'definicao_invalida',
        result.problems.map(({ field, message }) => `${field}: ${message}`).join('\n'),
        'nada foi alterado; corrija e repita',
        { problems: result.problems },
      );
    case 'unknownCarteira':
    case 'otherFilial':
      throw unknownCarteira(id);
    case 'production':
      throw new CliError(
        1,
        'carteira_em_producao',
        `a carteira ${id} é de produção: nela, códigos que não conferem nunca são aceitos`,
        'nada foi alterado; para um ambiente de testes, importe a carteira com ambiente_homologacao_gateway S e use o endereço dele',
      );
    case 'unresolvedAttempts':
    case 'liveBatch':
    case 'changedSince': {
      const { code, message, hint } = accountRefusal(result, true);
      throw new CliError(1, code, message, hint);
    }
    case 'convenioElsewhere':
      throw new CliError(
        1,
        'convenio_de_outra_conta',
        `o convênio ${options.convenio} já é da conta da carteira ${result.carteiraIds.join(', ')}, com outro clientId`,
        'um convênio tem uma só numeração: use as mesmas credenciais nas duas carteiras',
      );
  }
}

/** Secrets come from a file or standard input: an argument would stay in the shell's history and in `ps`. */
async function readCredentials(source: string): Promise<unknown> {
  const refuse = (message: string) =>
    new CliError(2, 'credenciais_ilegiveis', message, 'informe um arquivo JSON, ou - e o JSON na entrada padrão');
  let text: string;
  try {
    text = source === '-' ? await readAll(process.stdin) : await readFile(source, 'utf8');
  } catch {
    // Whoever types the JSON itself as the argument must not read it again in the message.
    throw refuse('o arquivo de credenciais não pôde ser lido');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw refuse('as credenciais não são um objeto JSON');
  }
}

function unknownCarteira(id: number): CliError {
  return new CliError(
    1,
    'carteira_desconhecida',
    `a carteira ${id} não existe`,
    'importe-a antes; veja as existentes com: boletos carteira listar',
  );
}

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function parseRate(text: string): Limit {
  const match = /^(\d{1,7})\/(\d{0,5})(ms|s|m|h)$/.exec(text);
  const calls = Number(match?.[1]);
  const windowMs = Number(match?.[2] || 1) * (units[match?.[3] ?? ''] ?? 0);
  if (!match || calls < 1 || windowMs < 1)
    throw new InvalidArgumentError(`"${text}" não é um limite como 50/1s, 120/1m ou 15000/24h`);
  return { calls, windowMs };
}
