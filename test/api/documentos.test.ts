import { openApiScene, type ApiScene } from './support/apiScene';
import { twoFiliais, type TwoFiliais } from './support/twoFiliais';
import { createPrintable } from './support/printable';

let scene: ApiScene;
let two: TwoFiliais;
beforeAll(async () => {
  scene = await openApiScene();
  two = await twoFiliais(scene);
});
afterAll(() => scene.close());

async function pdf(path: string) {
  const response = await scene.api.request(`/api/v1${path}`, { headers: { Authorization: `Bearer ${two.consulta}` } });
  return { response, bytes: Buffer.from(await response.arrayBuffer()) };
}
const pagesOf = (bytes: Buffer) => bytes.toString('latin1').match(/\/Type \/Page\b/g)?.length;

test('the registered boletos of a batch are one PDF, a page each; the others are not in it', async () => {
  const { batchId, carteira } = two.own;
  const ids = [
    await createPrintable(scene.knex, carteira, batchId),
    await createPrintable(scene.knex, carteira, batchId),
  ];
  const whole = await pdf(`/comunicacoes/${batchId}/documentos`);
  expect(whole.response.headers.get('content-type')).toBe('application/pdf');
  expect(whole.bytes.subarray(0, 5).toString()).toBe('%PDF-');
  expect(pagesOf(whole.bytes)).toBe(2);
  const one = await pdf(`/titulos/${ids[0]}/documento`);
  expect(pagesOf(one.bytes)).toBe(1);
});

test('what is not registered has no PDF, and what is of another filial does not exist', async () => {
  const code = async (path: string) => (JSON.parse((await pdf(path)).bytes.toString()) as { code: string }).code;
  expect(await code(`/titulos/${two.own.receivableId}/documento`)).toBe('boleto_nao_registrado');
  expect(await code(`/titulos/${two.foreign.receivableId}/documento`)).toBe('nao_encontrado');
  expect(await code(`/comunicacoes/${two.foreign.batchId}/documentos`)).toBe('nao_encontrado');
  await createPrintable(scene.knex, two.foreign.carteira, two.foreign.batchId);
  expect(await code(`/comunicacoes/${two.foreign.batchId}/documentos`)).toBe('nao_encontrado');
});
