import { z } from '@hono/zod-openapi';
import { MAX_KEY } from '../domain/receivable/erpKey';
import { idSchema } from './basics';

/** Something that can be seen, and nothing that cannot: as the record reads a key. */
const KEY_PATTERN = `^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$`;

/** The ERP's own key in an address, percent-encoded: `ACC%2F2026%2F1`. */
export const erpKeyParam = z
  .string()
  .refine((text) => [...text].length <= MAX_KEY, `tem mais de ${MAX_KEY} caracteres`)
  .refine((text) => text.trim() !== '' && !/[\p{Cc}\p{Cs}]/u.test(text), 'não é uma chave')
  .openapi({
    ...{ type: 'string', minLength: 1, maxLength: MAX_KEY, pattern: KEY_PATTERN, example: 'ACC-SINV-2026-00012' },
    description: 'A chave do ERP: número ou texto; codificada como parte de endereço (/ é %2F)',
  });

const valueSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const fieldsSchema = z.record(z.string(), valueSchema);

export const storedRowSchema = z
  .object({
    id: idSchema.openapi({ description: 'O ID daqui; o da cobrança, nas outras chamadas' }),
    key: z.string().openapi({ description: 'A chave do ERP' }),
    fields: fieldsSchema.openapi({ description: 'O que está guardado agora, pelos nomes do ERP' }),
  })
  .openapi('LinhaGuardada');

export const putRowSchema = storedRowSchema
  .extend({
    outcome: z
      .enum(['new', 'changed', 'unchanged', 'pending'])
      .openapi({ description: 'pending: espera o fim certo de uma chamada ao banco, e é gravada depois, sozinha' }),
    ignoredFields: z.array(z.string()).openapi({ description: 'Nomes que ninguém conhece' }),
  })
  .openapi('LinhaGravada');
