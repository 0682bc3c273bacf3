import { useTitle } from '../../parts/useTitle';
import { useSession } from '../../shell/session';
import { filiaisText, roleLabels } from '../usuarios/AccessFields';
import { PasswordForm } from './PasswordForm';
import { Sessions } from './Sessions';
import { ThemeChoice } from './ThemeChoice';

/** What is one's own: theme, password and open sessions. */
export function OwnAccount() {
  useTitle('Minha conta');
  const { name, role, filiais } = useSession();
  return (
    <>
      <h1>Minha conta</h1>
      <p class="facts">
        <span>{name}</span>
        <span>{roleLabels[role]}</span>
        <span>Filiais: {filiaisText(filiais)}</span>
      </p>
      <ThemeChoice />
      <PasswordForm />
      <Sessions />
    </>
  );
}
