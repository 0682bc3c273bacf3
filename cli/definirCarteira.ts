import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { InvalidArgumentError, Option, type Command } from 'commander';
import {
  accountFieldNames,
  accountFieldProperties,
  identifyingKeys,
  identityWords,
  listed,
  neededCredentials,
  type AccountFieldKey,
  type Limit,
} from '../domain/manifest';
import { manifestOf, manifests } from '../gateways';
import { defineGatewayAccount, type AccountDefinition } from '../record/accounts/defineAccount';
import { accountRefusal } from '../words/accountRefusal';
import { parseId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { unknownCarteira } from './unknownCarteira';

interface DefineOptions extends Partial<Record<AccountFieldKey, string>> {
  gateway: string;
  baseUrl: string;
  authUrl?: string;
  timeout?: number;
  limiteRegistro?: Limit;
  limiteConsulta?: Limit;
  endereco?: 'principal' | 'cobranca';
  proximoNumero?: number;
  pix?: boolean;
  semPix?: boolean;
  aceitarLinhasInvalidas?: boolean;
  recusarLinhasInvalidas?: boolean;
  credenciais: string;
}

const all = Object.values(manifests);
const fieldKeys = Object.keys(accountFieldNames) as AccountFieldKey[];

/** `carteira definir`: its options are what the manifests of the gateways ask for. */
export function addDefinirCommand(carteira: Command, context: () => CliContext): void {
  const definir = carteira
    .command('definir')
    .description('liga uma carteira à sua conta em um gateway')
    .argument('<id>', 'ID da carteira', parseId)
    .requiredOption('--gateway <nome>', `um de: ${Object.keys(manifests).join(', ')}`)
    .requiredOption('--base-url <url>', 'endereço da API')
    .option('--auth-url <url>', 'endereço que dá o token, onde o gateway dá um')
    .requiredOption(
      '--credenciais <arquivo>',
      `arquivo JSON com as credenciais; - = entrada padrão. ${credentialHelp()}`,
    );
  for (const key of fieldKeys) {
    const asking = all.flatMap(({ label, accountFields }) =>
      accountFields.flatMap((field) => (field.key === key ? [`${label}: ${field.label}, ${field.words}`] : [])),
    );
    if (asking.length > 0) definir.option(`--${key} <valor>`, asking.join('; '));
  }
  definir
    .option('--timeout <segundos>', 'espera por uma resposta, de 1 a 300', parseId)
    .option('--limite-registro <n/tempo>', 'registros permitidos, por exemplo 50/1s', parseRate)
    .option('--limite-consulta <n/tempo>', 'consultas permitidas, por exemplo 10/1s', parseRate)
    .addOption(
      new Option('--endereco <qual>', 'endereço do cliente que vai para o banco').choices(['principal', 'cobranca']),
    )
    .option('--proximo-numero <n>', 'primeiro nosso número livre, quando outro sistema já deu os anteriores', parseId)
    .option('--pix', 'boleto híbrido: pedir ao banco o Pix de cada boleto')
    .addOption(new Option('--sem-pix', 'boleto sem Pix').conflicts('pix'))
    .option('--aceitar-linhas-invalidas', 'só em homologação: aceitar os códigos errados de um ambiente de testes')
    .addOption(new Option('--recusar-linhas-invalidas', 'o contrário, e o normal').conflicts('aceitarLinhasInvalidas'))
    .action((id: number, options: DefineOptions) => define(context(), id, options));
}

function credentialHelp(): string {
  return all.map((manifest) => `${manifest.label}: ${neededCredentials(manifest).join(', ')}`).join('; ');
}

function fieldsOf(
  options: DefineOptions,
): Partial<Pick<AccountDefinition, (typeof accountFieldProperties)[AccountFieldKey]>> {
  return Object.fromEntries(
    fieldKeys.flatMap((key) => (options[key] === undefined ? [] : [[accountFieldProperties[key], options[key]]])),
  );
}

async function define(context: CliContext, id: number, options: DefineOptions): Promise<void> {
  const credentials = await readCredentials(options.credenciais);
  const definition: AccountDefinition = {
    carteiraId: id,
    gateway: options.gateway,
    baseUrl: options.baseUrl,
    ...(options.authUrl === undefined ? {} : { authUrl: options.authUrl }),
    credentials,
    by: await context.by(),
    limits: {
      ...(options.limiteRegistro ? { register: options.limiteRegistro } : {}),
      ...(options.limiteConsulta ? { read: options.limiteConsulta } : {}),
    },
    ...fieldsOf(options),
    ...(options.timeout === undefined ? {} : { timeoutSeconds: options.timeout }),
    ...(options.endereco === undefined
      ? {}
      : { addressSource: options.endereco === 'principal' ? ('main' as const) : ('billing' as const) }),
    ...(options.proximoNumero === undefined ? {} : { nextNumber: options.proximoNumero }),
    ...(options.pix || options.semPix ? { pix: options.pix ?? false } : {}),
    ...(options.aceitarLinhasInvalidas || options.recusarLinhasInvalidas
      ? { acceptInvalidCodes: options.aceitarLinhasInvalidas ?? false }
      : {}),
  };
  const manifest = manifestOf(options.gateway);
  const knex = await context.database();
  const result = await defineGatewayAccount(knex, context.secretBox(), manifests, definition);
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
      const { code, message, hint } = accountRefusal(result, manifest ? identityWords(manifest) : '', true);
      throw new CliError(1, code, message, hint);
    }
    case 'convenioElsewhere':
      throw new CliError(
        1,
        'convenio_de_outra_conta',
        `o convênio${options.convenio === undefined ? '' : ` ${options.convenio}`} já é da conta da carteira ${result.carteiraIds.join(', ')}, com outro ${listed(manifest ? identifyingKeys(manifest) : [])}`,
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

const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function parseRate(text: string): Limit {
  const match = /^(\d{1,7})\/(\d{0,5})(ms|s|m|h)$/.exec(text);
  const calls = Number(match?.[1]);
  const windowMs = Number(match?.[2] || 1) * (units[match?.[3] ?? ''] ?? 0);
  if (!match || calls < 1 || windowMs < 1)
    throw new InvalidArgumentError(`"${text}" não é um limite como 50/1s, 120/1m ou 15000/24h`);
  return { calls, windowMs };
}
