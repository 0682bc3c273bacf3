import { randomUUID } from 'node:crypto';
import { addDays, localDate } from '../../../domain/kinds/dates';
import type { Role } from '../../../domain/access';
import type { World } from './world';

/** One request of an operation, about things of one filial. */
export interface Call {
  path?: Record<string, string | number>;
  query?: Record<string, string | number>;
  body?: object;
  headers?: Record<string, string>;
}

export interface Sample {
  /** Said again here, so that nobody opens a route by a slip of the pen. */
  access: Role | 'public';
  /** As `access`: for people only, who have shown again who they are. */
  confirmed?: true | 'people';
  about(world: World): Call;
  /** Answers to who may, besides a success: of things that a test's record has no way to bring about. */
  own?: { status: number; code: string; why: string };
  /**
   * Nothing in the request says whose things are meant: the answer to every filial is the asker's own. Otherwise the
   * foreign thing is answered like one that does not exist.
   */
  namesNothing?: true;
  /** Code of the refusal of a foreign thing where it is not `nao_encontrado`. */
  foreign?: { status: number; code: string };
}

const nothing = (access: Sample['access']): Sample => ({ access, about: () => ({}), namesNothing: true });
const password = 'senha somente de teste';
/** Another one for each world: a day is a holiday once. */
const dayOf = (id: number) => addDays(localDate('2040-01-01'), Math.floor((id % 1_000_000_000) / 1_000));

/** An action on a batch of the record that no workflow conducts: past the door, and no further. */
const action = (body: (world: World) => object = () => ({})): Sample => ({
  access: 'operador',
  about: (world) => ({ path: { batchId: world.batchId }, body: body(world) }),
  own: { status: 404, code: 'comunicacao_desconhecida', why: 'no workflow; test/api/inicio.test.ts' },
});

/** How each operation is called; one that is missing here fails test/api/matrix.test.ts. */
export const samples: Record<string, Sample> = {
  'GET /saude': nothing('public'),
  'POST /sessao': {
    access: 'public',
    about: ({ userId }) => ({ body: { login: userId, password } }),
    own: { status: 401, code: 'login_recusado', why: 'ids are no logins' },
    foreign: { status: 401, code: 'login_recusado' },
  },
  'GET /sessao': nothing('consulta'),
  'DELETE /sessao': nothing('consulta'),
  'POST /sessao/senha': {
    access: 'consulta',
    about: () => ({ body: { current: password, password } }),
    own: { status: 409, code: 'sem_senha', why: 'the matrix asks with tokens' },
    namesNothing: true,
  },
  'GET /sessao/confirmacao': nothing('consulta'),
  'POST /sessao/confirmacao': {
    access: 'consulta',
    about: () => ({ body: { password } }),
    own: { status: 403, code: 'sessao_exigida', why: 'the matrix asks with tokens; test/api/confirmacao.test.ts' },
    namesNothing: true,
  },
  'GET /sessao/oidc/confirmacao': {
    ...nothing('consulta'),
    own: { status: 404, code: 'oidc_desligado', why: 'test/api/oidc.test.ts' },
  },
  'GET /sessao/entrada': nothing('public'),
  'GET /sessao/oidc': {
    ...nothing('public'),
    own: { status: 404, code: 'oidc_desligado', why: 'test/api/oidc.test.ts' },
  },
  'GET /sessao/oidc/retorno': {
    ...nothing('public'),
    own: { status: 404, code: 'oidc_desligado', why: 'test/api/oidc.test.ts' },
  },

  'GET /sessoes': nothing('consulta'),
  'DELETE /sessoes/{id}': {
    access: 'consulta',
    about: () => ({ path: { id: '0123456789abcdef' } }),
    own: { status: 404, code: 'nao_encontrado', why: 'the matrix asks with tokens; test/api/sessao.test.ts' },
  },

  'GET /filiais': nothing('consulta'),
  'GET /filiais/{id}': { access: 'consulta', about: ({ filialId }) => ({ path: { id: filialId } }) },
  'PUT /filiais/{id}': {
    access: 'operador',
    about: ({ filialId, word }) => ({ path: { id: filialId }, body: { razao: `Filial ${word}` } }),
    foreign: { status: 422, code: 'linha_invalida' },
  },
  'PUT /carteiras/{id}': {
    access: 'operador',
    about: ({ spareCarteiraId, filialId, word }) => ({
      ...{ path: { id: spareCarteiraId }, body: { descricao: `Reserva ${word}`, filial_id: filialId } },
    }),
    foreign: { status: 422, code: 'linha_invalida' },
  },
  'GET /clientes/{id}': { access: 'consulta', about: ({ customerId }) => ({ path: { id: customerId } }) },
  'PUT /clientes/{id}': {
    access: 'operador',
    about: ({ customerId, word }) => ({
      path: { id: customerId },
      body: { tipo_pessoa: 'F', razao: `Cliente ${word}`, cnpj_cpf: '52998224725' },
    }),
    // A key that nobody has makes a new one, whoever asks.
    namesNothing: true,
  },
  'PUT /titulos/{id}': {
    access: 'operador',
    about: ({ rejectedId, customerId, filialId, carteiraId }) => ({
      path: { id: rejectedId },
      body: {
        ...{ id_cliente: customerId, filial_id: filialId, id_carteira_cobranca: carteiraId },
        ...{ data_emissao: '2030-01-10', data_vencimento: '2030-02-11', valor: '99.90' },
      },
    }),
    foreign: { status: 422, code: 'linha_invalida' },
  },
  'POST /importacoes': {
    access: 'operador',
    about: ({ customerId, word }) => ({
      headers: { 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': `matriz-${randomUUID()}` },
      body: { type: 'cliente', id: customerId, tipo_pessoa: 'F', razao: `Cliente ${word}`, cnpj_cpf: '52998224725' },
    }),
    // What a row is about is judged when it is imported.
    namesNothing: true,
  },
  'GET /importacoes': nothing('operador'),
  'GET /importacoes/{id}': { access: 'operador', about: ({ importId }) => ({ path: { id: importId } }) },
  'GET /importacoes/{id}/linhas': { access: 'operador', about: ({ importId }) => ({ path: { id: importId } }) },
  'GET /usuarios': nothing('administrador'),
  'POST /usuarios': {
    access: 'administrador',
    confirmed: true,
    about: ({ filialId, word, batchId }) => ({
      body: { login: `nova.${word}.${batchId}`, name: 'Nova', role: 'consulta', filiais: [filialId], password },
    }),
    foreign: { status: 403, code: 'filial_de_outro' },
  },
  'PATCH /usuarios/{id}': {
    access: 'administrador',
    confirmed: true,
    about: ({ userId }) => ({ path: { id: userId }, body: { name: 'Com Outro Nome' } }),
  },
  'GET /tokens': nothing('administrador'),
  'POST /tokens': {
    access: 'administrador',
    confirmed: true,
    about: ({ filialId }) => ({ body: { name: 'ERP', role: 'operador', filiais: [filialId], expiresInDays: 1 } }),
    foreign: { status: 403, code: 'filial_de_outro' },
  },
  'DELETE /tokens/{id}': { access: 'administrador', about: ({ tokenId }) => ({ path: { id: tokenId } }) },
  'GET /auditoria': nothing('administrador'),

  'GET /comunicacoes': nothing('consulta'),
  'GET /comunicacoes/{batchId}': { access: 'consulta', about: ({ batchId }) => ({ path: { batchId } }) },
  'POST /comunicacoes': {
    access: 'operador',
    about: ({ carteiraId }) => ({ body: { carteiraId }, headers: { 'Idempotency-Key': `matriz-${carteiraId}` } }),
  },
  'POST /comunicacoes/simulacao': { access: 'consulta', about: ({ carteiraId }) => ({ body: { carteiraId } }) },
  'GET /comunicacoes/{batchId}/itens': { access: 'consulta', about: ({ batchId }) => ({ path: { batchId } }) },
  'GET /comunicacoes/{batchId}/causas': { access: 'consulta', about: ({ batchId }) => ({ path: { batchId } }) },
  'GET /comunicacoes/{batchId}/fora': { access: 'consulta', about: ({ batchId }) => ({ path: { batchId } }) },
  'POST /comunicacoes/{batchId}/acoes/refazer': action(() => ({ scope: 'all' })),
  'POST /comunicacoes/{batchId}/acoes/descartar': action(({ rejectedId }) => ({
    ...{ receivableIds: [rejectedId], reasonCode: 'teste' },
  })),
  'POST /comunicacoes/{batchId}/acoes/resolver': action(({ rejectedId }) => ({
    ...{ receivableId: rejectedId, decision: 'absent', reason: 'Conferido' },
  })),
  'POST /comunicacoes/{batchId}/acoes/reexaminar': action(),
  'POST /comunicacoes/{batchId}/acoes/pausar': action(),
  'POST /comunicacoes/{batchId}/acoes/retomar': action(),
  'POST /comunicacoes/{batchId}/acoes/concluir': action(),
  'GET /comunicacoes/{batchId}/eventos': {
    access: 'consulta',
    about: ({ batchId }) => ({ path: { batchId }, query: { desde: 0 } }),
  },

  'GET /carteiras': nothing('consulta'),
  'GET /gateways': nothing('consulta'),
  'GET /carteiras/{id}': { access: 'consulta', about: ({ carteiraId }) => ({ path: { id: carteiraId } }) },
  'PUT /carteiras/{id}/conta': {
    access: 'administrador',
    confirmed: true,
    about: ({ spareCarteiraId, word }) => ({
      path: { id: spareCarteiraId },
      body: {
        ...{ gateway: 'banco-do-brasil', baseUrl: 'https://banco.invalid', authUrl: 'https://banco.invalid/oauth' },
        convenio: `4${String(spareCarteiraId).slice(-6)}`,
        variation: '35',
        credentials: { clientId: `${word} ${spareCarteiraId}`, clientSecret: 'segredo', appKey: 'chave' },
      },
    }),
  },
  'PATCH /carteiras/{id}/limites': {
    access: 'administrador',
    about: ({ carteiraId }) => ({ path: { id: carteiraId }, body: { read: { calls: 7, windowMs: 1_000 } } }),
  },
  'POST /carteiras/{id}/teste': {
    access: 'operador',
    about: ({ carteiraId }) => ({ path: { id: carteiraId } }),
    own: { status: 503, code: 'sem_gateways', why: 'no bank here; test/api/carteiras.test.ts' },
  },

  'GET /carteiras/{id}/guarda': { access: 'consulta', about: ({ carteiraId }) => ({ path: { id: carteiraId } }) },
  'PUT /carteiras/{id}/guarda': {
    access: 'administrador',
    about: ({ carteiraId }) => ({
      path: { id: carteiraId },
      body: { daysBefore: 3, fromHour: 8, toHour: 18, businessDays: true },
    }),
  },
  'DELETE /carteiras/{id}/guarda': {
    access: 'administrador',
    about: ({ carteiraId }) => ({ path: { id: carteiraId } }),
  },
  'GET /feriados': nothing('consulta'),
  'POST /feriados': {
    access: 'administrador',
    about: ({ filialId, word, carteiraId }) => ({
      body: { day: dayOf(carteiraId), name: `Feriado ${word}`, filialId, yearly: true },
    }),
    foreign: { status: 403, code: 'filial_de_outro' },
  },
  'DELETE /feriados/{id}': { access: 'administrador', about: ({ holidayId }) => ({ path: { id: holidayId } }) },
  'POST /carteiras/{id}/conferencias': {
    access: 'operador',
    about: ({ carteiraId }) => ({
      path: { id: carteiraId },
      body: { from: '2026-01-01', to: '2026-01-31' },
      headers: { 'Idempotency-Key': `matriz-${carteiraId}` },
    }),
  },
  'GET /carteiras/{id}/conferencias': { access: 'consulta', about: ({ carteiraId }) => ({ path: { id: carteiraId } }) },
  'GET /conferencias/{id}': { access: 'consulta', about: ({ reviewId }) => ({ path: { id: reviewId } }) },
  'GET /conferencias/{id}/achados': { access: 'consulta', about: ({ reviewId }) => ({ path: { id: reviewId } }) },

  'GET /comunicacoes/{batchId}/exportacao': {
    access: 'consulta',
    about: ({ batchId }) => ({ path: { batchId }, query: { somente: 'todos' } }),
  },
  'GET /comunicacoes/{batchId}/documentos': { access: 'consulta', about: ({ batchId }) => ({ path: { batchId } }) },
  'GET /vencendo': nothing('consulta'),
  'GET /hoje': nothing('consulta'),
  'POST /hoje/alertas/{id}/conferido': {
    access: 'operador',
    about: ({ alertId }) => ({ path: { id: alertId }, body: { reason: 'Conferido' } }),
  },
  'GET /ainda-pagaveis': nothing('consulta'),
  'POST /ainda-pagaveis/conferidos': {
    access: 'operador',
    about: ({ closedId }) => ({ body: { receivableIds: [closedId], reason: 'Baixado no banco' } }),
  },
  'GET /pendencias-no-banco': nothing('consulta'),
  'POST /pendencias-no-banco/{id}/feita': {
    access: 'operador',
    about: ({ workId }) => ({ path: { id: workId }, body: { reason: 'Alterado no banco' } }),
  },
  'POST /titulos/{id}/conflitos/{proposta}': {
    access: 'operador',
    about: ({ rejectedId, conflictId }) => ({
      path: { id: rejectedId, proposta: conflictId },
      body: { decision: 'manter' },
    }),
  },
  'GET /erros-desconhecidos': nothing('consulta'),
  'GET /filtros': nothing('consulta'),
  'POST /filtros': {
    access: 'consulta',
    about: ({ carteiraId }) => ({ body: { name: `Da carteira ${carteiraId}`, carteiraId, filters: {} } }),
  },
  'DELETE /filtros/{id}': {
    access: 'consulta',
    about: ({ filterId }) => ({ path: { id: filterId } }),
    own: { status: 404, code: 'nao_encontrado', why: 'of another person of the same filial' },
  },

  'GET /titulos': nothing('consulta'),
  'GET /titulos/{id}/documento': { access: 'consulta', about: ({ printableId }) => ({ path: { id: printableId } }) },
  'GET /titulos/{id}/historia': { access: 'consulta', about: ({ registeredId }) => ({ path: { id: registeredId } }) },
  'PATCH /titulos/{id}': {
    access: 'operador',
    about: ({ rejectedId }) => ({ path: { id: rejectedId }, body: { changes: { cep: '20040-002', uf: 'RJ' } } }),
  },
  'POST /titulos/{id}/boleto-anterior': {
    access: 'operador',
    about: ({ leftOutId }) => ({ path: { id: leftOutId }, body: { decision: 'ignorar', reason: 'Baixado lá' } }),
  },
  'POST /titulos/{id}/pix': {
    access: 'operador',
    about: ({ withoutPixId }) => ({ path: { id: withoutPixId } }),
  },
  'POST /titulos/{id}/validacao': {
    access: 'consulta',
    about: ({ rejectedId }) => ({ path: { id: rejectedId }, body: { changes: { cep: '1' } } }),
  },
  'POST /correcoes/previa': {
    access: 'operador',
    about: ({ batchId, rejectedId }) => ({ body: { batchId, receivableIds: [rejectedId], changes: { numero: '7' } } }),
  },
  'POST /correcoes': {
    access: 'operador',
    about: ({ batchId, rejectedId }) => ({ body: { batchId, receivableIds: [rejectedId], changes: { numero: '7' } } }),
  },
  'POST /correcoes/{id}/desfazer': {
    access: 'operador',
    about: ({ correctionId }) => ({ path: { id: correctionId } }),
  },
  'POST /titulos/{id}/correcoes/{entrada}/desfazer': {
    access: 'operador',
    about: ({ rejectedId, entryId }) => ({ path: { id: rejectedId, entrada: entryId } }),
  },
  'GET /comunicacoes/{batchId}/correcoes': { access: 'consulta', about: ({ batchId }) => ({ path: { batchId } }) },
  'GET /comunicacoes/{batchId}/falhas/proxima': { access: 'consulta', about: ({ batchId }) => ({ path: { batchId } }) },
  'GET /titulos/{id}': { access: 'consulta', about: ({ rejectedId }) => ({ path: { id: rejectedId } }) },

  'GET /registros': nothing('consulta'),

  'GET /webhooks': nothing('operador'),
  'POST /webhooks': {
    access: 'operador',
    confirmed: 'people',
    about: ({ filialId }) => ({
      body: { name: 'ERP', url: 'https://erp.invalid/avisos', events: ['batch.done'], filiais: [filialId] },
    }),
    foreign: { status: 403, code: 'filial_de_outro' },
  },
  'PATCH /webhooks/{id}': {
    access: 'operador',
    confirmed: 'people',
    about: ({ webhookId }) => ({ path: { id: webhookId }, body: { name: 'Outro', newSecret: true } }),
  },
  'DELETE /webhooks/{id}': { access: 'operador', about: ({ webhookId }) => ({ path: { id: webhookId } }) },
  'POST /webhooks/{id}/teste': { access: 'operador', about: ({ webhookId }) => ({ path: { id: webhookId } }) },
  'GET /webhooks/{id}/entregas': { access: 'operador', about: ({ webhookId }) => ({ path: { id: webhookId } }) },
  'POST /webhooks/{id}/entregas/{entrega}/reenvio': {
    access: 'operador',
    about: ({ webhookId, deliveryId }) => ({ path: { id: webhookId, entrega: deliveryId } }),
  },
};

/** The same by query: each filter that names a thing, asked with a foreign one, finds nothing. */
export const searches: [operation: string, about: (world: World) => Call][] = [
  ['GET /auditoria', ({ batchId }) => ({ query: { entity: 'batch', entityId: batchId } })],
  ['GET /auditoria', ({ rejectedId }) => ({ query: { entity: 'receivable', entityId: rejectedId } })],
  ['GET /auditoria', ({ carteiraId }) => ({ query: { entity: 'carteira', entityId: carteiraId } })],
  ['GET /auditoria', ({ tokenId }) => ({ query: { entityId: tokenId } })],
  ['GET /auditoria', ({ userId }) => ({ query: { actor: userId } })],
  ['GET /comunicacoes', ({ carteiraId }) => ({ query: { carteiraId } })],
  ['GET /comunicacoes', ({ batchId }) => ({ query: { q: batchId } })],
  // Of these one is live in a batch that it shares with another filial, whose number is not told.
  ['GET /titulos/{id}', ({ freeId }) => ({ path: { id: freeId } })],
  ['GET /titulos/{id}/historia', ({ rejectedId }) => ({ path: { id: rejectedId } })],
  ['GET /hoje', () => ({})],
  ['GET /registros', () => ({})],
  ['GET /pendencias-no-banco', () => ({})],
  ['GET /pendencias-no-banco', ({ carteiraId }) => ({ query: { carteiraId } })],
  ['GET /ainda-pagaveis', () => ({})],
  ['GET /ainda-pagaveis', ({ carteiraId }) => ({ query: { carteiraId } })],
  ['GET /vencendo', () => ({ query: { dias: 30 } })],
  ['GET /vencendo', ({ carteiraId }) => ({ query: { dias: 30, carteiraId } })],
  [
    'GET /comunicacoes/{batchId}/exportacao',
    ({ batchId }) => ({ path: { batchId }, query: { formato: 'xlsx', somente: 'todos' } }),
  ],
  ['GET /erros-desconhecidos', () => ({})],
  ['GET /feriados', () => ({ query: { ano: 2050 } })],
  ['GET /carteiras', ({ word }) => ({ query: { q: word } })],
  ['GET /carteiras', ({ carteiraId }) => ({ query: { q: carteiraId } })],
  ['GET /titulos', ({ rejectedId }) => ({ query: { q: rejectedId } })],
  ['GET /titulos', ({ word }) => ({ query: { q: word } })],
  ['GET /titulos', ({ carteiraId }) => ({ query: { carteiraId } })],
  ['GET /titulos', ({ filialId }) => ({ query: { filialId } })],
];
