import type { ApiDeps } from '../deps';
import { createDownloads } from '../downloads';
import { acoesRoutes } from './acoes';
import { aindaPagaveisRoutes } from './aindaPagaveis';
import { auditoriaRoutes } from './auditoria';
import { boletoAnteriorRoutes } from './boletoAnterior';
import { conflitosRoutes } from './conflitos';
import { pendenciasNoBancoRoutes } from './pendenciasNoBanco';
import { cadastroRoutes } from './cadastro';
import { carteirasRoutes } from './carteiras';
import { comunicacoesRoutes } from './comunicacoes';
import { conferenciasRoutes } from './conferencias';
import { correcaoRoutes, desfazerRoutes } from './correcao';
import { correcoesRoutes } from './correcoes';
import { documentosRoutes } from './documentos';
import { errosDesconhecidosRoutes } from './errosDesconhecidos';
import { eventosRoutes } from './eventos';
import { exportacaoRoutes } from './exportacao';
import { falhasRoutes } from './falhas';
import { filiaisRoutes } from './filiais';
import { filtrosRoutes } from './filtros';
import { gatewaysRoutes } from './gateways';
import { guardaRoutes } from './guarda';
import { historiaRoutes } from './historia';
import { hojeRoutes } from './hoje';
import { importacoesRoutes } from './importacoes';
import { inicioRoutes } from './inicio';
import { itensRoutes } from './itens';
import { registrosRoutes } from './registros';
import { pixRoutes } from './pix';
import { saudeRoutes } from './saude';
import { sessaoRoutes } from './sessao';
import { sessaoConfirmacaoRoutes } from './sessaoConfirmacao';
import { sessaoOidcRoutes } from './sessaoOidc';
import { titulosRoutes } from './titulos';
import { sessoesRoutes } from './sessoes';
import { tokensRoutes } from './tokens';
import { usuariosRoutes } from './usuarios';
import { vencendoRoutes } from './vencendo';
import { webhooksRoutes } from './webhooks';

/** Every part of the API, one subject each. */
export function routes(deps: ApiDeps) {
  const downloads = createDownloads(deps);
  return [
    saudeRoutes(deps),
    sessaoRoutes(deps),
    sessaoConfirmacaoRoutes(deps),
    sessaoOidcRoutes(deps),
    sessoesRoutes(deps),
    usuariosRoutes(deps),
    tokensRoutes(deps),
    auditoriaRoutes(deps),
    filiaisRoutes(deps),
    carteirasRoutes(deps),
    gatewaysRoutes(),
    guardaRoutes(deps),
    conferenciasRoutes(deps),
    cadastroRoutes(deps),
    importacoesRoutes(deps),
    comunicacoesRoutes(deps),
    inicioRoutes(deps),
    itensRoutes(deps),
    acoesRoutes(deps),
    titulosRoutes(deps),
    boletoAnteriorRoutes(deps),
    pixRoutes(deps),
    correcaoRoutes(deps),
    desfazerRoutes(deps),
    falhasRoutes(deps),
    correcoesRoutes(deps),
    documentosRoutes(deps, downloads),
    errosDesconhecidosRoutes(deps),
    exportacaoRoutes(deps, downloads),
    filtrosRoutes(deps),
    historiaRoutes(deps),
    registrosRoutes(deps),
    vencendoRoutes(deps),
    hojeRoutes(deps),
    aindaPagaveisRoutes(deps),
    pendenciasNoBancoRoutes(deps),
    conflitosRoutes(deps),
    eventosRoutes(deps),
    webhooksRoutes(deps),
  ];
}
