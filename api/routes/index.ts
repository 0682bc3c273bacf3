import type { ApiDeps } from '../deps';
import { sessaoRoutes } from './sessao';

/** Every part of the API, one subject each. */
export function routes(deps: ApiDeps) {
  return [sessaoRoutes(deps)];
}
