import {
  accountFieldNames,
  accountFieldProperties,
  neededCredentials,
  type AccountField,
  type AccountFieldKey,
  type GatewayManifest,
  type Manifests,
} from '../../domain/manifest';
import { isWhole, limitProblem } from './accountLimits';
import { certificateProblem } from './certificates';
import type { AccountDefinition } from './defineAccount';

/** Field: the option of the command line. */
export interface DefinitionProblem {
  field: string;
  message: string;
}

/** What is wrong with what was given, whatever the record has; Portuguese, and never with a credential's value. */
export function definitionProblems(manifests: Manifests, definition: AccountDefinition): DefinitionProblem[] {
  const manifest = manifests[definition.gateway];
  const { timeoutSeconds = 1 } = definition;
  const problems: [string, string | null][] = [
    [
      'gateway',
      manifest ? null : `não conheço o gateway "${definition.gateway}"; conheço: ${Object.keys(manifests).join(', ')}`,
    ],
    ['base-url', urlProblem(definition.baseUrl)],
    ['auth-url', tokenAddressProblem(manifest, definition.authUrl)],
    ...(manifest ? givenFields(manifest, definition) : []),
    ['credenciais', manifest ? credentialsProblem(manifest, definition.credentials) : null],
    ['timeout', isWhole(timeoutSeconds, 1, 300) ? null : 'o timeout deve ser de 1 a 300 segundos'],
    ['proximo-numero', nextNumberProblem(manifest, definition.nextNumber)],
    ['limite', limitProblem(definition.limits ?? {})],
  ];
  return problems.flatMap(([field, message]) => (message === null ? [] : [{ field, message }]));
}

export type StoredFields = Readonly<Record<AccountFieldKey, string | null>>;
export type FieldValues = Partial<Record<AccountFieldKey, string>>;

/**
 * The fields as the carteira will have them: what was given, else what the record has, else what is usual.
 * @returns what a required one lacks, or the values to write
 */
export function fieldValues(
  { accountFields }: GatewayManifest,
  definition: AccountDefinition,
  stored: StoredFields,
): { problems: DefinitionProblem[]; values: FieldValues } {
  const values: FieldValues = {};
  const problems: DefinitionProblem[] = [];
  for (const field of accountFields) {
    const given = definition[accountFieldProperties[field.key]];
    const value = given ?? (stored[field.key] || field.usual || '');
    if (value === '' && !field.required) continue;
    if (value === '')
      problems.push({ field: field.key, message: `este gateway exige ${accountFieldNames[field.key]} da carteira` });
    else if (!field.pattern.test(value)) problems.push({ field: field.key, message: formProblem(field) });
    values[field.key] = field.zerosDropped ? value.replace(/^0+/, '') : value;
  }
  return { problems, values };
}

const formProblem = ({ key, words }: AccountField) => `${accountFieldNames[key]} deve ter ${words}`;

function givenFields({ accountFields }: GatewayManifest, definition: AccountDefinition): [string, string | null][] {
  return (Object.keys(accountFieldNames) as AccountFieldKey[]).map((key) => {
    const given = definition[accountFieldProperties[key]];
    const field = accountFields.find((each) => each.key === key);
    if (given === undefined) return [key, null];
    if (!field) return [key, `este gateway não usa ${accountFieldNames[key]}: deixe vazio`];
    return [key, field.pattern.test(given) ? null : formProblem(field)];
  });
}

function tokenAddressProblem(manifest: GatewayManifest | undefined, url: string | undefined): string | null {
  if (url === undefined) return manifest?.addresses.token ? 'falta o endereço que dá o token' : null;
  return manifest?.addresses.token === null ? 'este gateway não dá token: deixe vazio' : urlProblem(url);
}

function nextNumberProblem(manifest: GatewayManifest | undefined, next: number | undefined): string | null {
  if (next === undefined) return null;
  if (manifest?.capabilities.numbering === 'bank') return 'este gateway dá ele mesmo os números: deixe vazio';
  return isWhole(next, 1, 9_999_999_999) ? null : 'o próximo número deve ser de 1 a 9999999999';
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function urlProblem(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `"${text.slice(0, 100)}" não é um endereço como https://api.banco.com.br/cobrancas/v2`;
  }
  if (url.username || url.password || url.search || url.hash) return 'o endereço não pode ter usuário, senha, ? nem #';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return null;
  return 'o endereço deve começar com https:// (http:// somente para esta máquina, 127.0.0.1)';
}

/** Never quotes a value. */
function credentialsProblem(manifest: GatewayManifest, credentials: unknown): string | null {
  const needed = neededCredentials(manifest);
  if (typeof credentials !== 'object' || credentials === null || Array.isArray(credentials))
    return `devem ser um objeto JSON com ${needed.join(', ')}`;
  const entries = Object.entries(credentials as Record<string, unknown>);
  const given = new Map(entries);
  const missing = needed.filter((name) => !given.get(name));
  if (missing.length > 0) return `falta ${missing.join(', ')}`;
  const allowed = manifest.credentialKeys.map(({ key }) => key);
  if (entries.some(([name]) => !allowed.includes(name))) return `só podem ter ${allowed.join(', ')}`;
  const wrong = entries.filter(
    ([, value]) => typeof value !== 'string' || value.length > 20_000 || value.includes('\0'),
  );
  if (wrong.length > 0) return `${wrong.map(([name]) => name).join(', ')} deve ser um texto`;
  return certificateProblem(manifest.credentialKeys, credentials as Record<string, string>, new Date());
}
