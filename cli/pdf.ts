import { isatty } from 'node:tty';
import type { Writable } from 'node:stream';
import type { Command } from 'commander';
import type { Knex } from 'knex';
import { writeAudit } from '../record/access/audit';
import { receivableNames } from '../record/receivables/erpKeys';
import { batchPrintings, printingOf } from '../record/receivables/printing';
import { writeBoletos } from '../documents/writeBoletos';
import { printRefusalLabels, type PrintableBoleto } from '../domain/receivable/printable';
import { itemLabels } from '../domain/boleto/states';
import { parseBatchId } from './arguments';
import type { CliContext } from './context';
import { CliError } from './error';
import { existingBatch } from './readBatch';
import { parseReceivable, receivableId } from './receivables';
import { counted } from '../words/text';
import { writeWholeFile } from './wholeFile';

interface Options {
  titulo?: string;
  saida?: string;
}

/** Rows of the record at once: a batch of any size is never in memory as a whole. */
const PAGE = 200;
const NAMED = 10;

export function addPdfCommand(program: Command, context: () => CliContext): void {
  program
    .command('pdf')
    .description('os boletos registrados de uma comunicação, ou o de um título, em PDF')
    .argument('[comunicacao]', 'número da comunicação', parseBatchId)
    .option('--titulo <id>', 'só este título (ID da cobrança, ou a chave no ERP)', parseReceivable)
    .option('--saida <arquivo>', 'arquivo a gravar; sem ele, a saída padrão, se não for um terminal')
    .action((batchId: string | undefined, options: Options) => print(context(), batchId, options));
}

async function print(context: CliContext, batchId: string | undefined, options: Options): Promise<void> {
  const { titulo, saida } = options;
  if ((batchId === undefined) === (titulo === undefined))
    throw new CliError(
      2,
      'uso_invalido',
      'informe uma comunicação, ou um título com --titulo',
      'por exemplo: boletos pdf --titulo 1042 --saida boleto.pdf',
    );
  if (saida === undefined && (context.json || isatty(1)))
    throw new CliError(
      2,
      'saida_ausente',
      context.json ? 'com --json o PDF precisa de um arquivo' : 'um PDF não pode ser mostrado no terminal',
      'informe --saida ARQUIVO',
    );
  const knex = await context.database();
  const tally = createTally();
  const id = titulo === undefined ? null : await receivableId(knex, titulo);
  const boletos =
    batchId === undefined ? await ofReceivable(knex, id as number, tally) : await ofBatch(knex, batchId, tally);
  const write = (output: Writable) => writeBoletos(boletos, output);
  const entity =
    batchId === undefined ? { entity: 'receivable', entityId: String(id) } : { entity: 'batch', entityId: batchId };
  const actor = await context.by();
  const audit = (action: string, after: object) =>
    writeAudit(knex, { actor, action, ...entity, after: { format: 'pdf', ...after } });
  // Before the first page leaves, as the API does.
  if (batchId === undefined) await audit('printBoleto', { pages: 1 });
  else await audit('printBatch', {});
  let complete = false;
  try {
    if (saida === undefined) await write(process.stdout);
    else await writeWholeFile(saida, write);
    complete = true;
  } finally {
    // What broke it off is told, not that its end could not be written down.
    if (batchId !== undefined)
      await audit('printedBatch', { pages: tally.printed, complete }).catch((error: unknown) => {
        if (complete) throw error;
      });
  }
  tell(context, saida ?? null, tally, await leftOutLines(knex, tally));
}

/** What was printed, and what not: counted while the pages are written. */
interface Tally {
  printed: number;
  homologation: number;
  withoutAddress: Set<string>;
  /** Words for people, and the títulos that they are about. */
  leftOut: Map<string, number[]>;
}

function createTally(): Tally {
  return { printed: 0, homologation: 0, withoutAddress: new Set(), leftOut: new Map() };
}

function countPrinted(tally: Tally, { homologation, beneficiary }: PrintableBoleto): void {
  tally.printed += 1;
  if (homologation) tally.homologation += 1;
  if (!beneficiary.street || !beneficiary.city || !beneficiary.document) tally.withoutAddress.add(beneficiary.name);
}

async function ofReceivable(knex: Knex, id: number, tally: Tally): Promise<AsyncIterable<PrintableBoleto>> {
  const printing = await printingOf(knex, id);
  if (!printing) throw new CliError(1, 'titulo_desconhecido', `o título ${id} não existe`, 'confira o ID da cobrança');
  if ('refused' in printing)
    throw new CliError(
      1,
      'boleto_nao_registrado',
      `a cobrança ${id} ${printRefusalLabels[printing.refused]}`,
      'só um boleto registrado no banco pode ser pago, e só ele tem PDF',
      { reason: printing.refused },
    );
  countPrinted(tally, printing.boleto);
  return (async function* () {
    yield printing.boleto;
  })();
}

/** @throws CliError when nothing at all can be printed, before any file is begun. */
async function ofBatch(knex: Knex, batchId: string, tally: Tally): Promise<AsyncIterable<PrintableBoleto>> {
  await existingBatch(knex, batchId);
  const boletos = printables(knex, batchId, tally);
  const first = await boletos.next();
  if (first.done)
    throw new CliError(
      1,
      'nenhum_registrado',
      `a comunicação ${batchId} não tem boleto registrado que possa ser impresso`,
      tally.leftOut.size > 0 ? (await leftOutLines(knex, tally)).join('; ') : 'ela não tem nenhum título',
      { leftOut: leftOutOf(tally) },
    );
  return (async function* () {
    yield first.value;
    yield* boletos;
  })();
}

async function* printables(knex: Knex, batchId: string, tally: Tally): AsyncGenerator<PrintableBoleto, void> {
  for (let cursor: number | null = 0; cursor !== null;) {
    const page = await batchPrintings(knex, batchId, { cursor, limit: PAGE });
    for (const item of page.items) {
      if ('boleto' in item) {
        countPrinted(tally, item.boleto);
        yield item.boleto;
        continue;
      }
      const why = 'refused' in item ? printRefusalLabels[item.refused] : itemLabels[item.itemState];
      const others = tally.leftOut.get(why);
      if (others) others.push(item.receivableId);
      else tally.leftOut.set(why, [item.receivableId]);
    }
    cursor = page.cursor;
  }
}

function leftOutOf({ leftOut }: Tally): { reason: string; count: number; receivableIds: number[] }[] {
  return [...leftOut].map(([reason, receivableIds]) => ({ reason, count: receivableIds.length, receivableIds }));
}

async function leftOutLines(knex: Knex, tally: Tally): Promise<string[]> {
  const groups = leftOutOf(tally);
  const shown = groups.flatMap(({ receivableIds }) => receivableIds.slice(0, NAMED));
  const nameOfId = await receivableNames(knex, shown);
  return groups.map(({ reason, count, receivableIds }) => {
    const more = count > NAMED ? ' …' : '';
    return `${counted(count, 'título', 'títulos')} sem PDF (${reason}): ${receivableIds.slice(0, NAMED).map(nameOfId).join(', ')}${more}`;
  });
}

function tell(context: CliContext, file: string | null, tally: Tally, leftOutWords: readonly string[]): void {
  const { printed, homologation, withoutAddress } = tally;
  const lines = [`${counted(printed, 'boleto', 'boletos')} em ${file ?? 'saída padrão'}.`, ...leftOutWords];
  if (homologation > 0)
    lines.push(`${counted(homologation, 'boleto é', 'boletos são')} de homologação: marcados "SEM VALOR".`);
  for (const name of withoutAddress)
    lines.push(`A filial ${name} está sem CNPJ ou endereço, que o boleto deve ter (Lei 12.039/2009): importe-os.`);
  const text = lines.join('\n');
  // The PDF itself is on standard output then.
  if (file === null) return context.note(text);
  const leftOut = leftOutOf(tally);
  context.print(
    { file, boletos: printed, pages: printed, homologation, withoutAddress: [...withoutAddress], leftOut },
    text,
  );
}
