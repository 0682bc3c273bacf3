/** What somebody may do; each role may also do what the ones before it may. */
export const roles = ['consulta', 'operador', 'administrador'] as const;
export type Role = (typeof roles)[number];

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

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}
