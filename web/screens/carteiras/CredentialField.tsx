import type { GatewayDescription } from '../../../domain/manifest';
import { Field } from '../../parts/Field';

interface CredentialFieldProps {
  credential: GatewayDescription['credentials'][number];
  value: string;
  onValue(value: string): void;
}

const hints = {
  text: undefined,
  pem: 'O arquivo inteiro, com as linhas -----BEGIN …----- e -----END …-----',
  pfx: 'O arquivo .pfx ou .p12, com o certificado e a chave privada',
};

/** One credential, as its gateway's manifest says: a text, a certificate as text, or a certificate as a file. */
export function CredentialField({ credential, value, onValue }: CredentialFieldProps) {
  const { label, kind, optional, secret } = credential;
  const ofText = { value, required: !optional, autocomplete: 'off', spellcheck: false };
  return (
    <Field label={optional ? `${label} (opcional)` : label} hint={hints[kind]}>
      {(id, aria) =>
        kind === 'pfx' ? (
          <input
            {...{ id, ...aria, type: 'file', accept: '.pfx,.p12', required: !optional }}
            onChange={(event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file) void inBase64(file).then(onValue);
              else onValue('');
            }}
          />
        ) : kind === 'pem' ? (
          <textarea {...{ id, ...aria, ...ofText, rows: 4 }} onInput={(event) => onValue(event.currentTarget.value)} />
        ) : secret ? (
          <input
            {...{ id, ...aria, ...ofText }}
            type="password"
            onInput={(event) => onValue(event.currentTarget.value)}
          />
        ) : (
          <input {...{ id, ...aria, ...ofText }} onInput={(event) => onValue(event.currentTarget.value)} />
        )
      }
    </Field>
  );
}

async function inBase64(file: File): Promise<string> {
  return btoa(String.fromCharCode(...new Uint8Array(await file.arrayBuffer())));
}
