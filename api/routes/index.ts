import type { ApiDeps } from '../deps';
import { auditoriaRoutes } from './auditoria';
import { eventosRoutes } from './eventos';
import { filiaisRoutes } from './filiais';
import { sessaoRoutes } from './sessao';
import { sessaoOidcRoutes } from './sessaoOidc';
import { tokensRoutes } from './tokens';
import { usuariosRoutes } from './usuarios';

/** Every part of the API, one subject each. */
export function routes(deps: ApiDeps) {
  return [
    sessaoRoutes(deps),
    sessaoOidcRoutes(deps),
    usuariosRoutes(deps),
    tokensRoutes(deps),
    auditoriaRoutes(deps),
    filiaisRoutes(deps),
    eventosRoutes(deps),
  ];
}
