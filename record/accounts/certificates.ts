import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { CredentialKey } from '../../domain/manifest';

/* Client certificates among the credentials of an account: read when they are given, not when the bank refuses them. */

type Credentials = Readonly<Record<string, string>>;

/** @returns what is wrong with the certificate, and what to do; null when it can be used, or none was given. */
export function certificateProblem(keys: readonly CredentialKey[], credentials: Credentials, now: Date): string | null {
  const given = keys.filter(({ key, kind }) => kind !== 'text' && credentials[key]);
  if (given.length === 0) return null;
  try {
    const pfx = given.filter(({ kind }) => kind === 'pfx');
    const leaves = pfx.map((each) => leafOfPfx(each.key, credentials[each.key] ?? '', passwordOf(each, credentials)));
    if (pfx.length < given.length)
      leaves.push(
        leafOfPem(
          given.filter(({ kind }) => kind === 'pem'),
          credentials,
        ),
      );
    for (const leaf of leaves) mustBeValid(leaf, now);
    return null;
  } catch (error) {
    if (error instanceof Unusable) return error.message;
    throw error;
  }
}

/** The ends, in milliseconds, of all certificates that these credentials have. */
export function certificateEnds(credentials: Credentials): number[] {
  const values = Object.values(credentials);
  return values.flatMap((text) => {
    const pem = blocksOf(text).filter(isCertificate);
    // Which of the others is its password only the manifest says: it opens with no other one.
    const leaves = pem.length > 0 ? pem.map(orNull(certificateOf)) : isBase64(text) ? openWithAny(text, values) : [];
    return leaves.flatMap((leaf) => (leaf ? [Date.parse(leaf.validTo)] : []));
  });
}

class Unusable extends Error {}

const passwordOf = ({ passwordKey }: CredentialKey, credentials: Credentials) => credentials[passwordKey ?? ''] ?? '';

const PEM_BLOCK = /-----BEGIN ([A-Z0-9 ]{1,40})-----[^-]+-----END \1-----/g;
const blocksOf = (text: string) => text.match(PEM_BLOCK) ?? [];
const isCertificate = (block: string) => block.startsWith('-----BEGIN CERTIFICATE-----');
const isKey = (block: string) => /^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(block);
const certificateOf = (block: string) => new X509Certificate(block);

/** Certificate and key may be in one text, or each in its own. */
function leafOfPem(given: readonly CredentialKey[], credentials: Credentials): X509Certificate {
  const names = given.map(({ key }) => key).join(', ');
  const certificates: X509Certificate[] = [];
  const privateKeys: KeyObject[] = [];
  for (const each of given) {
    const blocks = blocksOf(credentials[each.key] ?? '');
    if (!blocks.some((block) => isCertificate(block) || isKey(block)))
      throw new Unusable(
        `${each.key} não é um certificado nem uma chave em PEM: copie o arquivo inteiro, com as linhas -----BEGIN …----- e -----END …-----`,
      );
    for (const block of blocks.filter(isCertificate))
      certificates.push(
        orThrow(() => certificateOf(block), `o certificado de ${each.key} não pode ser lido: baixe-o de novo do banco`),
      );
    for (const block of blocks.filter(isKey))
      privateKeys.push(
        orThrow(
          () => createPrivateKey({ key: block, passphrase: passwordOf(each, credentials) }),
          `a chave privada de ${each.key} não se abre: copie o arquivo inteiro e, se ela tem senha, informe a senha dela`,
        ),
      );
  }
  if (certificates.length === 0) throw new Unusable(`falta o certificado em ${names}: só veio a chave privada`);
  if (privateKeys.length === 0) throw new Unusable(`falta a chave privada em ${names}: só veio o certificado`);
  const leaf = certificates.find((certificate) => privateKeys.some((key) => certificate.checkPrivateKey(key)));
  if (!leaf)
    throw new Unusable(
      `a chave privada em ${names} não é a do certificado: informe a chave com que ele foi pedido ao banco`,
    );
  return leaf;
}

function leafOfPfx(name: string, text: string, password: string): X509Certificate {
  if (!isBase64(text))
    throw new Unusable(`${name} não é um arquivo PFX em base64: converta-o com openssl base64 -A -in ARQUIVO.pfx`);
  try {
    return openPfx(text, password);
  } catch (error) {
    const said = String((error as { message?: unknown }).message);
    if (/mac verify/i.test(said)) throw new Unusable(`a senha não é a do arquivo PFX de ${name}`);
    if (/unsupported/i.test(said))
      throw new Unusable(`o PFX de ${name} está cifrado de um modo antigo: exporte-o de novo, com AES-256`);
    throw new Unusable(`${name} não é um arquivo PFX com certificado e chave privada: exporte-o de novo, com os dois`);
  }
}

const isBase64 = (text: string) => text.length > 100 && /^[A-Za-z0-9+/\r\n]+={0,2}\s*$/.test(text);

/** Node opens a PFX for a connection only; the certificate of that is at hand. @throws Error of OpenSSL */
function openPfx(text: string, passphrase: string): X509Certificate {
  const secure = createSecureContext({ pfx: Buffer.from(text, 'base64'), passphrase });
  return new X509Certificate((secure.context as { getCertificate(): Buffer }).getCertificate());
}

function openWithAny(text: string, passwords: readonly string[]): (X509Certificate | null)[] {
  return ['', ...passwords].filter((password) => password !== text).map(orNull((password) => openPfx(text, password)));
}

function mustBeValid(leaf: X509Certificate, now: Date): void {
  const [from, to] = [new Date(leaf.validFrom), new Date(leaf.validTo)];
  if (to <= now) throw new Unusable(`o certificado venceu em ${dayOf(to)}: emita outro no banco`);
  if (from > now)
    throw new Unusable(
      `o certificado só vale a partir de ${dayOf(from)}: espere até lá, ou confira o relógio desta máquina`,
    );
}

const dayOf = (date: Date) => date.toLocaleDateString('pt-BR', { timeZone: 'America/Sao_Paulo' });

function orThrow<T>(read: () => T, message: string): T {
  try {
    return read();
  } catch {
    throw new Unusable(message);
  }
}

function orNull<In, Out>(read: (from: In) => Out): (from: In) => Out | null {
  return (from) => {
    try {
      return read(from);
    } catch {
      return null;
    }
  };
}
