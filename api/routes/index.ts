import type { ApiDeps } from '../deps';
import { auditoriaRoutes } from './auditoria';
import { carteirasRoutes } from './carteiras';
import { comunicacoesRoutes } from './comunicacoes';
import { eventosRoutes } from './eventos';
import { filiaisRoutes } from './filiais';
import { sessaoRoutes } from './sessao';
import { sessaoOidcRoutes } from './sessaoOidc';
import { titulosRoutes } from './titulos';
import { tokensRoutes } from './tokens';
import { usuariosRoutes } from './usuarios';
import { webhooksRoutes } from './webhooks';

/** Every part of the API, one subject each. */
export function routes(deps: ApiDeps) {
  return [
    sessaoRoutes(deps),
    sessaoOidcRoutes(deps),
    usuariosRoutes(deps),
    tokensRoutes(deps),
    auditoriaRoutes(deps),
    filiaisRoutes(deps),
    carteirasRoutes(deps),
    comunicacoesRoutes(deps),
    titulosRoutes(deps),
    eventosRoutes(deps),
    webhooksRoutes(deps),
  ];
}
