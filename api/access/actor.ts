import { roles, type Role } from '../../domain/access';

/** Who asks: a person with a session, or a program with a token. */
export interface Actor {
  /** Opaque: the `by` of actions, also in Temporal. */
  id: string;
  name: string;
  role: Role;
  /** Ids of the filiais that it sees; null = all. */
  filiais: number[] | null;
  via: 'session' | 'token';
}

export function mayAct(actor: Actor, role: Role): boolean {
  return roles.indexOf(actor.role) >= roles.indexOf(role);
}

/** Whether all of these filiais are the actor's; a thing without any filial belongs to those who see all. */
export function sees(actor: Pick<Actor, 'filiais'>, filiais: readonly number[] | null): boolean {
  if (actor.filiais === null) return true;
  return filiais !== null && filiais.length > 0 && filiais.every((id) => actor.filiais?.includes(id));
}
