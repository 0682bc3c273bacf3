import { z } from '@hono/zod-openapi';
import {
  accountTestSchema,
  carteiraSchema,
  carteirasQuery,
  carteirasSchema,
  definitionSchema,
  limitsSchema,
} from '../../contract/account';
import { idParam } from '../../contract/basics';
import { accountRefusal } from '../../words/accountRefusal';
import { manifestOf, manifests } from '../../gateways';
import { readAccountHealth } from '../../record/accounts/accountHealth';
import { changeLimits } from '../../record/accounts/accountLimits';
import { carteirasOf, getCarteira, listCarteiras, type CarteiraDetails } from '../../record/accounts/carteiras';
import { defineGatewayAccount, type DefinitionResult } from '../../record/accounts/defineAccount';
import { accountFieldProperties, identifyingKeys, identityWords, listed } from '../../domain/manifest';
import { sees, type Actor } from '../access/actor';
import type { ApiDeps } from '../deps';
import { notFound, Problem } from '../problem';
import { json, jsonBody, router, secured } from '../route';

const params = z.object({ id: idParam });
const tags = ['Carteiras'];

export function carteirasRoutes({ knex, secretBox, checkAccount }: ApiDeps) {
  async function visible(actor: Actor, id: number): Promise<CarteiraDetails> {
    const carteira = await getCarteira(knex, id);
    if (!carteira || !sees(actor, filialOf(carteira))) throw notFound('A carteira');
    return carteira;
  }

  async function shown(actor: Actor, id: number): Promise<z.infer<typeof carteiraSchema>> {
    const { account, ...carteira } = await visible(actor, id);
    if (!account) return { ...carteira, account };
    const health = await readAccountHealth(knex, secretBox, account.id);
    const carteiras = actor.filiais ? await carteirasOf(knex, account.carteiras, actor.filiais) : account.carteiras;
    // It was there in the statement before: accounts are never deleted.
    const { token, certificateExpiresAt, credentialsReadable } = health as NonNullable<typeof health>;
    return {
      ...carteira,
      account: {
        ...account,
        carteiras,
        health: {
          credentialsReadable,
          certificateExpiresAt: iso(certificateExpiresAt),
          token: token && { ...token, obtainedAt: iso(token.obtainedAt), usableUntil: iso(token.usableUntil) },
        },
      },
    };
  }

  return router()
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/carteiras',
        tags,
        summary: 'As carteiras de cobrança',
        request: { query: carteirasQuery },
        responses: { 200: json(carteirasSchema, 'Por ID') },
      }),
      async (context) => {
        const { q } = context.req.valid('query');
        const { filiais } = context.get('actor');
        const items = await listCarteiras(knex, { ...(q === undefined ? {} : { q }), filiais });
        return context.json({ items }, 200);
      },
    )
    .openapi(
      secured('consulta', {
        method: 'get',
        path: '/carteiras/{id}',
        tags,
        summary: 'Uma carteira, sua conta e a saúde dela; nunca segredos',
        request: { params },
        responses: { 200: json(carteiraSchema, 'A carteira') },
      }),
      async (context) => {
        const carteira = await shown(context.get('actor'), context.req.valid('param').id);
        return context.json(carteira, 200, { ETag: `"${carteira.version}"` });
      },
    )
    .openapi(
      secured(
        'administrador',
        {
          method: 'put',
          path: '/carteiras/{id}/conta',
          tags,
          summary: 'Liga a carteira à sua conta em um gateway',
          description:
            'Endereços, credenciais e token são um só: com a mudança, o token de antes acaba. Endereço, convênio e as credenciais que identificam a conta (GET /gateways) só mudam sem boletos de resultado incerto e sem comunicação em andamento, a não ser uma que a configuração pausou; o segredo sozinho, também com uma comunicação pausada.',
          request: {
            params,
            headers: z.object({
              'if-match': z.string().max(100).optional().openapi({ description: 'O ETag lido, no lugar de `version`' }),
            }),
            ...jsonBody(definitionSchema(Object.keys(manifests))),
          },
          responses: { 200: json(carteiraSchema, 'A carteira com a conta') },
        },
        { confirmed: true },
      ),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        await visible(actor, id);
        const {
          limits,
          version = etagOf(context.req.valid('header')['if-match']),
          ...given
        } = context.req.valid('json');
        const result = await defineGatewayAccount(knex, secretBox, manifests, {
          ...defined(given),
          ...(limits && { limits: defined(limits) }),
          ...(version !== undefined && { version }),
          ...{ carteiraId: id, by: actor.id, filiais: actor.filiais },
        });
        if (result.kind !== 'defined') throw definitionRefused(result, given.gateway, actor);
        return context.json(await shown(actor, id), 200);
      },
    )
    .openapi(
      secured('administrador', {
        method: 'patch',
        path: '/carteiras/{id}/limites',
        tags,
        summary: 'Muda as chamadas permitidas da conta; uma comunicação em andamento as segue logo',
        request: { params, ...jsonBody(limitsSchema) },
        responses: { 200: json(carteiraSchema, 'A carteira com os novos limites') },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        await visible(actor, id);
        const limits = defined(context.req.valid('json'));
        const result = await changeLimits(knex, { carteiraId: id, limits, by: actor.id, filiais: actor.filiais });
        switch (result.kind) {
          case 'changed':
            return context.json(await shown(actor, id), 200);
          case 'invalid':
            throw new Problem(422, 'limite_invalido', result.message);
          case 'unknownCarteira':
            throw notFound('A carteira');
          case 'otherFilial':
            throw otherFilial();
          case 'noAccount':
            throw noAccount();
        }
      },
    )
    .openapi(
      secured('operador', {
        method: 'post',
        path: '/carteiras/{id}/teste',
        tags,
        summary: 'Testa a conta no banco: token, escopos e uma consulta que nada muda',
        request: { params },
        responses: {
          200: json(
            accountTestSchema,
            'Os passos, até o primeiro que não deu certo; uma conta com problema também é um resultado',
          ),
        },
      }),
      async (context) => {
        const actor = context.get('actor');
        const { id } = context.req.valid('param');
        await visible(actor, id);
        if (!checkAccount)
          throw new Problem(503, 'sem_gateways', 'Esta API não alcança os bancos.', {
            hint: 'Teste-a de novo, ou peça a quem cuida do sistema.',
          });
        const result = await checkAccount(id, actor.id);
        if (result.kind === 'unknownCarteira') throw notFound('A carteira');
        if (result.kind === 'noAccount') throw noAccount();
        if (result.kind === 'tooSoon') {
          const { testedSecondsAgo, waitSeconds } = result;
          throw new Problem(429, 'conta_testada_agora', `Testada há ${testedSecondsAgo} s: aguarde.`, {
            ...{ hint: `Cada teste pede um token ao banco; teste de novo em ${waitSeconds} s.` },
            retryAfterSeconds: waitSeconds,
          });
        }
        const steps = result.steps.map(({ label, ...step }) => ({ ...step, stepLabel: label }));
        return context.json({ ok: steps.every(({ ok }) => ok), steps }, 200);
      },
    );
}

function filialOf({ filialId }: CarteiraDetails): number[] | null {
  return filialId === null ? null : [filialId];
}

/** `"3-1"` → `3-1`; `*` asks for nothing that is not so anyway. */
function etagOf(header: string | undefined): string | undefined {
  return header === undefined || header.trim() === '*' ? undefined : header.trim().replace(/^"(.*)"$/, '$1');
}

function iso(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

/** Without what was not given: zod leaves it as undefined. */
function defined<T extends object>(given: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]: Exclude<T[Key], undefined>;
  };
}

/** The command line's options by their names here. */
const fields: Readonly<Record<string, string>> = {
  'base-url': 'baseUrl',
  'auth-url': 'authUrl',
  credenciais: 'credentials',
  timeout: 'timeoutSeconds',
  'proximo-numero': 'nextNumber',
  limite: 'limits',
  ...accountFieldProperties,
};

function definitionRefused(
  result: Exclude<DefinitionResult, { kind: 'defined' }>,
  gateway: string,
  { filiais }: Actor,
): Problem {
  const manifest = manifestOf(gateway);
  switch (result.kind) {
    case 'invalid':
      return new Problem(422, 'definicao_invalida', 'A definição da conta não serve; nada foi alterado.', {
        fields: result.problems.map(({ field, message }) => ({ field: fields[field] ?? field, message })),
      });
    case 'unknownCarteira':
      return notFound('A carteira');
    case 'otherFilial':
      return otherFilial();
    case 'production':
      return new Problem(
        409,
        'carteira_em_producao',
        'A carteira é de produção: nela, códigos que não conferem nunca são aceitos.',
        {
          hint: 'Para um ambiente de testes, importe a carteira com ambiente_homologacao_gateway S e use o endereço dele.',
        },
      );
    case 'unresolvedAttempts':
    case 'liveBatch':
    case 'changedSince': {
      // A batch may hold títulos of other filiais, and is nobody else's business then.
      const { code, message, hint } = accountRefusal(result, manifest ? identityWords(manifest) : '', filiais === null);
      return new Problem(409, code, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`, { hint });
    }
    case 'convenioElsewhere':
      return new Problem(
        409,
        'convenio_de_outra_conta',
        `O convênio já é da conta de outra carteira${filiais ? '' : ` (${result.carteiraIds.join(', ')})`}, com outro ${listed(manifest ? identifyingKeys(manifest) : [])}.`,
        { hint: 'Um convênio tem uma só numeração: use as mesmas credenciais nas duas carteiras.' },
      );
  }
}

function otherFilial(): Problem {
  return new Problem(403, 'filial_de_outro', 'A conta também serve a carteiras de outra filial.', {
    hint: 'Peça a mudança a um administrador de todas as filiais.',
  });
}

function noAccount(): Problem {
  return new Problem(409, 'carteira_sem_conta', 'A carteira não tem conta de gateway.', { hint: 'Defina-a antes.' });
}
