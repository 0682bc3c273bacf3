import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { actorLabels } from '../../domain/kinds/actors';

/** SQL of the name behind the opaque id in `column`; null for one that this record does not know. */
export function nameOf(column: string): string {
  return `coalesce((select u.name from app_user u where u.id = ${column}), (select t.name from api_token t where t.id = ${column}), (select l.login from operator_login l where l.id = ${column}))`;
}

/**
 * The opaque id of whoever works at the command line: the person's, where the record knows the login, else one made of
 * it, whose login is kept here. Temporal's search attributes are read by many, and never encrypted.
 */
export async function operatorId(knex: Knex, login: string): Promise<string> {
  const person = await knex('app_user')
    .where({ login: login.toLowerCase() })
    .orWhere({ id: login })
    .first<{ id: string } | undefined>('id');
  if (person) return person.id;
  const id = cliId(login);
  await knex('operator_login').insert({ id, login }).onConflict().ignore();
  return id;
}

/** What Temporal may know of who asked, also where the record has a login of earlier versions. */
export function opaque(actor: string): string {
  const isOpaque = actor in actorLabels || /^((u|t)-[0-9a-f]{12}|cli-[0-9a-f]{8})$/.test(actor);
  return isOpaque ? actor : cliId(actor);
}

function cliId(login: string): string {
  return `cli-${createHash('sha256').update(login).digest('hex').slice(0, 8)}`;
}
