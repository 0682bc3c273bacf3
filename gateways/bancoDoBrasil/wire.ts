import { isBarcode, toBarcode, toLinhaDigitavel } from '../../domain/barcode';
import type { ChargeRules, ChargeSnapshot, Payer, Registration } from '../../domain/charge';
import { addDays, parseLocalDate, type LocalDate } from '../../domain/dates';
import type { FoundBoleto, LocalRefusal } from '../../domain/gateway';
import { toDecimal, type Cents } from '../../domain/money';

/** Sigla to codigoTipoTitulo of the registration endpoint. */
const especies: Record<string, number> = {
  CH: 1,
  DM: 2,
  DS: 4,
  NP: 12,
  RC: 17,
  FAT: 18,
  ND: 19,
  CC: 31,
  BDP: 32,
  OU: 99,
};

const MAX_STREET = 60;
const MAX_DISTRICT = 30;
const MAX_CITY = 30;
export const MAX_OWN_REFERENCE = 15;

const SIMPLE_COLLECTION = 1;
const [NONE, PERCENT] = [0, 2];

/** What the format cannot express. Everything that it can, wrong or not, is for the bank to refuse. */
export function inexpressible(snapshot: ChargeSnapshot): LocalRefusal[] {
  const refusals: LocalRefusal[] = [];
  const refuse = (field: string, message: string): void => void refusals.push({ field, code: 'formato', message });
  if (!/^\d{7}$/.test(snapshot.convenio)) refuse('convenio', 'O convênio deve ter 7 dígitos.');
  if (!/^\d{1,2}$/.test(snapshot.carteira)) refuse('carteira', 'O código da carteira deve ser numérico.');
  if (!/^\d{1,3}$/.test(snapshot.variation)) refuse('variation', 'A variação da carteira deve ser numérica.');
  if (snapshot.ourNumber === null) refuse('ourNumber', 'Falta o nosso número.');
  if (!(snapshot.especie in especies)) refuse('especie', `A espécie ${snapshot.especie} não existe neste banco.`);
  if (!Number.isSafeInteger(snapshot.amountCents)) refuse('amountCents', 'O valor não é um número de centavos.');
  const { personType, document } = snapshot.payer;
  if (personType === 'F' ? /\D/.test(document) : /[^0-9A-Z]/.test(document))
    refuse('payer.document', `O ${personType === 'F' ? 'CPF' : 'CNPJ'} tem caracteres que o banco não recebe.`);
  const { rules, writeOffDays } = snapshot;
  for (const [field, percent] of [
    ['rules.interestPercentPerMonth', rules.interestPercentPerMonth],
    ['rules.finePercent', rules.finePercent],
    ['rules.discount', rules.discount?.percent],
  ] as const)
    if (percent && percentDecimal(percent) === null)
      refuse(field, 'O percentual deve ter no máximo duas casas decimais.');
  if (writeOffDays !== null && !Number.isSafeInteger(writeOffDays))
    refuse('writeOffDays', 'Os dias para baixa devem ser inteiros.');
  return refusals;
}

/** The body of `POST /boletos`. @throws Error for a snapshot that `inexpressible` refuses. */
export function toRegistrationBody(snapshot: ChargeSnapshot): string {
  const especie = especies[snapshot.especie];
  if (especie === undefined) throw new Error(`no codigoTipoTitulo for ${snapshot.especie}`);
  return toJson({
    numeroConvenio: new Literal(snapshot.convenio),
    numeroCarteira: Number(snapshot.carteira),
    numeroVariacaoCarteira: Number(snapshot.variation),
    codigoModalidade: SIMPLE_COLLECTION,
    dataEmissao: bankDate(snapshot.issueDate),
    dataVencimento: bankDate(snapshot.dueDate),
    valorOriginal: money(snapshot.amountCents),
    indicadorAceiteTituloVencido: 'S',
    ...(snapshot.writeOffDays === null ? {} : { numeroDiasLimiteRecebimento: snapshot.writeOffDays }),
    codigoAceite: snapshot.acceptance ? 'A' : 'N',
    codigoTipoTitulo: especie,
    descricaoTipoTitulo: snapshot.especie,
    indicadorPermissaoRecebimentoParcial: 'N',
    numeroTituloBeneficiario: snapshot.ownReference,
    numeroTituloCliente: snapshot.ourNumber ?? '',
    ...charges(snapshot.rules, snapshot.dueDate),
    pagador: payer(snapshot.payer),
    indicadorPix: 'N',
  });
}

/** tipo 0 comes alone: the bank refuses zeroed values beside it. */
function charges(rules: ChargeRules, dueDate: LocalDate): Record<string, Json> {
  const { interestPercentPerMonth: interest, finePercent: fine, discount } = rules;
  return {
    desconto: discount?.percent
      ? { tipo: PERCENT, dataExpiracao: bankDate(discount.until), porcentagem: percentage(discount.percent) }
      : { tipo: NONE },
    jurosMora: interest ? { tipo: PERCENT, porcentagem: percentage(interest) } : { tipo: NONE },
    multa: fine
      ? { tipo: PERCENT, data: bankDate(addDays(dueDate, 1)), porcentagem: percentage(fine) }
      : { tipo: NONE },
  };
}

/**
 * Street, district and city are shortened to what the bank stores; a name never is: a payer with another name than
 * his own would be registered in silence. It is refused by the bank, and corrected by a person.
 */
function payer({ personType, document, name, street, district, city, uf, cep }: Payer): Record<string, Json> {
  const length = personType === 'F' ? 11 : 14;
  return {
    tipoInscricao: personType === 'F' ? 1 : 2,
    numeroInscricao: digitsOrText(document, length),
    nome: fold(name),
    endereco: shorten(fold(street), MAX_STREET),
    cep: digitsOrText(cep, 8),
    cidade: shorten(fold(city), MAX_CITY),
    bairro: shorten(fold(district), MAX_DISTRICT),
    uf: fold(uf),
  };
}

/**
 * A JSON number drops leading zeros. That loses nothing while the length is the right one; a CEP or CPF that lacks
 * a digit, however, would become another, perhaps existing one. It goes as the text it is, for the bank to refuse.
 */
function digitsOrText(text: string, length: number): Json {
  if (text.length !== length || !/^\d*[1-9]\d*$/.test(text)) return text;
  return new Literal(text.replace(/^0+/, ''));
}

const typography: [RegExp, string][] = [
  [/[\u2018\u2019\u201A\u201B\u0060\u00B4\u2032]/g, "'"],
  [/[\u201C\u201D\u201E\u00AB\u00BB\u2033]/g, '"'],
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/\u00DF/g, 'ss'],
  [/[\u00C6\u00E6]/g, 'ae'],
  [/[\u00D8\u00F8]/g, 'o'],
];

/** Upper case without accents; typographic variants as their plain form. What has none stays, for the bank to refuse. */
export function fold(text: string): string {
  // Nothing to take off: ASCII, but for the grave accent.
  if (/^[ -_a-~]*$/.test(text)) return text.toUpperCase().replace(/ {2,}/g, ' ').trim();
  const plain = typography.reduce((result, [variant, simple]) => result.replace(variant, simple), text);
  return plain.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().replace(/\s+/g, ' ').trim();
}

/** At most `max` characters, never half of one. */
export function shorten(text: string, max: number): string {
  return (text.length <= max ? text : [...text].slice(0, max).join('')).trimEnd();
}

export function bankDate(date: LocalDate): string {
  return date.split('-').reverse().join('.');
}

/** `31.12.2026` as `2026-12-31`; null when it is no date. */
export function fromBankDate(text: unknown): LocalDate | null {
  if (typeof text !== 'string' || !/^\d{2}\.\d{2}\.\d{4}$/.test(text)) return null;
  return parseLocalDate(text.split('.').reverse().join('-'));
}

/** Integer cents of a decimal as the bank writes it, number or text; null when it has more than two decimals. */
export function fromBankDecimal(value: unknown): number | null {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  const match = /^(\d{1,13})(?:\.(\d{1,2})0*)?$/.exec(text);
  return match ? Number(`${match[1]}${(match[2] ?? '').padEnd(2, '0')}`) : null;
}

/** The registration in the answer to a POST; null when the answer is not about exactly the boleto that was sent. */
export function readRegistration(answer: unknown, snapshot: ChargeSnapshot): Registration | null {
  if (!isRecord(answer) || text(answer.numero).padStart(20, '0') !== snapshot.ourNumber) return null;
  const codes = readCodes(answer.linhaDigitavel, answer.codigoBarraNumerico);
  // Positions 10-19 are the value, 26-42 convênio and sequence.
  if (!codes || Number(codes.barcode.slice(9, 19)) !== snapshot.amountCents) return null;
  if (codes.barcode.slice(25, 42) !== snapshot.ourNumber.slice(3)) return null;
  const qrCode = isRecord(answer.qrCode) ? answer.qrCode : {};
  return {
    bankId: snapshot.ourNumber,
    ourNumber: snapshot.ourNumber,
    ...codes,
    pixEmv: text(qrCode.emv) || null,
    pixTxid: text(qrCode.txId) || null,
    link: text(answer.urlImagemBoleto) || null,
  };
}

/** The number of a success that is about a boleto of another number; null when it says none. */
export function otherNumber(answer: unknown, snapshot: ChargeSnapshot): string | null {
  const number = isRecord(answer) ? text(answer.numero).padStart(20, '0') : '';
  return /^(?!0+$)\d{20}$/.test(number) && number !== snapshot.ourNumber ? number : null;
}

/**
 * codigoEstadoTituloCobranca of the states in which nobody can pay the boleto, or has paid it.
 * A state that is in neither list counts as not alive: a conflict costs a person a minute, a boleto taken for
 * registered while it is dead is never charged.
 */
const deadStates: Record<string, string> = { 7: 'baixado' };
const liveStates: Record<string, string> = {
  1: 'normal',
  2: 'movimento de cartório',
  3: 'em cartório',
  4: 'com ocorrência de cartório',
  5: 'protestado eletrônico',
  6: 'liquidado',
  8: 'com pendência de cartório',
  9: 'protestado manual',
  10: 'baixado/pago em cartório',
  11: 'liquidado/protestado',
  12: 'liquidado/pago em cartório',
  13: 'protestado, aguardando baixa',
  14: 'em liquidação',
  15: 'agendado',
  16: 'creditado',
  17: 'pago em cheque, aguardando liquidação',
  18: 'pago parcialmente',
  19: 'pago parcialmente, creditado',
  21: 'agendado por compensação',
  80: 'em processamento',
};

/** The boleto in the answer to `GET /boletos/{id}`; null when a field that evidence needs is missing or unreadable. */
export function readFound(answer: unknown, number: string): FoundBoleto | null {
  if (!isRecord(answer)) return null;
  const codes = readCodes(answer.codigoLinhaDigitavel, answer.textoCodigoBarrasTituloCobranca);
  const dueDate = fromBankDate(answer.dataVencimentoTituloCobranca);
  const amountCents = fromBankDecimal(answer.valorOriginalTituloCobranca);
  const state = text(answer.codigoEstadoTituloCobranca);
  if (!codes || !dueDate || amountCents === null || !state) return null;
  if (codes.barcode.slice(25, 42) !== number.slice(3)) return null;
  return {
    registration: { bankId: number, ourNumber: number, ...codes, pixEmv: null, pixTxid: null, link: null },
    ownReference: text(answer.numeroTituloCedenteCobranca) || null,
    payerDocument: readDocument(answer.codigoTipoInscricaoSacado, answer.numeroInscricaoSacadoCobranca),
    amountCents,
    dueDate,
    alive: state in liveStates,
    status: liveStates[state] ?? deadStates[state] ?? `estado ${state}`,
  };
}

function readDocument(type: unknown, number: unknown): string | null {
  const written = text(number)
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');
  if (!/[1-9A-Z]/.test(written)) return null;
  return /^\d+$/.test(written) ? written.padStart(text(type) === '1' ? 11 : 14, '0') : written;
}

/** Line and barcode, one from the other where one is missing; null when they are wrong or contradict each other. */
function readCodes(line: unknown, code: unknown): { linhaDigitavel: string; barcode: string } | null {
  const written = text(line).replace(/\D/g, '');
  const barcode = text(code).replace(/\D/g, '') || toBarcode(written);
  if (!barcode || !isBarcode(barcode)) return null;
  const linhaDigitavel = toLinhaDigitavel(barcode);
  return written && written !== linhaDigitavel ? null : { linhaDigitavel, barcode };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
}

function money(cents: Cents): Literal {
  return new Literal(toDecimal(cents));
}

function percentage(percent: number): Literal {
  const decimal = percentDecimal(percent);
  if (decimal === null) throw new Error(`not a percentage with two decimals: ${percent}`);
  return new Literal(decimal);
}

function percentDecimal(percent: number): string | null {
  const match = /^(\d+)(?:\.(\d{1,2}))?$/.exec(String(percent));
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(2, '0')}` : null;
}

/** A JSON number written exactly so: JSON.stringify would turn 10.50 into 10.5. */
class Literal {
  constructor(readonly written: string) {}
}

type Json = string | number | Literal | { [key: string]: Json };

function toJson(value: Json): string {
  if (value instanceof Literal) return value.written;
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${JSON.stringify(key)}:${toJson(member)}`)
    .join(',')}}`;
}
