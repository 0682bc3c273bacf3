import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Session } from '../../contract/session';
import { ask } from '../api/ask';
import { address, type ApiProblem } from '../api/client';
import { asProblem, useLoad } from '../api/useLoad';
import { Field } from '../parts/Field';
import { ProblemNote } from '../parts/ProblemNote';
import { useTitle } from '../parts/useTitle';

export function SignIn({ onEnter }: { onEnter(session: Session): void }) {
  useTitle('Entrar');
  return (
    <main class="sign-in">
      <SignInForm onEnter={onEnter}>
        <h1>Boletos</h1>
        <RefusedByProvider />
      </SignInForm>
    </main>
  );
}

interface SignInFormProps {
  onEnter(session: Session): void;
  /** What stands above the fields. */
  children: ComponentChildren;
}

export function SignInForm({ onEnter, children }: SignInFormProps) {
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const { data: ways } = useLoad((signal) => ask('GET /sessao/entrada', { signal }), []);
  const first = useRef<HTMLInputElement>(null);
  // Before anybody can type.
  useLayoutEffect(() => first.current?.focus(), []);

  const enter = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      onEnter(await ask('POST /sessao', { body: { login, password } }));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void enter(event)}>
      {children}
      <ProblemNote problem={problem} />
      {ways?.password === false ? null : (
        <>
          <Field label="Usuário (login)">
            {(id) => (
              <input
                {...{ id, name: 'login', value: login, required: true }}
                {...{ autocomplete: 'username', autocapitalize: 'none' }}
                ref={first}
                onInput={(event) => setLogin(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field label="Senha">
            {(id) => (
              <input
                {...{ id, name: 'password', value: password, type: 'password', required: true }}
                autocomplete="current-password"
                onInput={(event) => setPassword(event.currentTarget.value)}
              />
            )}
          </Field>
          <button class="primary" disabled={busy}>
            Entrar
          </button>
        </>
      )}
      {ways?.oidc ? (
        // A link that looks like a button: the browser itself has to go there.
        <a class="button" href={address('/sessao/oidc')}>
          Entrar com a conta da empresa
        </a>
      ) : null}
    </form>
  );
}

/** Of the codes with which the API sends a browser back that the provider did not let in. */
export const refusals: Record<string, string> = {
  entrada_recusada: 'O provedor da empresa não confirmou quem é, ou a entrada demorou demais. Comece de novo.',
  provedor_inacessivel: 'O provedor de acesso da empresa não responde. Repita daqui a pouco, ou entre com senha.',
  login_recusado: 'Este acesso foi desativado. Peça ao administrador que o ative.',
  oidc_desligado: 'Aqui se entra com usuário e senha: a conta da empresa não está ligada.',
};

function RefusedByProvider() {
  const code = new URLSearchParams(location.search).get('entrada');
  if (code === null) return null;
  return (
    <p class="note note-bad" role="alert">
      {refusals[code] ?? 'A conta da empresa não deu acesso. Peça ao administrador, ou entre com usuário e senha.'}
    </p>
  );
}
