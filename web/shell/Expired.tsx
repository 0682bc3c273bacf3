import { useEffect, useRef } from 'preact/hooks';
import type { Session } from '../../contract/session';
import { keepTyped } from './keptText';
import { SignInForm } from './SignIn';

/**
 * The session has ended while somebody was at work. The screens stay behind this, unseen, with everything that was
 * typed into them, and are there again when the same person signs in.
 */
export function Expired({ name, onEnter }: { name: string; onEnter(session: Session): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  // What was typed last is kept, too.
  useEffect(() => {
    keepTyped();
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    // Above whatever dialog was open; Escape leads nowhere.
    <dialog ref={dialog} class="sign-in" aria-labelledby="sessao-terminou" onCancel={(event) => event.preventDefault()}>
      <SignInForm onEnter={onEnter}>
        <h2 id="sessao-terminou">A sessão terminou</h2>
        <p role="alert">
          O que você digitou está guardado nesta aba e volta quando {name} entrar de novo. Se entrar outra pessoa, nada
          disso aparece.
        </p>
      </SignInForm>
    </dialog>
  );
}
