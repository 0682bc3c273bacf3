import { InvalidArgumentError, type Command } from 'commander';
import { correctReceivable, type CorrectionResult } from '../record/receivables/corrections';
import { bankWorkWords } from '../domain/receivable/bankWork';
import { addressSourceOf } from '../record/receivables/correctionCheck';
import { knownCodec } from '../gateways';
import { explainStillWrong } from '../words/explainStillWrong';
import { tellCorrected } from '../client/tellCorrected';
import { parseReason } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { parseReceivable, receivableId as idOf } from './receivables';
import { counted } from '../words/text';

interface Options {
  campo: Map<string, string>;
  motivo?: string;
}

export function addCorrigirCommand(program: Command, context: () => CliContext): void {
  program
    .command('corrigir')
    .description('corrige um título, seu cliente ou os dados da cobrança, pelos nomes de campo do ERP')
    .argument('<titulo>', 'ID da cobrança, ou a chave no ERP', parseReceivable)
    .requiredOption('--campo <nome=valor>', 'por exemplo cep=01310100; repita para vários campos', parseField)
    .option('--motivo <texto>', 'por quê; fica no registro de auditoria', parseReason)
    .action((name: string, options: Options) => correct(context(), name, options));
}

function parseField(text: string, earlier: Map<string, string> = new Map()): Map<string, string> {
  const at = text.indexOf('=');
  const name = text.slice(0, at).trim();
  if (at < 1 || name === '') throw new InvalidArgumentError('escreva nome=valor, por exemplo cep=01310100');
  if (earlier.has(name)) throw new InvalidArgumentError(`o campo ${name} veio duas vezes`);
  return new Map(earlier).set(name, text.slice(at + 1));
}

async function correct(context: CliContext, name: string, { campo, motivo }: Options): Promise<void> {
  const knex = await context.database();
  const receivableId = await idOf(knex, name);
  const result = await correctReceivable(
    knex,
    {
      receivableId,
      changes: Object.fromEntries(campo),
      by: await context.by(),
      reason: motivo ?? null,
    },
    knownCodec,
  );
  if (result.kind !== 'corrected') throw refusal(name, result);
  const untold = await tellCorrected(() => context.temporal(), result.batches);
  const { changed, version, alsoAffected, waits, bankWork } = result;
  const bankWorkText = bankWork ? bankWorkWords(bankWork) : null;
  const address = await addressSourceOf(knex, receivableId);
  const stillWrong = result.stillWrong.map((each) => explainStillWrong(each, address));
  const batches = result.batches.map(({ batchId }) => batchId);
  context.print(
    { receivableId, changed, version, alsoAffected, waits, bankWorkText, stillWrong, batches, untold },
    [
      changed.length > 0
        ? `Título ${name} ${stillWrong.length > 0 ? 'alterado' : 'corrigido'}: ${changed.join(', ')}.`
        : `Título ${name}: nada a mudar, os campos já tinham esses valores.`,
      ...(alsoAffected > 0
        ? [`Vale também para ${counted(alsoAffected, 'outro título', 'outros títulos')} do mesmo cliente.`]
        : []),
      ...(waits
        ? [
            'A correção espera: uma tentativa deste título ainda não tem resultado certo, e nada mais é enviado até ter.',
          ]
        : []),
      ...(bankWorkText ? [`Gravado; ${bankWorkText}. Veja: boletos pendencias-no-banco`] : []),
      ...(stillWrong.length > 0
        ? [
            'Ainda com pendência, não conta como corrigido:',
            ...stillWrong.map(({ field, cause, advice }) => `  ${field}: ${cause} ${advice}`),
          ]
        : []),
      ...(batches.length > 0 && stillWrong.length === 0 ? [`Para reenviar: boletos recomunicar ${batches[0]}`] : []),
    ].join('\n'),
  );
  for (const batchId of untold)
    context.note(`A comunicação ${batchId} não pôde ser avisada agora; ela verá a correção no próximo passo.`);
}

function refusal(name: string, result: Exclude<CorrectionResult, { kind: 'corrected' }>): CliError {
  switch (result.kind) {
    case 'unknownReceivable':
      return new CliError(1, 'titulo_desconhecido', `o título ${name} não existe`, 'confira o ID da cobrança');
    case 'changedSince':
      return new CliError(1, 'titulo_mudou', `alguém mudou o título ${name}`, 'veja como está e repita');
    case 'invalid':
      return new CliError(
        2,
        'correcao_invalida',
        result.refusals.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('\n'),
        'nada foi alterado; corrija e repita',
        { problems: result.refusals },
      );
    case 'closed':
      return new CliError(
        1,
        'titulo_encerrado',
        `o título ${name} está ${result.status === 'R' ? 'recebido' : 'cancelado'}: os dados da cobrança não mudam mais`,
        'nada foi alterado; o cliente ainda pode ser corrigido',
      );
  }
}
