import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/stack/root';

test.each([
  'README.md',
  'client/README.md',
  'docs/manual-do-operador.md',
  'docs/integracao.md',
  'web/screens/usuarios/Tokens.tsx',
  // The hint of whoever asks the API for an address that it does not have.
  'api/app.ts',
])('%s says where the OpenAPI document is', (path) => {
  expect(readFileSync(join(root, path), 'utf8')).toMatch(/\/api\/v1\/openapi\.json/);
});
