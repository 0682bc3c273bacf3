import { Option, type Command } from 'commander';
import type { Knex } from 'knex';
import { importFile } from '../record/importing/importFile';
import type { ImportResult } from '../record/importing/importRows';
import { eachImportProblem, readImportProblems, type NumberedProblem } from '../record/importing/problems';
import { importTypes, type ImportType } from '../domain/receivable/imports';
import { importModel } from '../record/importing/schemas';
import { nameOf } from '../domain/receivable/erpKey';
import { judgeUnjudged } from '../record/engine/verdicts';
import { knownCodec } from '../gateways';
import type { CliContext } from './context';
import { CliError } from './error';
import { printList } from './output';
import { count, counted, oneLine, table } from '../words/text';

interface Options {
  tipo?: ImportType;
  modelo?: ImportType;
  tudoOuNada?: boolean;
}

/** Of an all-or-nothing import, the first ones are told with the error. */
const MAX_TOLD = 100;
const NOTE_EVERY = 20_000;
type Imported = Extract<ImportResult, { kind: 'imported' }>;
type Refused = Extract<ImportResult, { kind: 'refused' }>;

export function addImportarCommand(program: Command, context: () => CliContext): void {
  program
    .command('importar')
    .description(
      'importa filiais, carteiras, clientes e títulos do ERP (JSON Lines ou CSV): entra o que serve, o resto é listado',
    )
    .argument('[arquivo]', 'JSON Lines com {"type":"titulo",…} por linha, ou CSV de um só tipo')
    .addOption(new Option('--tipo <tipo>', 'tipo de um CSV; sem ele, pelo cabeçalho').choices(importTypes))
    .addOption(new Option('--modelo <tipo>', 'mostra os campos de um tipo e não importa').choices(importTypes))
    .option('--tudo-ou-nada', 'não importa nada se uma linha não serve')
    .action((file: string | undefined, options: Options) => run(context(), file, options));
}

async function run(
  context: CliContext,
  file: string | undefined,
  { tipo, modelo, tudoOuNada }: Options,
): Promise<void> {
  if (modelo) return printModel(context, modelo);
  if (file === undefined)
    throw new CliError(
      2,
      'argumento_ausente',
      'falta o arquivo',
      'veja os campos com: boletos importar --modelo titulo',
    );
  const knex = await context.database();
  let result: ImportResult;
  try {
    result = await importFile(knex, {
      path: file,
      by: await context.by(),
      type: tipo ?? null,
      allOrNothing: tudoOuNada ?? false,
      onProgress(lines) {
        if (lines % NOTE_EVERY === 0) context.note(`${count(lines)} linhas lidas…`);
      },
    });
  } catch (error) {
    throw interrupted(error);
  }
  if (result.kind === 'imported') await judgeUnjudged(await context.database(), knownCodec);
  switch (result.kind) {
    case 'unreadable':
      throw new CliError(2, 'arquivo_ilegivel', result.message, 'nada foi importado; corrija o arquivo e repita');
    case 'refused':
      throw refused(result, await readImportProblems(knex, result.importId, { after: 0, limit: MAX_TOLD }));
    case 'imported':
      for await (const problem of eachImportProblem(knex, result.importId))
        context.print(problemOf(problem), problemText(problem));
      await printImported(context, knex, result);
      if (result.refused > 0) throw notAll(result);
  }
}

function printModel(context: CliContext, type: ImportType): void {
  const model = importModel(type);
  const text = table(model, [
    { title: 'campo', value: ({ field }) => field },
    { title: 'obrigatório', value: ({ required }) => (required ? 'sim' : 'não') },
    { title: 'forma', value: ({ form }) => form },
    { title: 'significado', value: ({ meaning }) => meaning },
  ]);
  printList(context, model, text);
}

async function printImported(context: CliContext, knex: Knex, result: Imported): Promise<void> {
  const { importId, counts, pending, ignoredFields, keptGatewaySettings, problems, refused } = result;
  const rows = importTypes
    .map((type) => ({ type, ...counts[type] }))
    .filter((row) => row.new + row.changed + row.unchanged > 0);
  const ignored = Object.entries(ignoredFields).map(
    ([name, lines]) => `campo ignorado: ${oneLine(name) || '(sem nome)'} (${counted(lines, 'linha', 'linhas')})`,
  );
  const kept = (await carteiraNames(knex, keptGatewaySettings)).map(
    (name) => `a carteira ${name} mantém convênio, carteira, variação, timeout e endereço de "carteira definir"`,
  );
  const text = table(rows, [
    { title: 'tipo', value: ({ type }) => type },
    { title: 'novos', value: (row) => count(row.new), right: true },
    { title: 'alterados', value: ({ changed }) => count(changed), right: true },
    { title: 'sem mudança', value: ({ unchanged }) => count(unchanged), right: true },
  ]);
  const waiting =
    pending > 0
      ? [
          `${counted(pending, 'título espera', 'títulos esperam')} o fim certo de uma chamada ao banco; a mudança é aplicada depois, sozinha`,
        ]
      : [];
  context.print(
    { counts, pending, ignoredFields, keptGatewaySettings, problems, refused, importId },
    [...(rows.length > 0 ? [text] : []), ...waiting, ...ignored, ...kept].join('\n'),
  );
}

async function carteiraNames(knex: Knex, ids: readonly number[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await knex('carteira')
    .whereIn('id', [...ids])
    .orderBy('id')
    .select<{ id: number; erpKey: string | null }[]>('id', 'erp_key as erpKey');
  return rows.map(nameOf);
}

/** As programs get it: without its place in the list. */
function problemOf({ line, key, field, code, message, kind }: NumberedProblem) {
  return { line, key, field, code, message, kind };
}

function problemText({ line, key, field, message }: NumberedProblem): string {
  const where = [`linha ${line}`, ...(key === null ? [] : [`chave ${key}`]), ...(field === null ? [] : [field])];
  return oneLine(`${where.join(', ')}: ${message}`);
}

/** The rest is in. */
function notAll({ refused: lines, problems, importId }: Imported): CliError {
  return new CliError(
    1,
    'importacao_parcial',
    `${counted(lines, 'linha não entrou', 'linhas não entraram')}; as outras foram importadas`,
    'corrija as linhas listadas e importe de novo: o que já entrou não muda',
    { refused: lines, problems, importId },
  );
}

/** 2 = the file is wrong; 1 = the file is right, but a título may not be changed now. */
function refused({ problems: total, onlyRefusals, importId }: Refused, first: NumberedProblem[]): CliError {
  const lines = first.map(problemText);
  const more = total > first.length ? [`… e mais ${counted(total - first.length, 'problema', 'problemas')}`] : [];
  return new CliError(
    onlyRefusals ? 1 : 2,
    onlyRefusals ? 'importacao_recusada' : 'arquivo_invalido',
    [`nada foi importado: ${counted(total, 'problema', 'problemas')}`, ...lines, ...more].join('\n'),
    onlyRefusals ? 'trate os títulos citados e importe de novo' : 'corrija as linhas citadas e importe de novo',
    { problems: first.map(problemOf), count: total, importId },
  );
}

const HALF_WAY =
  'nada ficou pela metade: resolva a causa e importe o mesmo arquivo de novo (o que já estiver gravado não muda)';

/** What broke off half-way, in words; a lost connection is left to main.ts. */
function interrupted(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === '53100')
    return new CliError(3, 'disco_cheio', 'o disco do banco de dados está cheio; nada foi importado', HALF_WAY);
  if (code.startsWith('53'))
    return new CliError(3, 'registro_sem_recursos', 'o banco de dados está sem recursos; nada foi importado', HALF_WAY);
  if (code === '55P03' || code === '40P01')
    return new CliError(
      1,
      'registro_ocupado',
      'outra operação segura os títulos há tempo demais; nada foi importado',
      HALF_WAY,
    );
  if (code === 'EIO' || code === 'EISDIR')
    return new CliError(2, 'arquivo_ilegivel', 'o arquivo não pôde ser lido até o fim; nada foi importado', HALF_WAY);
  return error;
}
