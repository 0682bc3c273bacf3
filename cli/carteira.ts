import type { Command } from 'commander';
import { getCarteira, listCarteiras, type CarteiraDetails } from '../record/accounts/carteiras';
import { describeTerms } from '../domain/account/carteiraTerms';
import { manifestOf } from '../gateways';
import { count, table } from '../words/text';
import { parseId } from './arguments';
import type { CliContext } from './context';
import { addDefinirCommand } from './definirCarteira';
import { CliError } from './error';
import { printList } from './output';
import { unknownCarteira } from './unknownCarteira';

export function addCarteiraCommand(program: Command, context: () => CliContext): void {
  const carteira = program.command('carteira').description('carteiras de cobrança e suas contas de gateway');
  carteira
    .command('listar')
    .description('lista as carteiras importadas')
    .action(() => list(context()));
  carteira
    .command('ver')
    .description('mostra uma carteira e sua conta, sem segredos')
    .argument('<id>', 'ID da carteira', parseId)
    .action((id: number) => show(context(), id));
  carteira
    .command('testar')
    .description('pede um token ao banco e faz uma consulta que nada muda; diz o que está errado e o que fazer')
    .argument('<id>', 'ID da carteira', parseId)
    .action((id: number) => test(context(), id));
  addDefinirCommand(carteira, context);
}

async function list(context: CliContext): Promise<void> {
  const carteiras = await listCarteiras(await context.database());
  const text =
    carteiras.length === 0
      ? 'Nenhuma carteira: importe-as com boletos importar.'
      : table(carteiras, [
          { title: 'ID', value: ({ id }) => String(id), right: true },
          { title: 'descrição', value: ({ description }) => description, max: 50 },
          { title: 'gateway', value: ({ gateway }) => gateway ?? '' },
          { title: 'convênio', value: ({ convenio }) => convenio ?? '' },
          { title: 'conta', value: ({ accountId }) => (accountId === null ? 'não definida' : String(accountId)) },
        ]);
  printList(context, carteiras, text);
}

async function show(context: CliContext, id: number): Promise<void> {
  const carteira = await getCarteira(await context.database(), id);
  if (!carteira) throw unknownCarteira(id);
  context.print(carteira, describe(carteira));
}

async function test(context: CliContext, id: number): Promise<void> {
  const result = await context.checkAccount(id, await context.by());
  if (result.kind === 'unknownCarteira') throw unknownCarteira(id);
  if (result.kind === 'noAccount')
    throw new CliError(
      1,
      'carteira_sem_conta',
      `a carteira ${id} não tem conta de gateway`,
      `informe com: boletos carteira definir ${id} --gateway NOME …`,
    );
  if (result.kind === 'tooSoon')
    throw new CliError(
      1,
      'conta_testada_agora',
      `testada há ${result.testedSecondsAgo} s: aguarde`,
      `cada teste pede um token ao banco; teste de novo em ${result.waitSeconds} s`,
      { retryAfterSeconds: result.waitSeconds },
    );
  const { steps } = result;
  const failed = steps.find(({ ok }) => !ok);
  const lines = steps.map(({ label, ok, message }) => `  ${ok ? 'ok   ' : 'falha'}  ${label.padEnd(18)} ${message}`);
  // What was found is the answer, also when it is no good news; the exit code says which.
  context.print(
    { carteiraId: id, ok: !failed, steps },
    [`Conta da carteira ${id}:`, ...lines, ...(failed ? [] : ['A conta está pronta para comunicar.'])].join('\n'),
  );
  if (failed)
    throw new CliError(1, 'conta_com_problema', `a conta da carteira ${id} não funciona`, failed.advice ?? '', {
      steps,
    });
}

const routeLabels: Readonly<Record<string, string>> = { register: 'registro', read: 'consulta' };

function describe(carteira: CarteiraDetails): string {
  const { account } = carteira;
  const terms = describeTerms(carteira);
  const classes = Object.keys(manifestOf(carteira.gateway ?? '')?.capabilities.limits ?? {});
  const limits = classes.flatMap((routeClass) => {
    const limit = account?.limits[routeClass];
    return limit
      ? [`${routeLabels[routeClass] ?? routeClass} ${count(limit.calls)} a cada ${limit.windowMs / 1_000} s`]
      : [];
  });
  return [
    `Carteira ${carteira.id}: ${carteira.description}`,
    `  filial             ${carteira.filialId ?? '—'}`,
    `  gateway            ${carteira.gateway ?? '—'}${carteira.homologation ? ' (homologação)' : ''}`,
    `  convênio           ${carteira.convenio || '—'}`,
    `  carteira/variação  ${carteira.code || '—'}/${carteira.variation || '—'}`,
    `  agência/conta      ${carteira.agency ?? '—'}/${carteira.bankAccount ?? '—'}`,
    `  espécie            ${carteira.especie}`,
    `  juros              ${terms.interest}`,
    `  multa              ${terms.fine}`,
    `  desconto           ${terms.discount}`,
    `  após o vencimento  ${terms.writeOff}`,
    `  timeout            ${carteira.timeoutSeconds} s`,
    `  endereço           ${carteira.addressSource === 'main' ? 'principal' : 'de cobrança'}`,
    `  Pix                ${carteira.pix ? 'pedido com cada boleto' : 'não'}`,
    ...(carteira.acceptsInvalidCodes ? ['  linhas inválidas   aceitas (homologação)'] : []),
    ...(account
      ? [
          `  conta              ${account.id} (carteiras ${account.carteiras.join(', ')})`,
          `  API                ${account.baseUrl}`,
          `  token              ${account.authUrl ?? '—'}`,
          `  limites            ${limits.join('; ')}`,
          `  próximo número     ${account.nextNumber ?? '—'}`,
        ]
      : [`  conta              não definida: boletos carteira definir ${carteira.id} --gateway NOME …`]),
  ].join('\n');
}
