import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from '../../contract/session';
import { roles, type Role } from '../../domain/access';

export const SessionContext = createContext<Session | null>(null);

/** Only below the shell, which is drawn for nobody else. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no session here');
  return session;
}

/** The API decides; the screens only do not offer what it would refuse. */
export function useMayAct(role: Role): boolean {
  const session = useSession();
  return roles.indexOf(session.role) >= roles.indexOf(role);
}
