import { useState } from 'preact/hooks';
import type { User } from '../../../contract/user';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { ProblemNote } from '../../parts/ProblemNote';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { SHORTEST_PASSWORD } from '../../../domain/access';
import { Clipped } from '../../parts/Clipped';
import { AccessFields, filiaisText, readFiliais, roleLabels, type Access } from './AccessFields';

export function Users() {
  const { data, problem, reload } = useLoad((signal) => ask('GET /usuarios', { signal }), []);
  const [editing, setEditing] = useState<User | 'new'>();
  return (
    <section class="panel" aria-labelledby="usuarios">
      <div class="table-head">
        <h2 id="usuarios">Usuários</h2>
        <button type="button" onClick={() => setEditing('new')}>
          Novo usuário
        </button>
      </div>
      <ProblemNote problem={problem} />
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Usuários cadastrados">
        <table>
          <thead>
            <tr>
              <th scope="col">Login</th>
              <th scope="col">Nome</th>
              <th scope="col">Papel</th>
              <th scope="col">Filiais</th>
              <th scope="col">Entra com</th>
              <th scope="col">Situação</th>
              <th scope="col">
                <span class="unseen">Ações</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((user) => (
              <tr key={user.id}>
                <td>
                  <Clipped text={user.login} />
                </td>
                <td>
                  <Clipped text={user.name} />
                </td>
                <td>{roleLabels[user.role].split(':')[0]}</td>
                <td>{filiaisText(user.filiais)}</td>
                <td>{howSignsIn(user)}</td>
                <td>{user.active ? (user.locked ? 'bloqueado por senhas erradas' : 'ativo') : 'desativado'}</td>
                <td>
                  <button type="button" aria-label={`Mudar ${user.login}`} onClick={() => setEditing(user)}>
                    Mudar
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {editing ? (
        <UserDialog user={editing === 'new' ? null : editing} onDone={reload} onClose={() => setEditing(undefined)} />
      ) : null}
    </section>
  );
}

function howSignsIn({ hasPassword, hasProvider }: User): string {
  if (hasPassword) return hasProvider ? 'senha ou conta da empresa' : 'senha';
  return hasProvider ? 'conta da empresa' : 'nada ainda';
}

function UserDialog({ user, onDone, onClose }: { user: User | null; onDone(): void; onClose(): void }) {
  const [login, setLogin] = useState('');
  const [name, setName] = useState(user?.name ?? '');
  const [password, setPassword] = useState('');
  const [active, setActive] = useState(user?.active ?? true);
  const [access, setAccess] = useState<Access>({
    role: user?.role ?? 'operador',
    filiais: user?.filiais?.join(', ') ?? '',
  });
  // Told once somebody has finished typing it.
  const [typedPassword, setTypedPassword] = useState(false);
  const isShort = password !== '' && password.length < SHORTEST_PASSWORD;
  const save = async () => {
    const { role } = access;
    const common = { name, role, filiais: readFiliais(access.filiais) };
    const changes = { ...common, active, ...(password ? { password } : {}) };
    if (user) await ask('PATCH /usuarios/{id}', { params: { id: user.id }, body: changes });
    else await ask('POST /usuarios', { body: { ...common, login, password } });
    onDone();
  };
  return (
    <ReasonDialog
      title={user ? `Mudar ${user.login}` : 'Novo usuário'}
      verb="Salvar usuário"
      reason="none"
      onCheck={() => {
        setTypedPassword(true);
        return !isShort;
      }}
      onConfirm={save}
      onClose={onClose}
    >
      {user ? null : (
        <Field label="Login do usuário">
          {(id) => (
            <input
              {...{ id, value: login, required: true, autocomplete: 'off' }}
              onInput={(event) => setLogin(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <Field label="Nome">
        {(id) => (
          <input {...{ id, value: name, required: true }} onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      <AccessFields access={access} onChange={setAccess} />
      <Field
        label={user ? 'Senha nova' : 'Senha do usuário'}
        hint={
          user
            ? `${SHORTEST_PASSWORD} caracteres ou mais; vazia = continua a mesma`
            : `${SHORTEST_PASSWORD} caracteres ou mais. Quem entra pela conta da empresa não é criado aqui: basta entrar uma vez`
        }
        error={typedPassword && isShort ? `Senha: deve ter ${SHORTEST_PASSWORD} caracteres ou mais` : undefined}
      >
        {(id, aria) => (
          <input
            {...{ id, ...aria, value: password, type: 'password', autocomplete: 'new-password', required: !user }}
            onInput={(event) => setPassword(event.currentTarget.value)}
            onBlur={() => setTypedPassword(true)}
          />
        )}
      </Field>
      {user ? (
        <label class="choice">
          <input type="checkbox" checked={active} onChange={(event) => setActive(event.currentTarget.checked)} />
          <span>Ativo</span>
        </label>
      ) : null}
    </ReasonDialog>
  );
}
