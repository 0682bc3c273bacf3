import type { z } from '@hono/zod-openapi';

/** As JSON carries it: instants are ISO texts, and what is undefined is absent. */
type Told<Value> = Value extends Date
  ? string
  : Value extends readonly (infer Each)[]
    ? Told<Each>[]
    : Value extends object
      ? { [Name in keyof Value]: Told<Exclude<Value[Name], undefined>> }
      : Value;

/** What whoever asks is answered. Instants are ISO texts, dates AAAA-MM-DD, money whole centavos. */
export type Answer<Schema extends z.ZodType> = Told<z.output<Schema>>;
/** What whoever asks sends. */
export type Asked<Schema extends z.ZodType> = z.input<Schema>;
