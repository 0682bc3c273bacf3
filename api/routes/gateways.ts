import { gatewaysSchema } from '../../contract/gateway';
import { describeManifest } from '../../domain/manifest';
import { manifests } from '../../gateways';
import { json, router, secured } from '../route';

export function gatewaysRoutes() {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/gateways',
      tags: ['Carteiras'],
      summary: 'Os gateways que uma carteira pode usar, e de que uma conta neles é feita; nunca segredos',
      responses: { 200: json(gatewaysSchema, 'Por nome') },
    }),
    (context) => {
      const items = Object.values(manifests)
        .map(describeManifest)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return context.json({ items }, 200);
    },
  );
}
