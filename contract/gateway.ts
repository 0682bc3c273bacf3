import { z } from '@hono/zod-openapi';
import { accountFieldNames, type AccountFieldKey } from '../domain/manifest';
import { limitSchema } from './account';
import type { Answer } from './answer';
import { listOf } from './basics';

/* A gateway as its manifest describes it. */

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

export const gatewaysSchema = listOf(gatewaySchema);

export type GatewayDescription = Answer<typeof gatewaySchema>;
