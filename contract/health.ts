import { z } from '@hono/zod-openapi';

export const healthSchema = z.object({ ok: z.literal(true) });
