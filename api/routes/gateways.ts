import { z } from '@hono/zod-openapi';
import { accountFieldNames, describeManifest, type AccountFieldKey } from '../../domain/manifest';
import { manifests } from '../../gateways';
import { json, router, secured } from '../route';
import { limitSchema } from '../schemas/limit';

const addressSchema = z.object({ label: z.string(), words: z.string() });

const fieldSchema = z.object({
  key: z
    .enum(Object.keys(accountFieldNames) as [AccountFieldKey])
    .openapi({ description: 'A opção da linha de comando' }),
  property: z.string().openapi({ description: 'O nome em PUT /carteiras/{id}/conta', example: 'variation' }),
  label: z.string(),
  pattern: z.string().openapi({ description: 'Expressão regular' }),
  words: z.string().openapi({ description: 'A forma, em palavras', example: '7 dígitos' }),
  required: z.boolean(),
  usual: z.string().nullable().openapi({ description: 'Vale quando nada mais é dito' }),
});

const credentialSchema = z.object({
  key: z.string(),
  label: z.string(),
  kind: z.enum(['text', 'pem', 'pfx']).openapi({ description: 'pfx: o arquivo PKCS #12, em base64' }),
  secret: z.boolean(),
  optional: z.boolean(),
  identifies: z.boolean().openapi({ description: 'Com outro valor é outra conta' }),
  passwordKey: z.string().nullable().openapi({ description: 'A credencial que é a senha desta' }),
});

const gatewaySchema = z
  .object({
    name: z.string(),
    label: z.string(),
    compeCodes: z.array(z.string()).openapi({ description: 'Os bancos de que os boletos podem ser' }),
    fields: z.array(fieldSchema),
    credentials: z.array(credentialSchema),
    addresses: z.object({
      base: addressSchema,
      token: addressSchema.nullable().openapi({ description: 'null: não dá token' }),
    }),
    environments: z.array(
      z.object({
        label: z.string(),
        real: z.boolean().openapi({ description: 'Os boletos valem' }),
        base: z.string(),
        token: z.string().nullable(),
      }),
    ),
    limits: z
      .record(z.string(), limitSchema)
      .openapi({ description: 'As chamadas permitidas de uma conta que nada mais diz, por tipo' }),
  })
  .openapi('Gateway');

export function gatewaysRoutes() {
  return router().openapi(
    secured('consulta', {
      method: 'get',
      path: '/gateways',
      tags: ['Carteiras'],
      summary: 'Os gateways que uma carteira pode usar, e de que uma conta neles é feita; nunca segredos',
      responses: { 200: json(z.object({ items: z.array(gatewaySchema) }), 'Por nome') },
    }),
    (context) => {
      const items = Object.values(manifests)
        .map(describeManifest)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      return context.json({ items }, 200);
    },
  );
}
