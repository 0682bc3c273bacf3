import { findEntry } from '../../domain/catalogue/catalogue';
import type { AccountCheck } from '../../domain/account/accountCheck';
import type { AccountTerms, GatewayAccount } from '../../domain/gateway';
import { environmentOf } from '../../domain/manifest';
import { hostOf, noAnswer, refusedAlike, type Problem } from '../core/accountProblems';
import { isRecord, parseJson } from '../core/json';
import { printableMessage, type Mask } from '../core/printable';
import type { HttpOutcome } from '../core/transport';
import { errors as errorTable } from './errorTable';
import { readErrorBody, type BankError } from './errors';
import { bancoDoBrasilManifest } from './manifest';

/* What each end of the calls of a test means for the account, in the words of whoever set it up. */

const labels = { ambiente: 'Ambiente', token: 'Token', escopos: 'Escopos', consulta: 'Consulta de teste' };
type Step = keyof typeof labels;

export function passed(step: Step, message: string): AccountCheck {
  return { step, label: labels[step], ok: true, message, advice: null };
}

export function failed(step: Step, { message, advice }: Problem, mask: Mask = (text) => text): AccountCheck {
  return { step, label: labels[step], ok: false, message: printableMessage(message, mask), advice };
}

/** Without asking anybody: two addresses and the carteira that do not speak of the same environment. */
export function checkEnvironment(account: GatewayAccount, { homologation }: AccountTerms): AccountCheck {
  const [api, auth] = [account.baseUrl, account.authUrl ?? ''].map((url) => environmentOf(bancoDoBrasilManifest, url));
  if (api?.label !== auth?.label)
    return failed('ambiente', {
      message: `O endereço da API é de ${api?.label ?? 'fora do banco'}, e o do token é de ${auth?.label ?? 'fora do banco'}.`,
      advice: 'Informe na conta os dois endereços do mesmo ambiente.',
    });
  if (!api) return passed('ambiente', `Os endereços não são do Banco do Brasil: ${hostOf(account.baseUrl)}.`);
  if (homologation && api.real)
    return failed('ambiente', {
      message: 'A carteira é de homologação, mas o endereço é o de produção: os boletos seriam de verdade.',
      advice: 'Informe os endereços de homologação, ou importe a carteira com ambiente_homologacao_gateway N.',
    });
  if (!homologation && !api.real)
    return failed('ambiente', {
      message: `A carteira é de produção, mas o endereço é de ${api.label}: os boletos não valeriam nada.`,
      advice: 'Informe os endereços de produção, ou importe a carteira com ambiente_homologacao_gateway S.',
    });
  return passed('ambiente', `Os dois endereços e a carteira são de ${api.label}.`);
}

/** A token endpoint that gave no token. */
export function tokenProblem(outcome: HttpOutcome, account: GatewayAccount): { step: 'token' | 'escopos' } & Problem {
  if (outcome.kind !== 'answered') return { step: 'token', ...noAnswer(outcome, account.authUrl ?? '', 'do token') };
  const error = errorOf(outcome.body);
  if (outcome.status === 400 && error?.code === 'invalid_scope')
    return {
      step: 'escopos',
      message: 'O banco reconhece as credenciais, mas não concede a esta aplicação os escopos da API Cobranças.',
      advice: SCOPE_ADVICE,
    };
  if (outcome.status === 401 || /^(invalid|unauthorized)_client$/.test(error?.code ?? '')) {
    const where = environmentOf(bancoDoBrasilManifest, account.authUrl ?? '');
    return {
      step: 'token',
      message: 'O banco não reconhece o clientId, ou o clientSecret não é o dele.',
      advice: `Copie os dois de novo do portal do desenvolvedor${where ? `, da aplicação de ${where.label}` : ''}: as credenciais de um ambiente não servem em outro.`,
    };
  }
  if (outcome.status === 403)
    return {
      step: 'token',
      message: 'O banco não deixa esta aplicação pedir um token (HTTP 403).',
      advice: 'Confira no portal do desenvolvedor se a aplicação está ativa e se este servidor pode usá-la.',
    };
  if (outcome.status < 300)
    return {
      step: 'token',
      message: 'O endereço do token respondeu, mas não com um token.',
      advice: `${TOKEN_ADDRESS} Se estiver certo, o banco está em manutenção: tente mais tarde.`,
    };
  return { step: 'token', ...refusedAlike(outcome.status, 'do token', TOKEN_ADDRESS, wordsOf(error)) };
}

/** @param asked scopes with a space between them. An answer that names none grants all (RFC 6749, 5.1). */
export function checkScopes(outcome: HttpOutcome & { kind: 'answered' }, asked: string): AccountCheck {
  const answer = parseJson(outcome.body);
  const scope = isRecord(answer) && typeof answer.scope === 'string' ? answer.scope : asked;
  const granted = scope.split(/[\s,]+/);
  const missing = asked.split(' ').filter((each) => !granted.includes(each));
  if (missing.length === 0) return passed('escopos', 'A aplicação pode registrar e consultar boletos.');
  return failed('escopos', {
    message: `Falta à aplicação ${missing.length > 1 ? 'os escopos' : 'o escopo'} ${missing.join(' e ')}.`,
    advice: SCOPE_ADVICE,
  });
}

/** The account lacks what every call of the API needs; asked of nobody. */
export const missingAppKey: Problem = {
  message: 'Falta a appKey nas credenciais da conta.',
  advice: 'Copie a chave da aplicação (developer application key) do portal do desenvolvedor e defina a conta de novo.',
};

/** The end of a look for a number that no boleto has. */
export function checkRead(outcome: HttpOutcome, account: GatewayAccount, convenio: string, mask: Mask): AccountCheck {
  if (outcome.kind !== 'answered') return failed('consulta', noAnswer(outcome, account.baseUrl, 'da API'), mask);
  const { status } = outcome;
  const body = readErrorBody(outcome.body);
  const isApi = body.kind === 'api';
  if ((status === 200 && isRecord(parseJson(outcome.body))) || (status === 404 && isApi && !aboutConvenio(body.errors)))
    return passed('consulta', `A API aceitou a conta e consultou o convênio ${convenio}.`);
  return failed(
    'consulta',
    readProblem(status, account, convenio, isApi ? body.errors[0] : errorOf(outcome.body)),
    mask,
  );
}

function readProblem(status: number, account: GatewayAccount, convenio: string, error: BankError | undefined): Problem {
  if (status === 401)
    return {
      message: 'A API recusou o token que o banco acabou de dar.',
      advice: 'Confira se os endereços da API e do token são do mesmo ambiente; se forem, tente daqui a um minuto.',
    };
  if (status === 403)
    return {
      message: 'A API recusou a appKey desta conta, ou a aplicação não tem a API Cobranças (HTTP 403).',
      advice:
        account.credentials.appKeyParam === undefined
          ? 'Confira a appKey e o nome do seu parâmetro (appKeyParam; sem ele, gw-dev-app-key), e no portal se a API Cobranças está na aplicação.'
          : 'Confira a appKey e o appKeyParam, e no portal se a API Cobranças está na aplicação.',
    };
  const entry = error && findEntry(errorTable, { ...error, httpStatus: status });
  if (entry?.field === 'convenio')
    return {
      message: `Convênio ${convenio}: ${entry.cause}`,
      advice:
        'Confira na conta os 7 dígitos do convênio; se estiverem certos, pergunte à agência se ele é desta empresa.',
    };
  if (error && status >= 400 && status < 500 && status !== 408 && status !== 429)
    return {
      message: `O banco recusou a consulta: ${error.message || error.code}`,
      advice: 'Confira convênio e credenciais da conta; se estiverem certos, mostre esta mensagem ao banco.',
    };
  return refusedAlike(status, 'da API', API_ADDRESS, wordsOf(error));
}

function aboutConvenio(errors: readonly BankError[]): boolean {
  return errors.some((error) => findEntry(errorTable, { ...error, httpStatus: 404 })?.field === 'convenio');
}

const SCOPE_ADVICE =
  'No portal do desenvolvedor, inclua na aplicação a API Cobranças, com os escopos cobrancas.boletos-info e cobrancas.boletos-requisicao.';
const TOKEN_ADDRESS = 'Confira o endereço do token: é o endereço inteiro, que termina em /oauth/token.';
const API_ADDRESS = 'Confira o endereço da API: termina em /cobrancas/v2.';

function wordsOf(error: BankError | undefined): string {
  return error?.message || error?.code || '';
}

function errorOf(body: string): BankError | undefined {
  const read = readErrorBody(body);
  return read.kind === 'credentials' ? read.error : read.kind === 'api' ? read.errors[0] : undefined;
}
