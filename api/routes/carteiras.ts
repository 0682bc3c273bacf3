import { z } from '@hono/zod-openapi';
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
import { idParam, searchParam } from '../schemas/basics';
import { limitSchema } from '../schemas/limit';

const limitsSchema = z.strictObject({ register: limitSchema.optional(), read: limitSchema.optional() });

const summarySchema = z
  .object({
    id: z.number().int(),
    description: z.string(),
    filialId: z.number().int().nullable(),
    gateway: z.string().nullable(),
    convenio: z.string().nullable(),
    accountId: z.number().int().nullable(),
    code: z.string(),
    variation: z.string(),
    timeoutSeconds: z.number().int(),
  })
  .openapi('CarteiraResumo');

const healthSchema = z.object({
  credentialsReadable: z.boolean().openapi({ description: 'false: guardadas com outra SECRETS_KEY' }),
  certificateExpiresAt: z.iso.datetime().nullable().openapi({ description: 'null: a conta não tem certificado' }),
  token: z
    .object({
      obtainedAt: z.iso.datetime().nullable(),
      usableUntil: z.iso.datetime().nullable().openapi({ description: 'null: o banco recusou este token' }),
      accepted: z.boolean().openapi({ description: 'O banco aceitou uma chamada feita com ele' }),
      refusedInARow: z.number().int(),
    })
    .nullable()
    .openapi({ description: 'null: nenhum foi pedido ainda' }),
});

const versionSchema = z.string().regex(/^\d{1,10}-\d{1,10}$/);

const detailsSchema = summarySchema
  .extend({
    version: versionSchema.openapi({ description: 'Da definição e da conta; muda com elas. Também no cabeçalho ETag' }),
    especie: z.string(),
    addressSource: z.enum(['main', 'billing']),
    homologation: z.boolean(),
    pix: z.boolean(),
    acceptsInvalidCodes: z.boolean(),
    agency: z.string().nullable().openapi({ description: 'Do beneficiário, sem o dígito; null: não informada' }),
    bankAccount: z.string().nullable(),
    interestPercent: z.number(),
    finePercent: z.number(),
    discountPercent: z.number(),
    dailyInterestCents: z.number().int().openapi({ description: 'Juros por dia de atraso, em centavos' }),
    fineCents: z.number().int(),
    graceDays: z.number().int().openapi({ description: 'Dias após o vencimento sem juros nem multa' }),
    discountCents: z.number().int(),
    discountDays: z.number().int().openapi({ description: 'Limite do desconto, em dias antes do vencimento' }),
    furtherDiscounts: z
      .array(z.object({ percent: z.number(), amountCents: z.number().int(), days: z.number().int() }))
      .openapi({ description: 'O segundo e o terceiro desconto, onde há' }),
    writeOffDays: z
      .number()
      .int()
      .nullable()
      .openapi({ description: '0: não recebe depois do vencimento; null: pelo prazo do convênio' }),
    account: z
      .object({
        id: z.number().int(),
        baseUrl: z.string(),
        authUrl: z.string().nullable().openapi({ description: 'null: o gateway não dá token' }),
        limits: limitsSchema,
        carteiras: z.array(z.number().int()).openapi({ description: 'As da conta que são das suas filiais' }),
        nextNumber: z.number().int().nullable(),
        health: healthSchema,
      })
      .nullable(),
  })
  .openapi('Carteira');

/** Printable: nothing else is stored. Left as a pattern of its own, so that the document says it, too. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\x21-\x7e]+$/, 'só pode ter letras sem acento, dígitos e sinais');
const definitionSchema = z
  .strictObject({
    gateway: z.enum(Object.keys(manifests)),
    baseUrl: text(500),
    authUrl: text(500).optional().openapi({ description: 'Onde o gateway dá um token: veja GET /gateways' }),
    convenio: text(20).optional().openapi({ description: 'Onde o gateway tem um, e a carteira ainda não o diz' }),
    credentials: z
      .record(z.string().max(50), z.string().max(20_000))
      .openapi({ description: 'As chaves que o gateway pede; nunca são devolvidas', writeOnly: true }),
    variation: text(10).optional(),
    code: text(10).optional(),
    timeoutSeconds: z.number().int().min(1).max(300).optional(),
    addressSource: z.enum(['main', 'billing']).optional(),
    pix: z.boolean().optional(),
    acceptInvalidCodes: z.boolean().optional(),
    agency: text(10).optional().openapi({ description: 'Do beneficiário, sem o dígito verificador', example: '452' }),
    bankAccount: text(20).optional().openapi({ description: 'O mesmo da conta', example: '123873' }),
    limits: limitsSchema.optional(),
    nextNumber: z.number().int().min(1).max(9_999_999_999).optional(),
    version: versionSchema
      .optional()
      .openapi({ description: 'Da carteira como foi lida: se alguém a mudou depois, nada é alterado' }),
  })
  .openapi('ContaDeGateway');

const stepSchema = z
  .object({
    step: z.string().openapi({ description: 'Um código do gateway', example: 'token' }),
    stepLabel: z.string(),
    ok: z.boolean(),
    message: z.string(),
    advice: z.string().nullable(),
  })
  .openapi('PassoDoTeste');

const params = z.object({ id: idParam });
const tags = ['Carteiras'];

export function carteirasRoutes({ knex, secretBox, checkAccount }: ApiDeps) {
  async function visible(actor: Actor, id: number): Promise<CarteiraDetails> {
    const carteira = await getCarteira(knex, id);
    if (!carteira || !sees(actor, filialOf(carteira))) throw notFound('A carteira');
    return carteira;
  }

  async function shown(actor: Actor, id: number): Promise<z.infer<typeof detailsSchema>> {
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
        request: {
          query: z.object({ q: searchParam.optional() }),
        },
        responses: { 200: json(z.object({ items: z.array(summarySchema) }), 'Por ID') },
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
        responses: { 200: json(detailsSchema, 'A carteira') },
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
            ...jsonBody(definitionSchema),
          },
          responses: { 200: json(detailsSchema, 'A carteira com a conta') },
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
        responses: { 200: json(detailsSchema, 'A carteira com os novos limites') },
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
            z.object({ ok: z.boolean(), steps: z.array(stepSchema) }),
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
