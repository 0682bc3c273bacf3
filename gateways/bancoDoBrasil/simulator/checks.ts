import { isUf, ufOfCep } from '../../../domain/kinds/cep';
import { daysBetween, saoPauloDate } from '../../../domain/kinds/dates';
import { isCnpj, isCpf } from '../../../domain/kinds/taxIds';
import type { BankFacts } from '../../simulator/bank';
import { isRecord, text } from '../../core/json';
import { fromBankDate } from '../wire';
import { refused, type BankRefusal } from './answers';
import { centsOf, checkTerms } from './terms';

const MAX_CENTS = 9_999_999_999;
/** Assumed: no character set is published for the payer's fields. It is what other registration services of banks take. */
const TEXT = /^[A-Za-z0-9 .,;:/()'&*=+!?_-]*$/;

/** A registration request that passed every check, with what the bank derives from it. */
export interface Registrable {
  convenio: string;
  number: string;
  ownReference: string;
  payerDocument: string;
  amountCents: number;
  dueDate: NonNullable<ReturnType<typeof fromBankDate>>;
  request: Record<string, unknown>;
  payer: Record<string, unknown>;
}

/**
 * What the bank refuses, first defect first. The codes are those of its earlier web service (manual v1.4, 2017): the
 * present API publishes only 4874915. Codes that begin with SIM are invented and stand for what nobody published.
 */
export function checkRegistration(body: string, facts: BankFacts, now: Date): BankRefusal | Registrable {
  const request = parse(body);
  if (!request) return refused('SIM0400', 'JSON inválido: número com zero à esquerda ou texto mal formado.');
  const payer = isRecord(request.pagador) ? request.pagador : {};
  const convenio = checkConvenio(request, facts);
  if (typeof convenio !== 'string') return convenio;
  const number = checkNumbers(request, convenio);
  if (typeof number !== 'string') return number;
  const dates = checkDates(request, now);
  if ('code' in dates) return dates;
  const amountCents = checkAmount(request);
  if (typeof amountCents !== 'number') return amountCents;
  const termsRefusal = checkTerms(request, amountCents, { ...dates, today: saoPauloDate(now) });
  if (termsRefusal) return termsRefusal;
  const payerDocument = checkDocument(payer, facts);
  if (typeof payerDocument !== 'string') return payerDocument;
  const refusal = checkTexts(payer) ?? checkCep(payer, facts) ?? checkPix(request);
  if (refusal) return refusal;
  const ownReference = text(request.numeroTituloBeneficiario);
  return { convenio, number, ownReference, payerDocument, amountCents, dueDate: dates.dueDate, request, payer };
}

export function isRefused(result: BankRefusal | Registrable): result is BankRefusal {
  return 'code' in result;
}

function parse(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** The same for a registration and, as we assume, for a read. */
export function refusedConvenio(convenio: string, facts: BankFacts): BankRefusal | null {
  if (convenio.length !== 7) return refused('SR0040002', 'Numero do Convenio Invalido.');
  if (facts.closedConvenios.includes(convenio)) return refused('SR0020041', 'Convenio informado esta encerrado.');
  if (facts.convenios.length > 0 && !facts.convenios.includes(convenio))
    return refused('SR0030008', 'Convenio nao cadastrado.', 'codigoMensagem');
  return null;
}

function checkConvenio(request: Record<string, unknown>, facts: BankFacts): string | BankRefusal {
  const { numeroConvenio, numeroCarteira, numeroVariacaoCarteira, codigoModalidade } = request;
  if (!isInteger(numeroConvenio)) return refused('SR0020036', 'Numero do convenio nao informado.');
  const convenio = String(numeroConvenio);
  const refusal = refusedConvenio(convenio, facts);
  if (refusal) return refusal;
  if (numeroCarteira !== 17) return refused('SR0020038', 'Carteira informada invalida.');
  if (!isInteger(numeroVariacaoCarteira) || numeroVariacaoCarteira < 1 || numeroVariacaoCarteira > 999)
    return refused('SR0020039', 'Variacao informada invalida.');
  if (codigoModalidade !== 1 && codigoModalidade !== 4)
    return refused('SR0020005', 'Codigo de modalidade invalido ou nao preenchido.');
  return convenio;
}

function checkNumbers(request: Record<string, unknown>, convenio: string): string | BankRefusal {
  const { numeroTituloCliente, numeroTituloBeneficiario, codigoAceite, codigoTipoTitulo } = request;
  if (typeof numeroTituloCliente !== 'string' || numeroTituloCliente === '')
    return refused('SR0020090', 'Informar numero do boleto. Cliente numera.', 'code');
  if (!/^\d{20}$/.test(numeroTituloCliente) || !numeroTituloCliente.startsWith(`000${convenio}`))
    return refused('SR0040007', 'Numeracao Titulo fora do padrao p/convenio (7) informado.', 'code');
  const reference = text(numeroTituloBeneficiario);
  if (reference === '') return refused('SR0020026', 'Informe o nro do boleto do beneficiario.');
  if (reference.length > 15 || !/^[A-Z0-9 '-]+$/.test(reference))
    return refused('SR0020096', 'Caracter invalido no campo Boleto do beneficiario.');
  if (codigoAceite !== 'A' && codigoAceite !== 'N') return refused('SR0020067', 'Codigo de aceite invalido.');
  if (!isInteger(codigoTipoTitulo)) return refused('S001I0007', 'Codigo tipo titulo cobranca invalido');
  return numeroTituloCliente;
}

interface Dates {
  issueDate: Registrable['dueDate'];
  dueDate: Registrable['dueDate'];
}

function checkPix({ indicadorPix }: Record<string, unknown>): BankRefusal | null {
  const known = indicadorPix === undefined || indicadorPix === 'S' || indicadorPix === 'N';
  return known ? null : refused('SIM0005', 'Indicador de Pix invalido.');
}

function checkDates(request: Record<string, unknown>, now: Date): Dates | BankRefusal {
  const issueDate = fromBankDate(request.dataEmissao);
  const dueDate = fromBankDate(request.dataVencimento);
  const today = saoPauloDate(now);
  if (!issueDate) return refused('SR0020007', 'Data de emissao do boleto invalida.', 'codigoMensagem');
  if (!dueDate) return refused('SR0020009', 'Data de vencimento do boleto invalida.', 'codigoMensagem');
  if (issueDate > dueDate)
    return refused('SR0020044', 'Data de emissao MAIOR que a data de vencimento.', 'codigoMensagem');
  if (issueDate > today)
    return refused('SR0020043', 'Data de emissao nao pode ser MAIOR/IGUAL a data atual.', 'codigoMensagem');
  if (isOlderThanAYear(issueDate, today)) return refused('SR0020042', 'Data de emissao anterior a 1 ano.');
  if (dueDate < today) return refused('SR0020054', 'Data de vencto menor que o permitido.', 'codigoMensagem');
  // FEBRABAN's window of the due-date factor: further ahead it would be read as a date of the past.
  if (daysBetween(today, dueDate) > 5_500)
    return refused('SR0020009', 'Data de vencimento do boleto invalida.', 'codigoMensagem');
  return checkLateAcceptance(request) ?? { issueDate, dueDate };
}

/** The same day a year ago is still taken; of a 29 February the day before it. */
function isOlderThanAYear(date: string, today: string): boolean {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const [thisYear = 0, thisMonth = 0, thisDay = 0] = today.split('-').map(Number);
  const years = thisYear - year;
  return years > 1 || (years === 1 && (thisMonth > month || (thisMonth === month && thisDay > day)));
}

/** N has no days; S with 0 is as long as the convênio says (manual of 08/2020, fields 10 and 11). */
function checkLateAcceptance(request: Record<string, unknown>): BankRefusal | null {
  const { indicadorAceiteTituloVencido: late, numeroDiasLimiteRecebimento: days } = request;
  if (late !== 'S' && late !== 'N') return refused('SIM0005', 'Indicador de aceite de titulo vencido invalido.');
  if (late === 'N')
    return days === undefined ? null : refused('SIM0005', 'Nao informar dias limite para titulo nao aceito vencido.');
  if (days === undefined || (isInteger(days) && days >= 0 && days <= 999)) return null;
  return refused('SIM0005', 'Numero de dias limite para recebimento invalido.');
}

function checkAmount(request: Record<string, unknown>): number | BankRefusal {
  const cents = centsOf(request.valorOriginal);
  if (cents === null || cents < 0 || cents > MAX_CENTS)
    return refused('SR0020010', 'Valor do boleto invalido.', 'codigoMensagem');
  if (cents === 0) return refused('SR0020068', 'Informe o valor do boleto.', 'codigoMensagem');
  return cents;
}

function checkDocument(
  { tipoInscricao, numeroInscricao }: Record<string, unknown>,
  facts: BankFacts,
): string | BankRefusal {
  if (tipoInscricao !== 1 && tipoInscricao !== 2)
    return refused('SR0020084', 'Informe o tipo de inscrição do pagador.');
  const { documentForm } = facts;
  // Assumed: what the bank says of the form is published nowhere.
  if (documentForm && (typeof numeroInscricao === 'number') !== (documentForm === 'number'))
    return refused(
      'SIM0006',
      `Campo numeroInscricao deve ser ${documentForm === 'number' ? 'numerico' : 'texto'}.`,
      'codigoMensagem',
    );
  const length = tipoInscricao === 1 ? 11 : 14;
  // A number has lost its leading zeros, a text has them.
  const document =
    typeof numeroInscricao === 'number' ? String(numeroInscricao).padStart(length, '0') : written(numeroInscricao);
  if (document.length !== length) return refused('SR0020028', 'Numero de inscricao do pagador invalido.');
  const valid = tipoInscricao === 1 ? isCpf(document) : isCnpj(document);
  if (!valid)
    return refused(
      'SR0050004',
      'Digito verificador do CPF ou CGC Invalido.',
      'codigo',
      'Verifique o número informado.',
    );
  if (facts.irregularDocuments.includes(document))
    return refused(
      'SIM0001',
      'CPF/CNPJ do pagador em situacao irregular na Receita Federal.',
      'code',
      'Regularizar o cadastro do pagador.',
    );
  return document;
}

function checkTexts(payer: Record<string, unknown>): BankRefusal | null {
  const fields: readonly (readonly [key: string, label: string, max: number, missing: BankRefusal])[] = [
    ['nome', 'Nome do pagador', 60, refused('SR0020029', 'Informe o nome do pagador.')],
    ['endereco', 'Endereco do pagador', 60, refused('SR0020030', 'Informe o endereco do pagador.')],
    ['cidade', 'Cidade do pagador', 30, refused('SR0020032', 'Informe o cidade do pagador.')],
    ['bairro', 'Bairro do pagador', 30, refused('SR0050010', 'Bairro do pagador invalido.', 'codigoMensagem')],
  ];
  for (const [key, label, max, missing] of fields) {
    const value = text(payer[key]);
    if (value === '') return missing;
    if ([...value].length > max)
      return key === 'nome'
        ? refused('SR0050008', 'Nome do pagador invaldo.')
        : refused('SIM0003', `Tamanho excedido no campo ${label}.`);
    if (!TEXT.test(value)) return refused('SR0020096', `Caracter invalido no campo ${label}.`);
  }
  return null;
}

function checkCep(payer: Record<string, unknown>, facts: BankFacts): BankRefusal | null {
  const uf = text(payer.uf);
  if (uf === '') return refused('SR0020034', 'Informe a UF do endereco do pagador.');
  const cep = typeof payer.cep === 'number' ? String(payer.cep).padStart(8, '0') : written(payer.cep);
  if (cep === '') return refused('SR0050016', 'CEP do pagador nao informado.');
  const ufOf = ufOfCep(cep);
  if (!ufOf) return refused('SR0050014', 'CEP do pagador invalido.', 'codigo', 'Informe um CEP com 8 dígitos.');
  if (!isUf(uf)) return refused('S001I0031', 'Sigla unidade da federacao sacado cobranca invalido');
  if (ufOf !== uf) return refused('SR0050026', 'UF Informada nao corresponde ao CEP', 'code');
  return facts.missingCeps.includes(cep)
    ? refused('SIM0002', 'CEP inexistente na base de enderecos.', 'codigoMensagem')
    : null;
}

/** A code as it came: spaces around it are part of it. */
function written(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
