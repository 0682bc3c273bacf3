import { createPrivateKey } from 'node:crypto';
import type { CredentialKey } from '../../domain/manifest';
import { certificateEnds, certificateProblem } from '../../record/accounts/certificates';
import { selfSignedCertificate, toPfx } from '../gateways/selfSigned';

const of = (key: string, kind: CredentialKey['kind'], passwordKey?: string): CredentialKey => ({
  ...{ key, label: key, secret: true, kind },
  ...(passwordKey === undefined ? {} : { passwordKey }),
});
const keys = [
  of('clientId', 'text'),
  of('certificado', 'pem'),
  of('chave', 'pem', 'senhaDaChave'),
  of('senhaDaChave', 'text'),
  of('pfx', 'pfx', 'senha'),
  of('senha', 'text'),
];
const now = new Date('2030-06-01T12:00:00Z');
const problem = (credentials: Record<string, string>) => certificateProblem(keys, credentials, now);

const { cert, key } = selfSignedCertificate();
const other = selfSignedCertificate();
const inBase64 = (password: string, pair = { cert, key }) => toPfx(pair, password).toString('base64');
const expired = selfSignedCertificate('localhost', ['200101', '300531']);
const notYet = selfSignedCertificate('localhost', ['300701', '491231']);

test('a certificate with its key can be used: in two texts, in one, with the chain, with a password, as PFX', () => {
  expect(problem({ certificado: cert, chave: key })).toBeNull();
  expect(problem({ certificado: `${key}${cert}` })).toBeNull();
  expect(problem({ certificado: `${other.cert}\n${cert}`, chave: key })).toBeNull();
  expect(problem({ pfx: inBase64('segredo'), senha: 'segredo' })).toBeNull();
  expect(problem({ clientId: 'x' })).toBeNull();
  const cipher = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'senha-dela' } as const;
  const locked = createPrivateKey(key).export(cipher).toString();
  expect(problem({ certificado: cert, chave: locked, senhaDaChave: 'senha-dela' })).toBeNull();
  expect(problem({ certificado: cert, chave: locked, senhaDaChave: 'outra' })).toMatch(
    /^a chave privada de chave não se abre/,
  );
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    'no PEM at all',
    { certificado: 'MIIB', chave: key },
    /^certificado não é um certificado nem uma chave em PEM: copie/,
  ],
  ['PEM that is nothing', { certificado: cert.replace(/\n[^-]{20}/, '\n'), chave: key }, /não pode ser lido: baixe-o/],
  ['the key alone', { chave: key }, /^falta o certificado em chave/],
  ['the certificate alone', { certificado: cert }, /^falta a chave privada em certificado/],
  ['the key of another', { certificado: cert, chave: other.key }, /não é a do certificado: informe a chave/],
  [
    'a key that does not open',
    { certificado: cert, chave: key.replace(/\n[^-]{9}/, '\n') },
    /^a chave privada de chave não/,
  ],
  ['an expired one', { certificado: expired.cert, chave: expired.key }, /^o certificado venceu em 30\/05\/2030: emita/],
  [
    'one of tomorrow',
    { certificado: notYet.cert, chave: notYet.key },
    /^o certificado só vale a partir de 30\/06\/2030/,
  ],
  [
    'a PFX with another password',
    { pfx: inBase64('segredo'), senha: 'outra' },
    /^a senha não é a do arquivo PFX de pfx/,
  ],
  ['a PFX that is no base64', { pfx: cert, senha: 'outra-senha' }, /^pfx não é um arquivo PFX em base64/],
  [
    'base64 that is no PFX',
    { pfx: Buffer.alloc(300, 7).toString('base64'), senha: 'outra-senha' },
    /exporte-o de novo/,
  ],
  ['an expired PFX', { pfx: inBase64('s', expired), senha: 's' }, /^o certificado venceu/],
])('%s is refused, with what to do', (_, credentials, message) => {
  const said = problem(credentials);
  expect(said).toMatch(message);
  for (const secret of Object.values(credentials)) expect(said).not.toContain(secret.slice(0, 40));
});

test('the end of a certificate is read whatever it came as', () => {
  const end = [Date.parse('2049-12-31T00:00:00Z')];
  expect(certificateEnds({ clientId: 'x', certificado: cert, chave: key })).toEqual(end);
  expect(certificateEnds({ clientId: 'x', pfx: inBase64('segredo'), senha: 'segredo' })).toEqual(end);
  expect(certificateEnds({ clientId: 'x'.repeat(200), clientSecret: '' })).toEqual([]);
});
