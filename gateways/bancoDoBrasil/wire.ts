import { isBarcode, toBarcode, toLinhaDigitavel } from '../../domain/codes/barcode';
import {
  discountSteps,
  fineDate,
  type ChargeRules,
  type ChargeSnapshot,
  type Discount,
  type Payer,
  type Registration,
} from '../../domain/boleto/charge';
import { parseLocalDate, type LocalDate } from '../../domain/kinds/dates';
import type { FoundBoleto } from '../../domain/gateway';
import { toDecimal, type Cents } from '../../domain/kinds/money';
import { isRecord, text } from '../core/json';
import { expressed, percentDecimal } from '../../domain/boleto/sending';
import { sending } from './codec';

const SIMPLE_COLLECTION = 1;
const [NONE, AMOUNT, PERCENT] = [0, 1, 2];

/** The body of `POST /boletos`. @throws Error for what the prévia refuses because no request can say it. */
export function toRegistrationBody(snapshot: ChargeSnapshot): string {
  const especie = sending.especies[snapshot.especie];
  if (especie === undefined) throw new Error(`no codigoTipoTitulo for ${snapshot.especie}`);
  return toJson({
    numeroConvenio: new Literal(snapshot.convenio),
    numeroCarteira: wholeNumber(snapshot.carteira),
    numeroVariacaoCarteira: wholeNumber(snapshot.variation),
    codigoModalidade: SIMPLE_COLLECTION,
    dataEmissao: bankDate(snapshot.issueDate),
    dataVencimento: bankDate(snapshot.dueDate),
    valorOriginal: money(snapshot.amountCents),
    ...lateAcceptance(snapshot.writeOffDays),
    codigoAceite: snapshot.acceptance ? 'A' : 'N',
    codigoTipoTitulo: especie,
    descricaoTipoTitulo: snapshot.especie,
    indicadorPermissaoRecebimentoParcial: 'N',
    numeroTituloBeneficiario: snapshot.ownReference,
    numeroTituloCliente: snapshot.ourNumber ?? '',
    ...charges(snapshot.rules, snapshot.dueDate),
    pagador: payerOf(snapshot.payer),
    indicadorPix: snapshot.pix ? 'S' : 'N',
  });
}

/** `S` with 0 days is as long as the convênio has it; not a day is `N` (manual of 08/2020, fields 10 and 11). */
function lateAcceptance(days: number | null): Record<string, Json> {
  if (days === 0) return { indicadorAceiteTituloVencido: 'N' };
  return { indicadorAceiteTituloVencido: 'S', numeroDiasLimiteRecebimento: days ?? 0 };
}

/** tipo 0 comes alone: the bank refuses zeroed values beside it. */
function charges(rules: ChargeRules, dueDate: LocalDate): Record<string, Json> {
  const { interestPercentPerMonth, interestCentsPerDay, finePercent, fineCents } = rules;
  const [first, second, third, ...more] = discountSteps(rules).map(discountOf);
  if (more.length > 0) throw new Error(`no field for discount ${3 + more.length}`);
  const begins = { data: bankDate(fineDate(dueDate, rules)) };
  return {
    desconto: first ?? { tipo: NONE },
    // Of what is not there nothing is said: the documented shape of these two has no tipo 0.
    ...(second ? { segundoDesconto: second } : {}),
    ...(third ? { terceiroDesconto: third } : {}),
    jurosMora: priced(interestPercentPerMonth, interestCentsPerDay) ?? { tipo: NONE },
    multa: priced(finePercent, fineCents, begins) ?? { tipo: NONE },
  };
}

function discountOf({ percent, amountCents, until }: Discount): { [key: string]: Json } | undefined {
  return priced(percent, amountCents, { dataExpiracao: bankDate(until) });
}

/** tipo 1 has a value, tipo 2 a percentage. @returns undefined for neither */
function priced(
  percent: number | undefined,
  amount: Cents | undefined,
  more: { [key: string]: Json } = {},
): { [key: string]: Json } | undefined {
  if (percent && amount) throw new Error('a percentage and an amount at once');
  if (percent) return { tipo: PERCENT, ...more, porcentagem: percentage(percent) };
  return amount ? { tipo: AMOUNT, ...more, valor: money(amount) } : undefined;
}

function payerOf(payer: Payer): Record<string, Json> {
  const { personType, document, uf, cep } = payer;
  const length = personType === 'F' ? 11 : 14;
  return {
    tipoInscricao: personType === 'F' ? 1 : 2,
    numeroInscricao: inscription(document, length),
    nome: expressed(sending, 'name', payer),
    endereco: expressed(sending, 'street', payer),
    cep: digitsOrText(cep, 8),
    cidade: expressed(sending, 'city', payer),
    bairro: expressed(sending, 'district', payer),
    uf: sending.fold(uf),
  };
}

/**
 * The one place that says in which form a document goes: the documented number where it is of digits, text where it
 * has letters. Should the bank take only text, as ACBr sends since 06/2026, this returns the document as it is.
 */
function inscription(document: string, length: number): Json {
  return digitsOrText(document, length);
}

/**
 * A JSON number drops leading zeros. That loses nothing while the length is the right one; a CEP or CPF that lacks
 * a digit, however, would become another, perhaps existing one. It goes as the text it is, for the bank to refuse.
 */
function digitsOrText(text: string, length: number): Json {
  if (text.length !== length || !/^\d*[1-9]\d*$/.test(text)) return text;
  return new Literal(text.replace(/^0+/, ''));
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

/**
 * The registration in the answer to a POST; null when the answer is not about the boleto that was sent, or has no
 * code at all. Whether the codes are right is for domain/boleto/registrationCheck.ts to say.
 */
export function readRegistration(answer: unknown, snapshot: ChargeSnapshot): Registration | null {
  if (!isRecord(answer) || text(answer.numero).padStart(20, '0') !== snapshot.ourNumber) return null;
  const codes = readCodes(answer.linhaDigitavel, answer.codigoBarraNumerico);
  if (!codes) return null;
  const { emv, txid } = readQrCode(answer);
  return {
    bankId: snapshot.ourNumber,
    ourNumber: snapshot.ourNumber,
    ...codes,
    pixEmv: emv,
    pixTxid: txid,
    link: text(answer.urlImagemBoleto) || null,
    beneficiaryCode: readBeneficiaryCode(answer.beneficiario),
  };
}

/** The Pix in an answer to a registration, to `GET …/pix` or to `POST …/gerar-pix`; all null where it has none. */
export function readQrCode(answer: unknown): { emv: string | null; txid: string | null } {
  const qrCode = isRecord(answer) && isRecord(answer.qrCode) ? answer.qrCode : {};
  return { emv: text(qrCode.emv) || null, txid: text(qrCode.txId) || null };
}

/** The body of what is asked of a boleto that the address names. */
export function toConvenioBody(convenio: string): string {
  return toJson({ numeroConvenio: new Literal(convenio) });
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
  return {
    registration: { bankId: number, ourNumber: number, ...codes, pixEmv: null, pixTxid: null, link: null },
    ownReference: text(answer.numeroTituloCedenteCobranca) || null,
    payerDocument: readDocument(answer.codigoTipoInscricaoSacado, answer.numeroInscricaoSacadoCobranca),
    amountCents,
    dueDate,
    ...stateOf(state),
    registeredOn: fromBankDate(answer.dataRegistroTituloCobranca),
  };
}

/** @param state codigoEstadoTituloCobranca */
export function stateOf(state: string): { alive: boolean; status: string } {
  return { alive: state in liveStates, status: liveStates[state] ?? deadStates[state] ?? `estado ${state}` };
}

function readDocument(type: unknown, number: unknown): string | null {
  const written = text(number)
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '');
  if (!/[1-9A-Z]/.test(written)) return null;
  return /^\d+$/.test(written) ? written.padStart(text(type) === '1' ? 11 : 14, '0') : written;
}

/** Agência and conta as the answer has them, without their digits. */
function readBeneficiaryCode(beneficiary: unknown): string | null {
  if (!isRecord(beneficiary)) return null;
  const [agency, account] = [text(beneficiary.agencia), text(beneficiary.contaCorrente)];
  return agency && account ? `${agency.padStart(4, '0')} / ${account}` : null;
}

const MAX_CODE = 60;

/** Line and barcode as the bank wrote them, one from the other where one is missing; null when both are. */
function readCodes(line: unknown, code: unknown): { linhaDigitavel: string; barcode: string } | null {
  const [writtenLine, writtenCode] = [line, code].map((value) => text(value).replace(/\D/g, '').slice(0, MAX_CODE));
  const barcode = writtenCode || toBarcode(writtenLine ?? '') || '';
  const linhaDigitavel = writtenLine || (isBarcode(barcode) ? toLinhaDigitavel(barcode) : '');
  return linhaDigitavel === '' && barcode === '' ? null : { linhaDigitavel, barcode };
}

function money(cents: Cents): Literal {
  return new Literal(toDecimal(cents));
}

function percentage(percent: number): Literal {
  const decimal = percentDecimal(percent, sending.percent.decimals);
  if (decimal === null) throw new Error(`not a percentage with two decimals: ${percent}`);
  return new Literal(decimal);
}

/** Number('') is 0, and there is a variação 0 nowhere: what is not digits alone is not sent. */
function wholeNumber(digits: string): number {
  if (!/^\d+$/.test(digits)) throw new Error(`not a whole number: ${digits}`);
  return Number(digits);
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
