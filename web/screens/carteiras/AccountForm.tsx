import { useState } from 'preact/hooks';
import type { Carteira } from '../../../contract/account';
import type { GatewayDescription } from '../../../contract/gateway';
import type { BodyOf } from '../../../contract/routes';
import { environmentOf } from '../../../domain/manifest';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { Dialog } from '../../parts/Dialog';
import { Field } from '../../parts/Field';
import { ProblemNote } from '../../parts/ProblemNote';
import { CredentialField } from './CredentialField';

const ofAll = [
  ['timeoutSeconds', 'Espera pela resposta do banco, em segundos', 'de 1 a 300'],
  ['nextNumber', 'Próximo nosso número', 'Só ao passar de outro sistema; vazio = continua'],
] as const;
const numbers: readonly string[] = ofAll.map(([name]) => name);

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

interface DialogProps {
  carteira: Carteira;
  onDone(): void;
  onClose(): void;
}

function AccountDialog(props: DialogProps) {
  const { data, problem } = useLoad((signal) => ask('GET /gateways', { signal }), []);
  return (
    <Dialog title="Conta de gateway" onClose={props.onClose}>
      {data ? <AccountFields {...props} gateways={data.items} /> : <p class="waiting">Carregando…</p>}
      <ProblemNote problem={problem} />
    </Dialog>
  );
}

/** What the chosen gateway asks for, as its manifest has it. */
function AccountFields({ carteira, gateways, onDone, onClose }: DialogProps & { gateways: GatewayDescription[] }) {
  const { account } = carteira;
  const known = gateways.find((each) => each.name === carteira.gateway) ?? gateways[0];
  const [name, setName] = useState(known?.name ?? '');
  const [values, setValues] = useState<Record<string, string>>({
    baseUrl: account?.baseUrl ?? '',
    authUrl: account?.authUrl ?? '',
    convenio: carteira.convenio ?? '',
    variation: carteira.variation,
    code: carteira.code,
    agency: carteira.agency ?? '',
    bankAccount: carteira.bankAccount ?? '',
    timeoutSeconds: String(carteira.timeoutSeconds),
  });
  const [credentials, setCredentials] = useState<Record<string, string>>({});
  const [addressSource, setAddressSource] = useState(carteira.addressSource);
  const [pix, setPix] = useState(carteira.pix);
  const [problem, setProblem] = useState<ApiProblem>();
  const set = (changes: Record<string, string>) => setValues((before) => ({ ...before, ...changes }));
  const gateway = gateways.find((each) => each.name === name);
  const { addresses, fields = [], environments = [] } = gateway ?? {};
  const inputs = [
    ...(addresses ? [['baseUrl', addresses.base.label, addresses.base.words, true] as const] : []),
    ...(addresses?.token ? [['authUrl', addresses.token.label, addresses.token.words, true] as const] : []),
    ...fields.map(
      ({ property, label, words, usual, required }) =>
        [property, label, usual ? `${words}; vazio = ${usual}` : words, required && !usual] as const,
    ),
    ...ofAll.map((each) => [...each, false] as const),
  ];
  const save = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    const given = inputs
      .map(([property]) => [property, values[property] ?? ''] as const)
      .filter(([, value]) => value !== '')
      .map(([property, value]) => [property, numbers.includes(property) ? Number(value) : value] as const);
    const written = Object.entries(credentials).filter(([, value]) => value !== '');
    // The API says what is wrong with a field that this form does not check.
    const body = {
      ...{ gateway: name, ...Object.fromEntries(given), addressSource, pix },
      ...{ credentials: Object.fromEntries(written), version: carteira.version },
    } as BodyOf<'PUT /carteiras/{id}/conta'>;
    ask('PUT /carteiras/{id}/conta', { params: { id: carteira.id }, body }).then(
      () => {
        onDone();
        onClose();
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  const errorOf = (property: string) => problem?.fields.find(({ field }) => field === property)?.message;
  return (
    <form onSubmit={save}>
      <Field label="Gateway" error={errorOf('gateway')}>
        {(id, aria) => (
          <select
            {...{ id, ...aria, value: name }}
            onChange={(event) => {
              setName(event.currentTarget.value);
              setCredentials({});
            }}
          >
            {gateways.map((each) => (
              <option key={each.name} value={each.name}>
                {each.label}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label="Ambiente do banco" hint="Preenche os endereços">
        {(id) => (
          <select
            id={id}
            value={environmentOf({ environments }, values['baseUrl'] ?? '')?.label ?? ''}
            onChange={(event) => {
              const chosen = environments.find((each) => each.label === event.currentTarget.value);
              if (chosen) set({ baseUrl: chosen.base, authUrl: chosen.token ?? '' });
            }}
          >
            <option value="">outro</option>
            {environments.map(({ label }) => (
              <option key={label} value={label}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
      {inputs.map(([property, label, hint, required]) => (
        <Field key={property} label={label} hint={hint} error={errorOf(property)}>
          {(id, aria) => (
            <input
              {...{ id, ...aria, value: values[property] ?? '', required }}
              inputMode={numbers.includes(property) ? 'numeric' : 'text'}
              onInput={(event) => set({ [property]: event.currentTarget.value })}
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
      <fieldset>
        <legend>Credenciais</legend>
        <p class="hint">Ficam cifradas e não são mostradas de novo.</p>
        {(gateway?.credentials ?? []).map((credential) => (
          <CredentialField
            key={`${name}/${credential.key}`}
            {...{ credential, value: credentials[credential.key] ?? '' }}
            onValue={(value) => setCredentials((before) => ({ ...before, [credential.key]: value }))}
          />
        ))}
      </fieldset>
      <ProblemNote problem={problem} />
      <div class="buttons">
        <button class="primary">Salvar conta</button>
        <button type="button" onClick={onClose}>
          Voltar
        </button>
      </div>
    </form>
  );
}
