import { Option, type Command } from 'commander';
import { importFile, type ImportResult } from '../../db/importing/importFile';
import { importModel, importTypes, type ImportType } from '../../db/importing/schemas';
import { judgeUnjudged } from '../../db/verdicts';
import { knownCodec } from '../../gateways/codecs';
import type { CliContext } from './context';
import { CliError } from './error';
import { printList } from './output';
import { count, counted, oneLine, table } from './text';

interface Options {
  tipo?: ImportType;
  modelo?: ImportType;
}

export function addImportarCommand(program: Command, context: () => CliContext): void {
  program
    .command('importar')
    .description('importa filiais, carteiras, clientes e títulos do ERP (JSON Lines ou CSV), o arquivo inteiro ou nada')
    .argument('[arquivo]', 'JSON Lines com {"type":"titulo",…} por linha, ou CSV de um só tipo')
    .addOption(new Option('--tipo <tipo>', 'tipo de um CSV; sem ele, pelo cabeçalho').choices(importTypes))
    .addOption(new Option('--modelo <tipo>', 'mostra os campos de um tipo e não importa').choices(importTypes))
    .action((file: string | undefined, options: Options) => run(context(), file, options));
}

async function run(context: CliContext, file: string | undefined, { tipo, modelo }: Options): Promise<void> {
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
      onProgress: (lines) => context.note(`${count(lines)} linhas lidas…`),
    });
  } catch (error) {
    throw interrupted(error);
  }
  if (result.kind === 'imported') await judgeUnjudged(await context.database(), knownCodec);
  switch (result.kind) {
    case 'unreadable':
      throw new CliError(2, 'arquivo_ilegivel', result.message, 'nada foi importado; corrija o arquivo e repita');
    case 'refused':
      throw refused(result);
    case 'imported':
      return printImported(context, result);
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

function printImported(context: CliContext, result: Extract<ImportResult, { kind: 'imported' }>): void {
  const { counts, ignoredFields, keptGatewaySettings } = result;
  const rows = importTypes
    .map((type) => ({ type, ...counts[type] }))
    .filter((row) => row.new + row.changed + row.unchanged > 0);
  const ignored = Object.entries(ignoredFields).map(
    ([name, lines]) => `campo ignorado: ${oneLine(name) || '(sem nome)'} (${counted(lines, 'linha', 'linhas')})`,
  );
  const kept = keptGatewaySettings.map(
    (id) => `a carteira ${id} mantém convênio, carteira, variação, timeout e endereço de "carteira definir"`,
  );
  const text = table(rows, [
    { title: 'tipo', value: ({ type }) => type },
    { title: 'novos', value: (row) => count(row.new), right: true },
    { title: 'alterados', value: ({ changed }) => count(changed), right: true },
    { title: 'sem mudança', value: ({ unchanged }) => count(unchanged), right: true },
  ]);
  context.print({ counts, ignoredFields, keptGatewaySettings }, [text, ...ignored, ...kept].join('\n'));
}

/** 2 = the file is wrong; 1 = the file is right, but a título may not be changed now. */
function refused({ problems, count: total, onlyRefusals }: Extract<ImportResult, { kind: 'refused' }>): CliError {
  const lines = problems.map(({ line, field, message }) =>
    oneLine(field === null ? `linha ${line}: ${message}` : `linha ${line}, ${field}: ${message}`),
  );
  const more = total > problems.length ? [`… e mais ${counted(total - problems.length, 'problema', 'problemas')}`] : [];
  return new CliError(
    onlyRefusals ? 1 : 2,
    onlyRefusals ? 'importacao_recusada' : 'arquivo_invalido',
    [`nada foi importado: ${counted(total, 'problema', 'problemas')}`, ...lines, ...more].join('\n'),
    onlyRefusals ? 'trate os títulos citados e importe de novo' : 'corrija as linhas citadas e importe de novo',
    { problems, count: total },
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
