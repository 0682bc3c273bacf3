import type { Knex } from 'knex';
import { writeAudit } from '../../record/access/audit';
import { unknownFiliais } from '../../record/accounts/filiais';
import { changeUser, insertUser, userBySubject, type UserRow } from '../../record/access/users';
import type { OidcIdentity } from './oidc';
import { newId } from './secrets';

const LONGEST = 100;

/**
 * The person behind an identity of the company's provider, made at its first sign-in: with the role and filiais of the
 * claims, or consulta and no filial at all until an administrator gives some. What claims say is taken over at each
 * sign-in. By subject only: a login of ours that reads the same is somebody else.
 */
export async function personOf(knex: Knex, identity: OidcIdentity): Promise<UserRow> {
  const filiais = identity.filiais === undefined ? undefined : await existing(knex, identity.filiais);
  const known = await userBySubject(knex, identity.subject);
  if (!known) return makePerson(knex, identity, filiais ?? (filiais === undefined ? [] : null));
  const change = {
    ...(identity.role === undefined || identity.role === known.role ? {} : { role: identity.role }),
    ...(filiais === undefined || String(filiais) === String(known.filiais) ? {} : { filiais }),
  };
  if (Object.keys(change).length === 0) return known;
  const result = await changeUser(knex, { id: known.id, by: known.id, change });
  // The last administrator stays one, whatever the provider says: somebody has to be able to mend it.
  return result.kind === 'changed' ? result.user : known;
}

async function makePerson(knex: Knex, identity: OidcIdentity, filiais: number[] | null): Promise<UserRow> {
  const id = newId('u');
  const wished = loginOf(identity.login);
  const person = {
    ...{ id, name: (identity.name ?? wished ?? id).slice(0, LONGEST), role: identity.role ?? 'consulta' },
    ...{ filiais, passwordHash: null, oidcSubject: identity.subject },
  };
  // The second login is nobody's, unless the subject itself was made by another request just now.
  for (const login of [...(wished === null ? [] : [wished]), id]) {
    if (!(await insertUser(knex, { ...person, login }))) continue;
    await writeAudit(knex, {
      ...{ actor: id, action: 'createUser', entity: 'user', entityId: id },
      after: { login, name: person.name, role: person.role, filiais, provider: true },
    });
    break;
  }
  return (await userBySubject(knex, identity.subject)) as UserRow;
}

function loginOf(wished: string | null): string | null {
  const login = wished?.toLowerCase().slice(0, LONGEST) ?? '';
  return /^[a-z0-9][a-z0-9._@-]*$/.test(login) ? login : null;
}

/** Those that this record has. */
async function existing(knex: Knex, filiais: number[] | null): Promise<number[] | null> {
  if (filiais === null) return null;
  const unknown = new Set(await unknownFiliais(knex, filiais));
  return filiais.filter((id) => !unknown.has(id)).sort((a, b) => a - b);
}
