import { createHmac } from 'node:crypto';
import { signatureHeaders } from '../../activities/webhooks/sign';
import { verifyWebhook, WebhookError, type WebhookErrorCode } from '../../client/webhooks';

/** The vector that the Standard Webhooks libraries publish and are tested with. */
const published = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const now = new Date(1_614_265_330_000);
const headers = (changes: Record<string, string | undefined> = {}) => ({
  'webhook-id': published.id,
  'webhook-timestamp': published.timestamp,
  'webhook-signature': published.signature,
  ...changes,
});
const { secret, body } = published;

function refused(...given: Parameters<typeof verifyWebhook>): WebhookErrorCode | null {
  try {
    verifyWebhook(...given);
    return null;
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    throw error;
  }
}

test('the published vector is ours, as text and as bytes, with and without the prefix of the secret', () => {
  const verified = { id: published.id, sentAt: now, payload: { test: 2_432_232_314 } };
  expect(verifyWebhook(secret, headers(), body, { now })).toEqual(verified);
  expect(verifyWebhook(secret, headers(), Buffer.from(body), { now })).toEqual(verified);
  expect(verifyWebhook(secret.slice(6), new Headers(headers()), body, { now })).toEqual(verified);
});

test('headers are found in any case, as proxies and frameworks write them', () => {
  const written = Object.fromEntries(Object.entries(headers()).map(([name, value]) => [name.toUpperCase(), value]));
  expect(refused(secret, written, body, { now })).toBeNull();
});

test('one right signature among several is enough while a secret is replaced', () => {
  const other = `v1,${createHmac('sha256', 'another').update('x').digest('base64')}`;
  const several = headers({ 'webhook-signature': `v1a,AAAA ${other} ${published.signature}` });
  expect(refused(secret, several, body, { now })).toBeNull();
  expect(refused(secret, headers({ 'webhook-signature': other }), body, { now })).toBe('assinatura_invalida');
});

test.each<[string, WebhookErrorCode, Parameters<typeof verifyWebhook>]>([
  ['another body', 'assinatura_invalida', [secret, headers(), body.replace('2', '3'), { now }]],
  ['another id', 'assinatura_invalida', [secret, headers({ 'webhook-id': 'msg_other' }), body, { now }]],
  ['another secret', 'assinatura_invalida', [`${secret.slice(0, -1)}x`, headers(), body, { now }]],
  [
    'another version',
    'assinatura_invalida',
    [secret, headers({ 'webhook-signature': published.signature.replace('v1', 'v2') }), body, { now }],
  ],
  [
    'half a signature',
    'assinatura_invalida',
    [secret, headers({ 'webhook-signature': published.signature.slice(0, 20) }), body, { now }],
  ],
  ['no signature', 'cabecalho_ausente', [secret, headers({ 'webhook-signature': undefined }), body, { now }]],
  ['no id', 'cabecalho_ausente', [secret, headers({ 'webhook-id': '' }), body, { now }]],
  ['a timestamp that is none', 'fora_do_prazo', [secret, headers({ 'webhook-timestamp': 'soon' }), body, { now }]],
  ['a secret that is none', 'segredo_invalido', ['whsec_não', headers(), body, { now }]],
])('%s is refused', (_name, code, given) => {
  expect(refused(...given)).toBe(code);
});

test('an old call is refused, and one from the future, unless more is tolerated', () => {
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
  expect(refused(secret, headers(), body, { now: at(300) })).toBeNull();
  expect(refused(secret, headers(), body, { now: at(301) })).toBe('fora_do_prazo');
  expect(refused(secret, headers(), body, { now: at(-301) })).toBe('fora_do_prazo');
  expect(refused(secret, headers(), body, { now: at(301), toleranceSeconds: 600 })).toBeNull();
  // Nobody told the time: this very moment.
  expect(refused(secret, headers(), body)).toBe('fora_do_prazo');
});

test('what we sign is verified, with the old and the new secret', () => {
  const [old, fresh] = ['whsec_b2xkIHNlY3JldCBvZiBhIHRlc3Q=', 'whsec_bmV3IHNlY3JldCBvZiBhIHRlc3Q='];
  const sent = signatureHeaders([old, fresh], { id: 'msg_1', at: now, body: '{"tipo":"comunicação"}' });
  for (const known of [old, fresh]) expect(refused(known, sent, '{"tipo":"comunicação"}', { now })).toBeNull();
});
