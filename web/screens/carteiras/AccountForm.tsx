import { useState } from 'preact/hooks';
import { call, type ApiProblem } from '../../api/client';
import type { Carteira } from '../../api/types';
import { asProblem } from '../../api/useLoad';
import { Dialog } from '../../parts/Dialog';
import { Field } from '../../parts/Field';
import { ProblemNote } from '../../parts/ProblemNote';

const fields = [
  ['gateway', 'Gateway', 'banco-do-brasil'],
  ['baseUrl', 'Endereço da API', 'https://…/cobrancas/v2'],
  ['authUrl', 'Endereço da autenticação', 'https://…/oauth/token'],
  ['convenio', 'Convênio', '7 dígitos'],
  ['variation', 'Variação', 'por exemplo 35'],
  ['code', 'Carteira no banco', 'por exemplo 17'],
  ['agency', 'Agência do beneficiário', 'Sem o dígito: para conferir com o banco'],
  ['bankAccount', 'Conta do beneficiário', 'Sem o dígito'],
  ['timeoutSeconds', 'Espera pela resposta do banco, em segundos', 'de 1 a 300'],
  ['nextNumber', 'Próximo nosso número', 'Só ao passar de outro sistema; vazio = continua'],
] as const;
const optional: readonly string[] = ['variation', 'code', 'agency', 'bankAccount', 'timeoutSeconds', 'nextNumber'];
const numbers: readonly string[] = ['timeoutSeconds', 'nextNumber'];
type Name = (typeof fields)[number][0];

/** Ties the carteira to its account. The credentials go in and never come out. */
export function AccountForm({ carteira, onDone }: { carteira: Carteira; onDone(): void }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {carteira.account ? 'Mudar a conta' : 'Definir a conta'}
      </button>
      {open ? <AccountDialog {...{ carteira, onDone }} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function AccountDialog({ carteira, onDone, onClose }: { carteira: Carteira; onDone(): void; onClose(): void }) {
  const { account } = carteira;
  const [values, setValues] = useState<Record<Name, string>>({
    gateway: carteira.gateway ?? 'banco-do-brasil',
    baseUrl: account?.baseUrl ?? '',
    authUrl: account?.authUrl ?? '',
    convenio: carteira.convenio ?? '',
    variation: carteira.variation,
    code: carteira.code,
    agency: carteira.agency ?? '',
    bankAccount: carteira.bankAccount ?? '',
    timeoutSeconds: String(carteira.timeoutSeconds),
    nextNumber: '',
  });
  const [addressSource, setAddressSource] = useState(carteira.addressSource);
  const [pix, setPix] = useState(carteira.pix);
  const [credentials, setCredentials] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const [wrong, setWrong] = useState('');
  const save = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    setWrong('');
    const parsed = readJson(credentials);
    if (!parsed) return setWrong('Um objeto JSON, como {"clientId":"…","clientSecret":"…"}');
    const given = Object.entries(values)
      .filter(([name, value]) => value !== '' || !optional.includes(name))
      .map(([name, value]) => [name, numbers.includes(name) ? Number(value) : value] as const);
    const body = { ...Object.fromEntries(given), addressSource, pix, credentials: parsed, version: carteira.version };
    call('PUT', `/carteiras/${carteira.id}/conta`, { body }).then(
      () => {
        onDone();
        onClose();
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  return (
    <Dialog title="Conta de gateway" onClose={onClose}>
      <form onSubmit={save}>
        {fields.map(([name, label, hint]) => (
          <Field
            key={name}
            label={label}
            hint={hint}
            error={problem?.fields.find((each) => each.field === name)?.message}
          >
            {(id, aria) => (
              <input
                {...{ id, ...aria, value: values[name], required: !optional.includes(name) }}
                inputMode={numbers.includes(name) ? 'numeric' : 'text'}
                onInput={(event) => {
                  const { value } = event.currentTarget;
                  setValues((before) => ({ ...before, [name]: value }));
                }}
              />
            )}
          </Field>
        ))}
        <Field label="Endereço do boleto">
          {(id) => (
            <select
              id={id}
              value={addressSource}
              onChange={(event) => setAddressSource(event.currentTarget.value === 'billing' ? 'billing' : 'main')}
            >
              <option value="main">o do cadastro</option>
              <option value="billing">o de cobrança</option>
            </select>
          )}
        </Field>
        <label class="choice">
          <input type="checkbox" checked={pix} onChange={(event) => setPix(event.currentTarget.checked)} />
          <span>Boletos com Pix</span>
        </label>
        <Field
          label="Credenciais"
          hint="JSON com as chaves que o gateway pede. Ficam cifradas e não são mostradas de novo."
          error={wrong}
        >
          {(id, aria) => (
            <textarea
              {...{ id, ...aria, rows: 4, required: true, autocomplete: 'off', spellcheck: false, value: credentials }}
              onInput={(event) => setCredentials(event.currentTarget.value)}
            />
          )}
        </Field>
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button class="primary">Salvar conta</button>
          <button type="button" onClick={onClose}>
            Voltar
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function readJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
