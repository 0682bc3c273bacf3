import { InvalidArgumentError, type Command } from 'commander';
import type { CliContext } from './context';
import { CliError } from './error';
import type { NewPasswordResult } from '../operations/newPassword';
import { readSecret } from './readSecret';
import { systemLogin } from './systemLogin';

export function addUsuarioCommand(program: Command, context: () => CliContext): void {
  program
    .command('usuario')
    .description('pessoas que entram nas telas')
    .command('senha')
    .description(
      'dá outra senha a quem entra com senha (também ao único administrador), encerra as sessões da pessoa e desfaz o bloqueio',
    )
    .argument('<login>', 'de quem')
    .option(
      '--senha <->',
      'sem ela, uma senha é criada e mostrada uma vez; com -, a senha vem da entrada padrão',
      parseDash,
    )
    .action((login: string, { senha }: { senha?: '-' }) => setPassword(context(), login, senha));
}

async function setPassword({ setPassword: set, print }: CliContext, login: string, from?: '-'): Promise<void> {
  const password = from ? await readSecret('Senha nova: ') : null;
  const result = await set({ login, password, systemLogin: systemLogin() });
  if (result.kind !== 'set') throw refusal(login, result);
  print(
    { login: result.login, ...(result.password === null ? {} : { password: result.password }) },
    [
      `Senha de ${result.login} trocada; as sessões abertas dessa pessoa foram encerradas.`,
      ...(result.password === null ? [] : [`  senha   ${result.password}   (mostrada só agora: guarde-a)`]),
    ].join('\n'),
  );
}

function refusal(login: string, result: Exclude<NewPasswordResult, { kind: 'set' }>): CliError {
  switch (result.kind) {
    case 'unknownLogin':
      return new CliError(
        1,
        'login_desconhecido',
        `ninguém tem o login "${login}"`,
        result.administrators.length > 0
          ? `administradores de todas as filiais: ${result.administrators.join(', ')}`
          : 'npm start cria o primeiro administrador e mostra a senha',
      );
    case 'inactive':
      return new CliError(1, 'pessoa_desativada', `${login} está desativado`, 'um administrador o reativa em Usuários');
    case 'noPassword':
      return new CliError(
        1,
        'sem_senha',
        `${login} entra só pela conta da empresa`,
        'a senha dessa pessoa está no provedor da empresa, e lá se troca',
      );
    case 'passwordsAreOff':
      return new CliError(
        1,
        'senha_desligada',
        'aqui se entra só com a conta da empresa (OIDC_ONLY)',
        'nada foi alterado; docs/security.md diz como sair disso',
      );
    case 'weak':
      return new CliError(1, 'senha_fraca', result.message, result.hint);
  }
}

function parseDash(text: string): '-' {
  // Whoever types the password itself must not read it again in the message.
  if (text !== '-')
    throw new InvalidArgumentError('a senha não se escreve no comando, que outros veem; use - e a entrada padrão');
  return text;
}
