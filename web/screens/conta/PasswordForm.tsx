import { useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import { rememberCsrfToken, type ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { ProblemNote } from '../../parts/ProblemNote';
import { SHORTEST_PASSWORD } from '../../../domain/access';

const empty = { current: '', password: '', repeated: '' };

/** Changes one's own password; all other sessions of the person end. */
export function PasswordForm() {
  const [values, setValues] = useState(empty);
  const [problem, setProblem] = useState<ApiProblem>();
  const [told, setTold] = useState('');
  const [busy, setBusy] = useState(false);
  const differs = values.repeated !== '' && values.repeated !== values.password;
  const input = (name: keyof typeof empty) => (event: { currentTarget: HTMLInputElement }) => {
    const { value } = event.currentTarget;
    setTold('');
    setProblem(undefined);
    setValues((before) => ({ ...before, [name]: value }));
  };
  const save = (event: Event) => {
    event.preventDefault();
    if (differs) return;
    const { current, password } = values;
    setBusy(true);
    setProblem(undefined);
    ask('POST /sessao/senha', { body: { current, password } })
      .then(
        ({ csrfToken }) => {
          // The session is another one from here on.
          rememberCsrfToken(csrfToken);
          setValues(empty);
          setTold('Senha trocada. As suas outras sessões terminaram.');
        },
        (error: unknown) => setProblem(asProblem(error)),
      )
      .finally(() => setBusy(false));
  };
  const wrong = (name: string) => problem?.fields.find(({ field }) => field === name)?.message;
  return (
    <section class="panel" aria-labelledby="senha">
      <h2 id="senha">Senha</h2>
      <form class="fields" onSubmit={save}>
        <Field label="Senha atual" error={wrong('current')}>
          {(id, aria) => (
            <input
              {...{ id, ...aria, type: 'password', required: true, value: values.current }}
              autocomplete="current-password"
              onInput={input('current')}
            />
          )}
        </Field>
        <Field label="Senha nova" hint={`${SHORTEST_PASSWORD} caracteres ou mais`} error={wrong('password')}>
          {(id, aria) => (
            <input
              {...{
                id,
                ...aria,
                type: 'password',
                required: true,
                minLength: SHORTEST_PASSWORD,
                value: values.password,
              }}
              autocomplete="new-password"
              onInput={input('password')}
            />
          )}
        </Field>
        <Field label="Senha nova, outra vez" error={differs ? 'não é igual à de cima' : undefined}>
          {(id, aria) => (
            <input
              {...{ id, ...aria, type: 'password', required: true, value: values.repeated }}
              autocomplete="new-password"
              onInput={input('repeated')}
            />
          )}
        </Field>
        <div class="buttons whole">
          <button class="primary" disabled={busy || differs}>
            Trocar senha
          </button>
          <span role="status">{told}</span>
        </div>
        {problem && problem.fields.length === 0 ? <ProblemNote problem={problem} /> : null}
      </form>
    </section>
  );
}
