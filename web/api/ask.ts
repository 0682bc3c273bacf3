import type { AnswerOf, BodyOf, HeadersOf, ParamsOf, QueryOf, Route } from '../../contract/routes';
import { call } from './client';

/** As an address can say it: numbers as their digits, several by commas, flags as words; '' is left out. */
type Said<Value> =
  | ''
  | null
  | undefined
  | ([Value] extends ['true' | 'false'] ? boolean : string extends Value ? string | number | readonly string[] : Value);
/** A part of a request that a route without it does not take. */
type Taken<Key extends string, Value> = [Value] extends [never]
  ? { [Each in Key]?: undefined }
  : { [Each in Key]: Value };

export type Asking<Name extends Route> = Taken<'body', BodyOf<Name>> &
  Taken<'headers', HeadersOf<Name>> &
  Taken<'params', unknown extends ParamsOf<Name> ? never : ParamsOf<Name>> & {
    query?: { [Key in keyof QueryOf<Name>]?: Said<Exclude<QueryOf<Name>[Key], undefined>> };
    signal?: AbortSignal;
  };
/** Nothing needs to be said where nothing is taken. */
type Given<Name extends Route> =
  Partial<Asking<Name>> extends Asking<Name> ? [asking?: Asking<Name>] : [asking: Asking<Name>];

/**
 * A request whose path, parameters, query, body and answer are those of the contract.
 * @throws ApiProblem, AbortError as `call`
 */
export function ask<Name extends Route>(route: Name, ...[asking]: Given<Name>): Promise<AnswerOf<Name>> {
  const { params, query, body, headers, signal }: Partial<Record<keyof Asking<Name>, unknown>> = asking ?? {};
  const [method = '', path = ''] = route.split(' ');
  return call<AnswerOf<Name>>(method, filled(path, params as Params), {
    ...(query ? { query: query } : {}),
    ...(body === undefined ? (method === 'POST' ? { body: {} } : {}) : { body }),
    ...(headers ? { headers } : {}),
    ...(signal ? { signal: signal as AbortSignal } : {}),
  });
}

type Params = Record<string, string | number> | undefined;

function filled(path: string, params: Params = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
}
