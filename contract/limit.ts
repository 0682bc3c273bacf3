import { z } from '@hono/zod-openapi';

export const limitSchema = z
  .strictObject({
    calls: z.number().int().min(1).max(1_000_000),
    windowMs: z.number().int().min(1).max(86_400_000),
  })
  .openapi('Limite');
