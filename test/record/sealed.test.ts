import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { createSecretBox, SecretsKeyError } from '../../config/secrets';
import { loadAccount } from '../../record/accounts/carteiras';
import { resealOld } from '../../record/reseal';
import { accountPlace, signInPlace, tokenPlace, webhookPlace } from '../../domain/account/sealedPlaces';
import { createTestDatabase } from '../kit/database';
import { createAccount, createWebhook, sealedAccount } from '../kit/record';

const KEY = 'a key of a test, longer than thirty-two characters';
const box = createSecretBox(KEY);

let knex: Knex;
let close: () => Promise<void>;
beforeAll(async () => void ({ knex, close } = await createTestDatabase()));
afterAll(() => close());

/** As versions before this one sealed: without a word about where it belongs. */
function sealedBefore(plain: string, key = KEY): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', createHash('sha256').update(key).digest(), nonce);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

describe('sealed bytes', () => {
  const places = {
    account: accountPlace({ gateway: 'g', baseUrl: 'https://a', authUrl: 'https://b', fingerprint: '1' }),
    otherClient: accountPlace({ gateway: 'g', baseUrl: 'https://a', authUrl: 'https://b', fingerprint: '2' }),
    otherAddress: accountPlace({ gateway: 'g', baseUrl: 'https://evil', authUrl: 'https://b', fingerprint: '1' }),
    token: tokenPlace(7),
    otherToken: tokenPlace(8),
    webhook: webhookPlace('7'),
    signIn: signInPlace,
  };

  test.each(Object.entries(places))('open where they belong and nowhere else: %s', (name, place) => {
    const sealed = box.seal('segredo', place);
    expect(sealed.toString('latin1')).not.toContain('segredo');
    for (const [other, elsewhere] of Object.entries(places))
      if (other === name) expect(box.open(sealed, elsewhere)).toBe('segredo');
      else expect(() => box.open(sealed, elsewhere)).toThrow(SecretsKeyError);
  });

  test('do not open under another key, nor when a byte is another', () => {
    const sealed = box.seal('segredo', places.token);
    expect(() => createSecretBox('outra chave qualquer de testes aqui').open(sealed, places.token)).toThrow(
      /SECRETS_KEY/,
    );
    for (const at of sealed.keys()) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] as number) ^ 1;
      expect(() => box.open(changed, places.token)).toThrow(SecretsKeyError);
    }
    expect(() => box.open(sealed.subarray(0, -4), places.token)).toThrow(SecretsKeyError);
    expect(() => box.open(Buffer.alloc(0), places.token)).toThrow(SecretsKeyError);
  });

  test('of versions before open as what was kept then; a sign-in of theirs begins anew', () => {
    for (const place of [places.account, places.token, places.webhook])
      expect(box.open(sealedBefore('de antes'), place)).toBe('de antes');
    expect(() => box.open(sealedBefore('{}'), places.signIn)).toThrow(SecretsKeyError);
  });
});

describe('the first start after the upgrade', () => {
  const addresses = { baseUrl: 'https://api.invalid', authUrl: 'https://oauth.invalid' };

  test('seals anew what versions before sealed; what another key sealed stays', async () => {
    const accountId = await createAccount(knex, {
      ...{ base_url: addresses.baseUrl, auth_url: addresses.authUrl },
      credentials: sealedBefore(JSON.stringify({ clientId: 'de antes' })),
    });
    await knex('gateway_token').insert({ account_id: accountId, token: sealedBefore('token de antes') });
    const webhookId = await createWebhook(knex, {
      ...{ secret: sealedBefore('novo'), previous_secret: sealedBefore('anterior') },
    });
    const foreign = sealedBefore('{}', 'outra chave qualquer de testes aqui');
    const foreignId = await createAccount(knex, { credentials: foreign });

    expect(await resealOld(knex, box)).toBe(3);
    expect(await resealOld(knex, box)).toBe(0);

    expect(await loadAccount(knex, box, accountId)).toMatchObject({ credentials: { clientId: 'de antes' } });
    // Another one is got under the account's new version.
    expect(await knex('gateway_token').where({ account_id: accountId }).first('token')).toEqual({ token: null });
    const webhook = await knex('webhook').where({ id: webhookId }).first<Record<string, Buffer>>();
    expect(box.open(webhook['secret'] as Buffer, webhookPlace(webhookId))).toBe('novo');
    expect(box.open(webhook['previous_secret'] as Buffer, webhookPlace(webhookId))).toBe('anterior');
    const kept = await knex('gateway_account').where({ id: foreignId }).first<{ credentials: Buffer }>('credentials');
    expect(kept.credentials).toEqual(foreign);
  });

  test('credentials that are moved to another account, or whose address is changed in the record, do not open', async () => {
    const [one, other] = await Promise.all(
      ['um', 'outro'].map((clientId) => createAccount(knex, sealedAccount(box, addresses, { clientId }))),
    );
    const { credentials } = await knex('gateway_account').where({ id: other }).first<{ credentials: Buffer }>();
    await knex('gateway_account').where({ id: one }).update({ credentials });
    await expect(loadAccount(knex, box, one as number)).rejects.toThrow(SecretsKeyError);
    await knex('gateway_account').where({ id: other }).update({ base_url: 'https://evil.invalid' });
    await expect(loadAccount(knex, box, other as number)).rejects.toThrow(SecretsKeyError);
  });
});
