import type { Contract, ParamsOf } from '../../api/contract';
import { call } from './client';

export type Route = keyof Contract;
export type AnswerOf<Name extends Route> = Contract[Name]['answer'];

/** As an address can say it: numbers as their digits, several by commas, flags as words. */
type Said<Value> = [Value] extends ['true' | 'false']
  ? boolean
  : string extends Value
    ? string | number | readonly string[]
    : Value;
type QueryOf<Name extends Route> = Contract[Name] extends { query: infer Query }
  ? { [Key in keyof Query]?: Said<Exclude<Query[Key], undefined>> | null | undefined }
  : Record<string, never>;
type BodyOf<Name extends Route> = Contract[Name] extends { body: infer Body } ? { body: Body } : { body?: undefined };
type PathOf<Name extends Route> = Name extends `${string} ${infer Path}` ? Path : never;

export type Asking<Name extends Route> = BodyOf<Name> &
  (unknown extends ParamsOf<PathOf<Name>> ? { params?: undefined } : { params: ParamsOf<PathOf<Name>> }) & {
    query?: QueryOf<Name>;
    signal?: AbortSignal;
  };

/**
 * A request whose path, parameters, query, body and answer are those of the API's own schemas.
 * @throws ApiProblem, AbortError as `call`
 */
export function ask<Name extends Route>(
  route: Name,
  { params, query, body, signal }: Asking<Name>,
): Promise<AnswerOf<Name>> {
  const [method = '', path = ''] = route.split(' ');
  const names = (params ?? {}) as Record<string, string | number>;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name])));
  return call<AnswerOf<Name>>(method, filled, {
    ...(query ? { query } : {}),
    ...(body === undefined ? (method === 'POST' ? { body: {} } : {}) : { body }),
    ...(signal ? { signal } : {}),
  });
}
