// A real OpenID Connect provider for tests, as a process: oidc-provider is an ES module, which jest does not load.
// It listens first and says where; the clients, which need to know addresses themselves, are told by message.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** The claims of each person, by subject; a later message replaces them. */
let people = {};
/** Whether the keys that it shows are others than those that it signs with. */
let otherKeys = false;
const server = createServer();

function start(clients) {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], email: ['email'], acesso: ['papel', 'acesso'] },
    scopes: ['openid', 'offline_access', 'acesso'],
    findAccount: (_context, id) =>
      people[id] ? { accountId: id, claims: () => ({ sub: id, ...people[id] }) } : undefined,
  });
  provider.on('server_error', (_context, error) => process.stderr.write(`${error.stack}\n`));
  const answer = provider.callback();
  server.on('request', (request, response) =>
    otherKeys && request.url === '/jwks' ? void showOtherKeys(response) : void answer(request, response),
  );
}

function showOtherKeys(response) {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' };
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ keys: [key] }));
}

process.on('message', (message) => {
  people = message.people ?? people;
  otherKeys = message.otherKeys ?? otherKeys;
  if (message.clients) start(message.clients);
  process.send({ done: true });
});
process.once('disconnect', () => process.exit(0));
server.listen(0, '127.0.0.1', () => process.send({ ready: true, issuer: `http://127.0.0.1:${server.address().port}` }));
