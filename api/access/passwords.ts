import { hash, verify, type Algorithm } from '@node-rs/argon2';
import { Problem } from '../problem';

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, 2 passes, 1 lane. The enum is const and has no value at run time. */
const options = { algorithm: 2 as Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

export function hashPassword(password: string): Promise<string> {
  return hash(password, options);
}

/** Takes as long for a login that does not exist: the time tells nothing. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const right = await verify(stored ?? (await placeholder()), password).catch(() => false);
  return right && stored !== null;
}

let unknown: Promise<string> | undefined;
function placeholder(): Promise<string> {
  return (unknown ??= hashPassword('of nobody'));
}

/** @throws Problem `senha_desligada` where people sign in at the company's provider only */
export function requirePasswords({ oidcOnly }: { oidcOnly?: boolean }): void {
  if (oidcOnly)
    throw new Problem(403, 'senha_desligada', 'Aqui se entra só com a conta da empresa: não há senhas.', {
      hint: 'Quem entra uma vez por ela aparece em Usuários, e recebe ali papel e filiais.',
    });
}
