import { useTitle } from '../../parts/useTitle';
import { useMayAct } from '../../shell/session';
import { Tokens } from './Tokens';
import { Users } from './Users';

/** Who may use the screens, and which programs the API. */
export function People() {
  useTitle('Usuários e tokens');
  if (!useMayAct('administrador')) return <p class="note">Esta tela é do administrador.</p>;
  return (
    <>
      <h1>Usuários e tokens</h1>
      <Users />
      <Tokens />
    </>
  );
}
