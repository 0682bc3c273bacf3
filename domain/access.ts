/** What somebody may do; each role may also do what the ones before it may. */
export const roles = ['consulta', 'operador', 'administrador'] as const;
export type Role = (typeof roles)[number];

export function isRole(text: string): text is Role {
  return (roles as readonly string[]).includes(text);
}

/** In characters. */
export const SHORTEST_PASSWORD = 12;
export const LONGEST_PASSWORD = 200;
