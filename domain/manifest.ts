import type { CodeLayout } from './boleto/registrationCheck';
import type { GatewayCapabilities, GatewayCodec } from './gateway';

/**
 * A gateway as data: what an account at it is made of, and what it can do. The account form of the screens, the options
 * of the command line, `GET /gateways` and what refuses a definition are drawn from it. Pure: it loads no transport.
 */
export interface GatewayManifest {
  /** As carteiras, accounts and task queues name it: `banco-do-brasil`. */
  name: string;
  /** As people name it. */
  label: string;
  accountFields: readonly AccountField[];
  /** What has no field of its own (a cooperativa, a posto) is a credential that is no secret. */
  credentialKeys: readonly CredentialKey[];
  /** `token` null: its calls carry the credentials themselves. */
  addresses: { base: AddressForm; token: AddressForm | null };
  /** The bank's own; a host that is in none of them is a simulator, or a machine in front of the bank. */
  environments: readonly GatewayEnvironment[];
  capabilities: GatewayCapabilities;
  codec: GatewayCodec;
  /** Of which banks its boletos may be, and where their codes say what. */
  codes: CodeLayout;
  /** The program that stands in for the bank, from the clone's folder. */
  simulator: string;
}
export type Manifests = Readonly<Record<string, GatewayManifest>>;

/** What a carteira may say about itself at a bank, by the field's own terms, and what each is called in a sentence. */
export const accountFieldNames = {
  convenio: 'o convênio',
  carteira: 'a carteira',
  variacao: 'a variação',
  agencia: 'a agência',
  conta: 'a conta',
} as const;
export type AccountFieldKey = keyof typeof accountFieldNames;

/** The same in a definition of an account, and over HTTP. */
export const accountFieldProperties = {
  convenio: 'convenio',
  carteira: 'code',
  variacao: 'variation',
  agencia: 'agency',
  conta: 'bankAccount',
} as const satisfies Record<AccountFieldKey, string>;

export interface AccountField {
  key: AccountFieldKey;
  label: string;
  pattern: RegExp;
  /** What it looks like, after "deve ter": `7 dígitos`. */
  words: string;
  required: boolean;
  /** Of a carteira that says nothing else. */
  usual?: string;
  /** Agência and conta: leading zeros say nothing and are dropped. */
  zerosDropped?: boolean;
}

export interface CredentialKey {
  key: string;
  label: string;
  /** Never shown again; what is not secret is still sealed with the rest. */
  secret: boolean;
  optional?: boolean;
  /** Tells accounts apart: another value is another account. Several do so together. */
  identifies?: boolean;
  /**
   * `pem`: a client certificate, its private key, or both in one text; `pfx`: both as a PKCS #12 file in base64.
   * GatewayAccount hands them on as they came.
   */
  kind: 'text' | 'pem' | 'pfx';
  /** Of a `pfx`, or of an encrypted key: the credential that is its password. */
  passwordKey?: string;
}

export interface AddressForm {
  label: string;
  /** For people, what it looks like. */
  words: string;
}

export interface GatewayEnvironment {
  label: string;
  /** Boletos are real there: no carteira is one of homologação, whatever its cadastro says. */
  real: boolean;
  base: string;
  token: string | null;
}

export interface Limit {
  calls: number;
  windowMs: number;
}

/** @returns null for an address that is none of the bank's own. */
export function environmentOf(
  { environments }: { environments: readonly GatewayEnvironment[] },
  url: string,
): GatewayEnvironment | null {
  if (!URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  const isThere = ({ base, token }: GatewayEnvironment) =>
    [base, token].some((address) => address !== null && new URL(address).hostname === hostname);
  return environments.find(isThere) ?? null;
}

/** What the credentials of an account must have. */
export function neededCredentials({ credentialKeys }: GatewayManifest): string[] {
  return credentialKeys.filter(({ optional }) => !optional).map(({ key }) => key);
}

/** What makes it this account and no other, in a sentence: `endereço, clientId e convênio`. */
export function identityWords(manifest: GatewayManifest): string {
  const keys = identifyingKeys(manifest);
  const hasConvenio = manifest.accountFields.some(({ key }) => key === 'convenio');
  return listed(['endereço', ...keys, ...(hasConvenio ? ['convênio'] : [])]);
}

export function identifyingKeys({ credentialKeys }: GatewayManifest): string[] {
  return credentialKeys.filter(({ identifies }) => identifies).map(({ key }) => key);
}

/** `a, b e c`. */
export function listed(words: readonly string[]): string {
  return [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((part) => part !== '').join(' e ');
}

/** A manifest as it crosses HTTP. */
export interface GatewayDescription {
  name: string;
  label: string;
  compeCodes: string[];
  fields: (Pick<AccountField, 'key' | 'label' | 'words' | 'required'> & {
    /** In the body of a definition. */
    property: string;
    pattern: string;
    usual: string | null;
  })[];
  credentials: (Pick<CredentialKey, 'key' | 'label' | 'secret' | 'kind'> & {
    optional: boolean;
    identifies: boolean;
    passwordKey: string | null;
  })[];
  addresses: { base: AddressForm; token: AddressForm | null };
  environments: GatewayEnvironment[];
  /** By route class. */
  limits: Record<string, Limit>;
}

/** Names and forms only: nothing of an account, and no secret. */
export function describeManifest(manifest: GatewayManifest): GatewayDescription {
  const { name, label, codes, addresses, environments, capabilities } = manifest;
  return {
    ...{ name, label, compeCodes: [...codes.banks], addresses, environments: [...environments] },
    fields: manifest.accountFields.map((field) => ({
      ...{ key: field.key, label: field.label, words: field.words, required: field.required },
      property: accountFieldProperties[field.key],
      pattern: field.pattern.source,
      usual: field.usual ?? null,
    })),
    credentials: manifest.credentialKeys.map((credential) => ({
      ...{ key: credential.key, label: credential.label, secret: credential.secret, kind: credential.kind },
      optional: credential.optional ?? false,
      identifies: credential.identifies ?? false,
      passwordKey: credential.passwordKey ?? null,
    })),
    limits: Object.fromEntries(
      Object.entries(capabilities.limits).map(([routeClass, { calls, windowMs }]) => [routeClass, { calls, windowMs }]),
    ),
  };
}
