import { z } from '@hono/zod-openapi';
import { listOf } from './basics';

export const filiaisSchema = listOf(z.object({ id: z.number().int(), name: z.string() }));
