import { InvalidArgumentError, type Command } from 'commander';
import type { LocalDate } from '../domain/kinds/dates';
import type { BatchFilters } from '../domain/batch/filters';
import type { Cents } from '../domain/kinds/money';
import { isRefusal } from '../domain/batch/refusals';
import { parseFilters } from '../record/batches/filters';
import { parseAmount, parseDate, parseId, parseIds } from './arguments';
import { CliError } from './error';

const contractKinds = ['recorrente', 'avulso', 'sem-contrato'] as const;
type Contract = Pick<BatchFilters, 'contractId' | 'contractKind'>;

/** As commander names them. */
export interface FilterOptions {
  impresso?: 'sim' | 'nao';
  vencimentoDe?: LocalDate;
  vencimentoAte?: LocalDate;
  emissaoDe?: LocalDate;
  emissaoAte?: LocalDate;
  valorDe?: Cents;
  valorAte?: Cents;
  filial?: number[];
  cliente?: number[];
  contrato?: Contract;
  tipoPessoa?: 'F' | 'J';
  tipoCobranca?: string;
  lote?: string;
  cidade?: string;
  bairro?: string;
  cep?: string;
}

/** The filters of the screen Emissão de Boletos. */
export function addFilterOptions(command: Command): Command {
  return command
    .option('--impresso <nao>', 'só "nao": comunica-se o que nunca foi comunicado', parseImpresso)
    .option('--vencimento-de <data>', 'vencimento a partir de (dd/mm/aaaa ou aaaa-mm-dd)', parseDate)
    .option('--vencimento-ate <data>', 'vencimento até', parseDate)
    .option('--emissao-de <data>', 'emissão a partir de', parseDate)
    .option('--emissao-ate <data>', 'emissão até', parseDate)
    .option('--valor-de <valor>', 'valor em aberto a partir de (1.234,56)', parseAmount)
    .option('--valor-ate <valor>', 'valor em aberto até', parseAmount)
    .option('--filial <ids>', 'ID da filial; vários separados por vírgula', parseIds)
    .option('--cliente <ids>', 'ID do cliente; vários separados por vírgula', parseIds)
    .option('--contrato <qual>', 'recorrente, avulso, sem-contrato ou o ID de um contrato', parseContract)
    .option('--tipo-pessoa <F|J>', 'F = física, J = jurídica', parsePersonType)
    .option('--tipo-cobranca <texto>', 'tipo de cobrança')
    .option('--lote <texto>', 'lote')
    .option('--cidade <nome>', 'cidade do cadastro')
    .option('--bairro <nome>', 'bairro do cadastro')
    .option('--cep <cep>', 'CEP do cadastro, ou pelo menos os 5 primeiros dígitos', parseCep);
}

/** @throws CliError exit 2 when a filter is malformed or two contradict each other. */
export function toFilters(options: FilterOptions): BatchFilters {
  if (options.impresso === 'sim')
    throw new CliError(
      2,
      'filtros_contraditorios',
      'Impresso = Sim contradiz a comunicação, que envia só o que nunca foi comunicado',
      'use --impresso nao, ou omita a opção; nada foi iniciado',
    );
  const filters = parseFilters({
    dueFrom: options.vencimentoDe,
    dueTo: options.vencimentoAte,
    issuedFrom: options.emissaoDe,
    issuedTo: options.emissaoAte,
    amountFromCents: options.valorDe,
    amountToCents: options.valorAte,
    filialIds: options.filial,
    customerIds: options.cliente,
    ...options.contrato,
    personType: options.tipoPessoa,
    chargeType: options.tipoCobranca,
    lote: options.lote,
    city: options.cidade,
    district: options.bairro,
    cep: options.cep,
  });
  if (!isRefusal(filters)) return filters;
  const code = filters.refused === 'filtrosContraditorios' ? 'filtros_contraditorios' : 'filtro_invalido';
  throw new CliError(2, code, filters.message, 'corrija os filtros e repita; nada foi iniciado');
}

function parseImpresso(text: string): 'sim' | 'nao' {
  const answer = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  if (answer === 'nao' || answer === 'n') return 'nao';
  if (answer === 'sim' || answer === 's') return 'sim';
  throw new InvalidArgumentError('use nao, ou omita a opção');
}

function parseContract(text: string): Contract {
  const contractKind = contractKinds.find((kind) => kind === text.toLowerCase());
  if (contractKind) return { contractKind };
  if (!/^\d+$/.test(text))
    throw new InvalidArgumentError('use recorrente, avulso, sem-contrato ou o ID de um contrato');
  return { contractId: parseId(text) };
}

function parsePersonType(text: string): 'F' | 'J' {
  const type = text.toUpperCase();
  if (type !== 'F' && type !== 'J') throw new InvalidArgumentError('use F (física) ou J (jurídica)');
  return type;
}

function parseCep(text: string): string {
  const digits = text.replace(/[.\s-]/g, '');
  if (!/^\d{5,8}$/.test(digits))
    throw new InvalidArgumentError(`"${text}" não é um CEP (8 dígitos, ou os 5 primeiros)`);
  return digits;
}
