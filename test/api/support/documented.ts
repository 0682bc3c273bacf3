import type { Answer, ApiScene } from './apiScene';

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  type?: string | string[];
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
}
type Schemas = Record<string, Schema>;
interface Document {
  paths: Record<
    string,
    Record<string, { responses: Record<string, { content?: Record<string, { schema: Schema }> }> }>
  >;
  components: { schemas: Schemas };
}

/**
 * What an answer has that the OpenAPI document does not say, or the other way round, as paths; empty when they agree.
 * Names, types, enumerations and what is required: enough to find a forgotten field.
 */
export async function undocumented(
  scene: ApiScene,
  method: string,
  path: string,
  { status, body }: Pick<Answer, 'status' | 'body'>,
): Promise<string[]> {
  const document = (await scene.ask(null, 'GET', '/openapi.json')).body as Document;
  const content = document.paths[`/api/v1${path}`]?.[method]?.responses[String(status)]?.content ?? {};
  const schema = (content['application/json'] ?? content['application/problem+json'])?.schema;
  if (!schema) return [`${method} ${path} ${status} is not documented`];
  return differences(document.components.schemas, schema, body, '');
}

function differences(schemas: Schemas, given: Schema, value: unknown, at: string): string[] {
  const schema = resolved(schemas, given);
  const any = schema.anyOf ?? schema.oneOf;
  if (any) {
    const all = any.map((each) => differences(schemas, each, value, at));
    return all.some((each) => each.length === 0) ? [] : (all[0] ?? []);
  }
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((each) => each === type || (each === 'integer' && Number.isInteger(value))))
    return [`${at}: ${type} instead of ${types.join('|')}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${String(value)} is none of those listed`];
  if (Array.isArray(value))
    return value.flatMap((each, nth) => differences(schemas, schema.items ?? {}, each, `${at}[${nth}]`));
  return typeof value === 'object' && value !== null ? ofObject(schemas, schema, value, at) : [];
}

function ofObject(schemas: Schemas, schema: Schema, value: object, at: string): string[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const missing = required.filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`);
  const others = typeof additionalProperties === 'object' ? additionalProperties : {};
  const closed = schema.properties !== undefined && !additionalProperties;
  const wrong = Object.entries(value).flatMap(([name, each]) => {
    const own = properties[name];
    if (!own && closed) return [`${at}.${name} is not documented`];
    return differences(schemas, own ?? others, each, `${at}.${name}`);
  });
  return [...missing, ...wrong];
}

/** A reference followed, and parts that hold together as one object. */
function resolved(schemas: Schemas, schema: Schema): Schema {
  if (schema.$ref) return resolved(schemas, schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
  if (!schema.allOf) return schema;
  const parts = schema.allOf.map((part) => resolved(schemas, part));
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)) as Schemas,
    required: parts.flatMap(({ required = [] }) => required),
  };
}
