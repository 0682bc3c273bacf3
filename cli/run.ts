import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { Knex } from 'knex';
import type { SecretBox } from '../config/secrets';
import { operatorId } from '../record/access/people';
import type { CheckAccount } from '../domain/account/accountCheck';
import { BatchError, type BatchErrorCode } from '../client/batchError';
import { LOGIN } from '../domain/batch/names';
import { addAcompanharCommand } from './acompanhar';
import { addCalcularCommand } from './calcular';
import { addCarteiraCommand } from './carteira';
import { addComunicacaoCommand } from './comunicacao';
import { addComunicacoesCommand } from './comunicacoes';
import { addComunicarCommand } from './comunicar';
import { addConcluirCommand } from './concluir';
import { addConferirCommand } from './conferir';
import { addBoletoAnteriorCommand } from './boletoAnterior';
import { addConferirBancoCommand } from './conferirBanco';
import { addCorrigirCommand } from './corrigir';
import { addDescartarCommand } from './descartar';
import { addErrosDesconhecidosCommand } from './errosDesconhecidos';
import { addFeriadoCommand } from './feriado';
import { addGuardaCommand } from './guarda';
import { inCommands } from './commandNames';
import { addImportarCommand } from './importar';
import { addMigrarCommand } from './migrar';
import { addPausarCommand } from './pausar';
import { addPendenciasNoBancoCommand } from './pendenciasNoBanco';
import { addPixCommand } from './pix';
import { addPropostasCommand } from './propostas';
import { addPdfCommand } from './pdf';
import { addRecomunicarCommand } from './recomunicar';
import { addReexaminarCommand } from './reexaminar';
import { addResolverCommand } from './resolver';
import { addRetomarCommand } from './retomar';
import { addUsuarioCommand } from './usuario';
import { openConnections, unreachableRecord } from './connections';
import type { CliContext } from './context';
import { CliError, type ExitCode } from './error';
import type { SetPassword } from '../operations/newPassword';
import type { Streams } from './streams';
import { systemLogin } from './systemLogin';
import { speakPortuguese, usageError } from './usage';

export type CreateCheck = (deps: { knex: Knex; secretBox: SecretBox; simulated: boolean }) => Promise<CheckAccount>;

export type CreateSetPassword = (deps: { knex: Knex; oidcOnly: boolean }) => SetPassword;

/**
 * Runs one command.
 * @param args without node and the script
 * @param variables the environment, which names the stack
 * @param createCheck what calls banks, made by main.ts when a command needs it: this room knows none
 * @param createSetPassword the rules of passwords, which are the API's, by main.ts too
 * @returns the exit code
 */
export async function run(
  args: string[],
  variables: Readonly<Record<string, string | undefined>>,
  { out, err }: Streams,
  createCheck: CreateCheck = () => Promise.reject(new Error('no gateways were handed in')),
  createSetPassword: CreateSetPassword = () => () => Promise.reject(new Error('no passwords were handed in')),
): Promise<0 | ExitCode> {
  const connections = openConnections(variables);
  // Asked of the arguments themselves: what cannot be parsed has no options.
  const json = args.includes('--json');
  const program = speakPortuguese(new Command('boletos'), { json, out, err })
    .description('Comunica boletos com o gateway do banco, acompanha, corrige e refaz a comunicação.')
    .usage('[opções] COMANDO')
    .option('--json', 'um objeto JSON na saída (listas: um por linha); erros em JSON na saída de erros')
    .option('--por <login>', 'quem faz: login de até 64 letras, dígitos, ponto, _ e -', parseLogin, systemLogin());
  addCommands(program, () => ({
    json,
    by: async () => operatorId(await connections.database(), program.opts<{ por: string }>().por),
    database: connections.database,
    temporal: connections.temporal,
    prepareRecord: connections.prepareRecord,
    secretBox: connections.secretBox,
    async checkAccount(carteiraId, by) {
      const [knex, secretBox] = [await connections.database(), connections.secretBox()];
      const check = await createCheck({ knex, secretBox, simulated: connections.simulated() });
      return check(carteiraId, by);
    },
    setPassword: async (order) =>
      createSetPassword({ knex: await connections.database(), oidcOnly: connections.oidcOnly() })(order),
    print: (value, text) => out(json ? JSON.stringify(value) : text),
    note: (text) => {
      if (!json) err(text);
    },
  }));
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    const told = toCliError(error);
    if (!told) return 0;
    const { code, message, hint, details } = told;
    err(json ? JSON.stringify({ error: { code, message, hint, ...details } }) : `erro: ${message}\n      ${hint}`);
    return told.exitCode;
  } finally {
    await connections.close();
  }
}

function addCommands(program: Command, context: () => CliContext): void {
  addImportarCommand(program, context);
  addCarteiraCommand(program, context);
  addGuardaCommand(program, context);
  addFeriadoCommand(program, context);
  addComunicarCommand(program, context);
  addAcompanharCommand(program, context);
  addComunicacoesCommand(program, context);
  addComunicacaoCommand(program, context);
  addCorrigirCommand(program, context);
  addPropostasCommand(program, context);
  addBoletoAnteriorCommand(program, context);
  addRecomunicarCommand(program, context);
  addResolverCommand(program, context);
  addReexaminarCommand(program, context);
  addPausarCommand(program, context);
  addRetomarCommand(program, context);
  addDescartarCommand(program, context);
  addConcluirCommand(program, context);
  addPdfCommand(program, context);
  addPixCommand(program, context);
  addCalcularCommand(program, context);
  addConferirCommand(program, context);
  addConferirBancoCommand(program, context);
  addPendenciasNoBancoCommand(program, context);
  addErrosDesconhecidosCommand(program, context);
  addMigrarCommand(program, context);
  addUsuarioCommand(program, context);
}

function parseLogin(text: string): string {
  if (!LOGIN.test(text))
    throw new InvalidArgumentError(
      'use o login (até 64 letras, dígitos, ponto, _ e -), não o nome nem o e-mail da pessoa',
    );
  return text;
}

/** null = nothing to tell: help was shown. */
function toCliError(error: unknown): CliError | null {
  if (error instanceof CliError) return error;
  if (error instanceof CommanderError) return usageError(error);
  if (error instanceof BatchError)
    return new CliError(exitCodes[error.code] ?? 1, error.code, inCommands(error.message), error.hint);
  if (isConnectionLoss(error)) return unreachableRecord();
  if (isOutOfResources(error))
    return new CliError(
      3,
      'registro_sem_recursos',
      'o registro (PostgreSQL) recusou a gravação: falta espaço em disco, memória ou conexões',
      'libere espaço e repita o comando; o que já foi gravado não se perde',
    );
  return new CliError(
    1,
    'erro_inesperado',
    `erro inesperado: ${error instanceof Error ? error.message : String(error)}`,
    'confira a situação antes de repetir, e informe este erro a quem mantém o sistema',
  );
}

const exitCodes: Partial<Record<BatchErrorCode, ExitCode>> = {
  entrada_invalida: 2,
  sem_worker: 3,
  sem_resposta: 3,
  worker_nao_continua: 3,
  temporal_inacessivel: 3,
  namespace_inexistente: 3,
};

/** The record went away half-way: node's network codes, PostgreSQL's classes 08 and 57P, and knex' own words. */
function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|08|57P0)/.test(code) ||
    error.name === 'KnexTimeoutError' ||
    /Connection terminated|Query read timeout/.test(error.message)
  );
}

/** PostgreSQL's class 53: disk full, out of memory, too many connections. */
function isOutOfResources(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^53/.test(error.code);
}
