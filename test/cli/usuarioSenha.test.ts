import type { Knex } from 'knex';
import { createSetPassword } from '../../api/access/machinePassword';
import { hashPassword, isPassword } from '../../api/access/passwords';
import { addUsuarioCommand } from '../../cli/usuario';
import { insertUser, userByLogin } from '../../record/access/users';
import { runCommand } from '../kit/command';
import { createTestDatabase } from '../kit/database';
import { errorOf, linesOf, runCli } from '../kit/cli';

const OLD = 'pedra nuvem cavalo';
const NEW = 'girassol trator vidro';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let knex: Knex;
beforeAll(async () => {
  database = await createTestDatabase();
  knex = database.knex;
});
afterAll(() => database.close());

let number = 0;
/** An administrator with two open sessions, locked by wrong passwords. */
async function person(more: { passwordHash?: null } = {}): Promise<{ id: string; login: string }> {
  const id = `u-${String((number += 1)).padStart(12, '0')}`;
  const login = `pessoa.${number}`;
  const rights = { name: 'Rosa', role: 'administrador', filiais: null } as const;
  await insertUser(knex, { ...{ id, login, ...rights }, passwordHash: await hashPassword(OLD), ...more });
  await knex('app_user')
    .where({ id })
    .update({ locked_until: knex.raw("clock_timestamp() + interval '9 minutes'"), failed_logins: 3 });
  for (const nth of [1, 2])
    await knex('app_session').insert({
      ...{ token_hash: Buffer.from(`${id}${nth}`), user_id: id, csrf_token: 'x' },
      expires_at: knex.raw("clock_timestamp() + interval '1 hour'"),
    });
  return { id, login };
}

const sessionsOf = (id: string) => knex('app_session').where({ user_id: id }).pluck<string[]>('csrf_token');

function usuario(args: string[], oidcOnly = false) {
  const setPassword = createSetPassword({ knex, oidcOnly });
  return runCommand(addUsuarioCommand, ['usuario', ...args], { knex, setPassword });
}

test('a password that is made is printed once, opens the door, ends the sessions and lifts the lock', async () => {
  const { id, login } = await person();
  const other = await person();
  const run = await runCli(['usuario', 'senha', login.toUpperCase(), '--json'], { DATABASE_URL: database.url });
  expect({ exitCode: run.exitCode, stderr: run.stderr }).toEqual({ exitCode: 0, stderr: '' });
  const [told] = linesOf(run) as { login: string; password: string }[];
  expect(told).toEqual({ login, password: expect.stringMatching(/^[\w-]{16}$/) });
  const user = await userByLogin(knex, login);
  expect(user?.lockedForMs).toBe(0);
  expect(await isPassword(user?.passwordHash ?? null, told?.password ?? '')).toBe(true);
  expect([await sessionsOf(id), await sessionsOf(other.id)]).toEqual([[], ['x', 'x']]);
});

test('the audit says that it was somebody at the machine, never whose name the command carries, and no password', async () => {
  const { id, login } = await person();
  await runCli(['--por', 'pessoa.1', 'usuario', 'senha', login], { DATABASE_URL: database.url });
  const entries = await knex('audit_entry').where({ entity: 'user', entity_id: id });
  expect(entries).toMatchObject(
    [
      {
        actor: 'maquina',
        action: 'changeUser',
        after: { login, newPassword: true },
        reason: /^por comando, pelo usuário /,
      },
    ].map((entry) => ({ ...entry, reason: expect.stringMatching(entry.reason) as string })),
  );
});

test('a password from standard input is taken and not printed', async () => {
  const { login } = await person();
  const args = ['usuario', 'senha', login, '--senha', '-'];
  const run = await runCli(args, { DATABASE_URL: database.url }, `${NEW}\n`);
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(run.stdout).toContain(`Senha de ${login} trocada`);
  expect(run.stdout).not.toContain(NEW);
  expect(await isPassword((await userByLogin(knex, login))?.passwordHash ?? null, NEW)).toBe(true);
});

test.each([
  ['nothing', '', 2, 'senha_ilegivel'],
  ['two lines', `${NEW}\n${NEW}\n`, 2, 'senha_ilegivel'],
  ['far too much', 'girassol'.repeat(500), 2, 'senha_ilegivel'],
  ['too few characters', 'girassol\n', 1, 'senha_fraca'],
  ['what a guesser tries first', 'administrador\n', 1, 'senha_fraca'],
])('%s on standard input changes nothing', async (_what, input, exitCode, code) => {
  const { id, login } = await person();
  const run = await runCli(
    ['usuario', 'senha', login, '--senha', '-', '--json'],
    { DATABASE_URL: database.url },
    input,
  );
  expect({ exitCode: run.exitCode, stdout: run.stdout, code: errorOf(run).code }).toEqual({
    exitCode,
    stdout: '',
    code,
  });
  expect(await isPassword((await userByLogin(knex, login))?.passwordHash ?? null, OLD)).toBe(true);
  expect(await sessionsOf(id)).toHaveLength(2);
});

test('a password on the command line is refused, and not repeated', async () => {
  const run = await runCli(['usuario', 'senha', 'admin', '--senha', NEW], { DATABASE_URL: database.url });
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('use - e a entrada padrão');
  expect(run.stdout + run.stderr).not.toContain(NEW);
});

test('nobody is given a password who has none of ours: unknown, at the provider only, deactivated, passwords off', async () => {
  const [provider, away, local] = [await person({ passwordHash: null }), await person(), await person()];
  await knex('app_user').where({ id: away.id }).update({ active: false });
  const unknown = (await usuario(['senha', 'quem'])).error;
  expect(unknown).toMatchObject({ exitCode: 1, code: 'login_desconhecido' });
  expect(unknown?.hint).toContain('pessoa.1');
  expect((await usuario(['senha', provider.login])).error).toMatchObject({ exitCode: 1, code: 'sem_senha' });
  expect((await usuario(['senha', away.login])).error).toMatchObject({ exitCode: 1, code: 'pessoa_desativada' });
  expect((await usuario(['senha', local.login], true)).error).toMatchObject({ exitCode: 1, code: 'senha_desligada' });
  for (const { id } of [provider, away, local]) expect(await sessionsOf(id)).toHaveLength(2);
});
