import type { AccountCheck } from '../../domain/account/accountCheck';
import type { HttpOutcome, NotSentReason } from './transport';

/* What the end of a call of a test means whoever the bank is, in the words of whoever set the account up. */

export type Problem = Pick<AccountCheck, 'message' | 'advice'>;

/** What a status means whoever answers with it. */
export function refusedAlike(status: number, whose: string, address: string, words: string): Problem {
  if (status === 429)
    return {
      message: `O servidor ${whose} diz que há chamadas demais (HTTP 429).`,
      advice: 'Espere um minuto e teste de novo; se repetir, reduza os limites da conta.',
    };
  if (status === 408 || status >= 500)
    return {
      message: `O servidor ${whose} falhou (HTTP ${status}).`,
      advice: 'O problema é do banco: tente mais tarde.',
    };
  return {
    message: `O servidor ${whose} respondeu HTTP ${status}${words ? `: ${words}` : ', que não é uma resposta do serviço'}.`,
    advice: address,
  };
}

export function noAnswer(outcome: Exclude<HttpOutcome, { kind: 'answered' }>, url: string, whose: string): Problem {
  const host = hostOf(url);
  switch (outcome.kind) {
    case 'misconfigured':
      return {
        message: `O endereço ${whose} não pode ser usado: ${outcome.detail}.`,
        advice: outcome.detail.includes('GATEWAYS=')
          ? 'Corrija o endereço na conta, ou inicie o sistema com o outro valor de GATEWAYS.'
          : 'Corrija o endereço na conta.',
      };
    case 'forfeited':
      return { message: 'A consulta perdeu a sua vez antes de sair.', advice: 'Teste de novo.' };
    case 'noAnswer':
      return {
        message: `O servidor ${whose} (${host}) aceitou a conexão, mas não respondeu.`,
        advice: 'O problema é do banco ou da rede entre ele e nós: tente mais tarde.',
      };
    case 'notSent': {
      const [what, advice] = unreachable[outcome.reason];
      return { message: `${host}: ${what} (${outcome.detail}).`, advice };
    }
  }
}

const unreachable: Readonly<Record<NotSentReason, readonly [what: string, advice: string]>> = {
  refused: [
    'nada atende neste endereço e porta',
    'Confira o endereço na conta; se estiver certo, o banco está fora do ar: tente mais tarde.',
  ],
  unreachable: [
    'o servidor não pôde ser alcançado',
    'Confira a rede deste servidor e se o firewall o deixa sair para este endereço.',
  ],
  dns: ['este nome não existe', 'Confira o endereço na conta, e se o DNS deste servidor conhece outros nomes.'],
  tls: ['a conexão segura falhou', 'Confira se o endereço é de https, e se um proxy da rede interfere na conexão.'],
  certificate: [
    'o certificado do servidor não é válido',
    'Confira se o endereço é o do banco e se o relógio deste servidor está certo; se um proxy da empresa troca os certificados, inclua o dele em NODE_EXTRA_CA_CERTS.',
  ],
  clientCertificate: [
    'o servidor não aceita o certificado da conta',
    'Confira se o certificado é o desta aplicação e se ainda vale; defina a conta de novo com o certificado novo.',
  ],
  connectTimeout: [
    'a conexão não se completou no prazo',
    'Confira se o firewall deixa este servidor sair para este endereço na porta 443.',
  ],
  aborted: ['o teste foi interrompido', 'Teste de novo.'],
};

export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'endereço inválido';
}
