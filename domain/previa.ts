import { previaRows, type PreviaCode } from './catalogue/previa';
import { isUf, ufOfCep } from './cep';
import type { ChargeSnapshot, Payer } from './charge';
import { daysBetween, formatDate, saoPauloDate, saoPauloInstant } from './dates';
import { isCnpj, isCpf } from './documents';
import { garbled } from './garbledText';
import { formatReais, type Cents } from './money';
import { proposalFor } from './proposals';
import {
  expressed,
  payerTexts,
  percentDecimal,
  type DocumentKind,
  type PayerText,
  type SendingLimits,
} from './sending';

/** One thing for which a boleto would be refused; what to do about it is in the catalogue, under its code. */
export interface PreviaDefect {
  code: PreviaCode;
  /** In domain words: `payer.cep`, `dueDate`, `rules.finePercent` … */
  field: string;
  /** Portuguese, one sentence: what is wrong with this one. No personal data. */
  message: string;
  /** The value that the field was meant to have, where that can be told: for a person to confirm. Personal data. */
  proposal?: string;
}

/** A factor this far ahead is still read as the date that is meant (FEBRABAN, window of the due-date factor). */
const FARTHEST_DUE_DAYS = 5_500;

/**
 * Checks before sending: for what `snapshot` would be refused at the gateway of `limits`; empty when it can be sent.
 * What only the bank knows (an irregular document, a CEP that does not exist, a closed convênio) it does not find.
 * Defects of the carteira come first: they are everybody's.
 *
 * @param now the instant that decides what "today" in São Paulo is
 */
export function previa(snapshot: ChargeSnapshot, limits: SendingLimits, now: Date): PreviaDefect[] {
  return [
    ...contractDefects(snapshot, limits),
    ...ruleDefects(snapshot, limits),
    ...numberDefects(snapshot, limits),
    ...dateDefects(snapshot, limits, now),
    ...amountDefects(snapshot.amountCents, limits),
    ...documentDefects(snapshot.payer, limits),
    ...payerTexts.flatMap((field) => [...textDefects(field, snapshot.payer, limits)]),
    ...addressDefects(snapshot.payer, limits),
  ];
}

/** Where it matters which one it is, `message` says more than the row's cause. */
export function previaDefect(code: PreviaCode, message = previaRows[code].cause): PreviaDefect {
  return { code, field: previaRows[code].field, message };
}

function withProposal(defect: PreviaDefect, payer: Payer): PreviaDefect {
  const proposal = proposalFor(defect.field, payer);
  return proposal === null ? defect : { ...defect, proposal };
}

function* contractDefects(snapshot: ChargeSnapshot, limits: SendingLimits): Generator<PreviaDefect> {
  const { convenio, carteira, variation, especies, writeOffDays } = limits;
  if (!convenio.pattern.test(snapshot.convenio))
    yield previaDefect('convenioInvalido', `O convênio deve ter ${convenio.words}.`);
  if (!carteira.pattern.test(snapshot.carteira))
    yield previaDefect('carteiraInvalida', `O código da carteira deve ser ${carteira.words}.`);
  if (!variation.pattern.test(snapshot.variation))
    yield previaDefect('variacaoInvalida', `A variação da carteira deve ter ${variation.words}.`);
  if (!Object.hasOwn(especies, snapshot.especie))
    yield previaDefect(
      'especieDesconhecida',
      `A espécie ${snapshot.especie} não existe neste gateway; ele conhece ${Object.keys(especies).join(', ')}.`,
    );
  const days = snapshot.writeOffDays;
  if (days !== null && !(Number.isSafeInteger(days) && days >= writeOffDays.min && days <= writeOffDays.max))
    yield previaDefect(
      'baixaInvalida',
      `Os dias para a baixa automática devem ser de ${writeOffDays.min} a ${writeOffDays.max}, inteiros.`,
    );
}

function* ruleDefects(
  { rules, dueDate, especie }: ChargeSnapshot,
  { percent, especiesWithoutCharges }: SendingLimits,
): Generator<PreviaDefect> {
  const { interestPercentPerMonth: interest, finePercent: fine, discount } = rules;
  const checked = [
    ['jurosInvalidos', interest, percent.interestBelow, 'Os juros devem ser'],
    ['multaInvalida', fine, percent.fineBelow, 'A multa deve ser'],
    ['descontoInvalido', discount?.percent, percent.discountBelow, 'O desconto deve ser'],
  ] as const;
  for (const [code, value, below, subject] of checked)
    if (value && (percentDecimal(value, percent.decimals) === null || value >= below))
      yield previaDefect(code, `${subject} menos de ${below} %, com no máximo ${percent.decimals} casas decimais.`);
  if ((interest || fine) && especiesWithoutCharges.includes(especie)) yield previaDefect('especieSemEncargos');
  if (discount?.percent && discount.until > dueDate) yield previaDefect('descontoDepoisDoVencimento');
}

function* numberDefects(snapshot: ChargeSnapshot, limits: SendingLimits): Generator<PreviaDefect> {
  const { convenio, ownReference, ourNumber } = limits;
  const reference = snapshot.ownReference.trim();
  if ([...reference].length > ownReference.max || !ownReference.pattern.test(reference))
    yield previaDefect('seuNumeroInvalido', `O seu número deve ter de 1 a ${ownReference.max} letras ou dígitos.`);
  // Under a wrong convênio there are no right numbers.
  if (ourNumber && convenio.pattern.test(snapshot.convenio) && !ourNumber(snapshot.ourNumber ?? '', snapshot.convenio))
    yield previaDefect('nossoNumeroInvalido');
}

function* dateDefects(
  { issueDate, dueDate }: ChargeSnapshot,
  { cutOffHour }: SendingLimits,
  now: Date,
): Generator<PreviaDefect> {
  const today = saoPauloDate(now);
  const late = cutOffHour !== null && dueDate === today && now >= saoPauloInstant(today, cutOffHour);
  if (issueDate > dueDate)
    yield previaDefect(
      'emissaoDepoisDoVencimento',
      `A emissão (${formatDate(issueDate)}) é depois do vencimento (${formatDate(dueDate)}).`,
    );
  if (dueDate < today) yield previaDefect('vencimentoPassado', `O vencimento (${formatDate(dueDate)}) já passou.`);
  else if (late)
    yield previaDefect('vencimentoForaDoHorario', `Para hoje, este gateway registra até as ${cutOffHour}h.`);
  else if (daysBetween(today, dueDate) > FARTHEST_DUE_DAYS)
    yield previaDefect('vencimentoDistante', `O vencimento (${formatDate(dueDate)}) está longe demais.`);
}

function* amountDefects(amount: Cents, { amount: { minCents, maxCents } }: SendingLimits): Generator<PreviaDefect> {
  if (!Number.isSafeInteger(amount) || amount < 0) yield previaDefect('valorInvalido');
  else if (amount === 0) yield previaDefect('valorZerado');
  else if (amount < minCents)
    yield previaDefect('valorAbaixoDoMinimo', `O valor mínimo deste gateway é ${formatReais(minCents as Cents)}.`);
  else if (amount > maxCents)
    yield previaDefect('valorAcimaDoMaximo', `O valor máximo deste gateway é ${formatReais(maxCents as Cents)}.`);
}

function* documentDefects(payer: Payer, { documents }: SendingLimits): Generator<PreviaDefect> {
  const { personType, document } = payer;
  const kind = kindOf(document);
  if (document === '') yield previaDefect('documentoVazio');
  else if (kind === null)
    yield withProposal(
      previaDefect(
        'documentoInvalido',
        personType === 'F' ? 'O CPF deve ter 11 dígitos.' : 'O CNPJ deve ter 14 dígitos ou letras maiúsculas.',
      ),
      payer,
    );
  else if ((kind === 'cpf') !== (personType === 'F'))
    yield previaDefect(
      'documentoDeOutroTipo',
      personType === 'F' ? 'A pessoa é física e o documento é um CNPJ.' : 'A pessoa é jurídica e o documento é um CPF.',
    );
  else if (!(kind === 'cpf' ? isCpf : isCnpj)(document))
    yield previaDefect(
      'documentoDigitoErrado',
      `O dígito verificador do ${kind === 'cpf' ? 'CPF' : 'CNPJ'} está errado.`,
    );
  else if (!documents.includes(kind))
    yield previaDefect('documentoNaoAceito', `Este gateway não recebe ${documentLabels[kind]}.`);
}

const documentLabels: Record<DocumentKind, string> = {
  cpf: 'CPF',
  cnpj: 'CNPJ',
  alphanumericCnpj: 'CNPJ com letras',
};

/** By its form alone; null when it has the form of neither. */
function kindOf(document: string): DocumentKind | null {
  if (/^\d{11}$/.test(document)) return 'cpf';
  if (/^\d{14}$/.test(document)) return 'cnpj';
  return /^[0-9A-Z]{12}\d{2}$/.test(document) ? 'alphanumericCnpj' : null;
}

type TextCodes = Record<'empty' | 'long' | 'character' | 'garbled', PreviaCode> & { label: string };
const textCodes: Record<PayerText, TextCodes> = {
  name: {
    ...{ empty: 'nomeVazio', long: 'nomeLongo', character: 'nomeCaractere', garbled: 'nomeEstragado' },
    label: 'O nome',
  },
  street: {
    ...{ empty: 'enderecoVazio', long: 'enderecoLongo', character: 'enderecoCaractere', garbled: 'enderecoEstragado' },
    label: 'O endereço',
  },
  district: {
    ...{ empty: 'bairroVazio', long: 'bairroLongo', character: 'bairroCaractere', garbled: 'bairroEstragado' },
    label: 'O bairro',
  },
  city: {
    ...{ empty: 'cidadeVazia', long: 'cidadeLonga', character: 'cidadeCaractere', garbled: 'cidadeEstragada' },
    label: 'A cidade',
  },
};

/** Judged as it would be sent: what shortening takes away does no harm. */
function* textDefects(field: PayerText, payer: Payer, limits: SendingLimits): Generator<PreviaDefect> {
  const { max, required } = limits.texts[field];
  const { empty, long, character, label, garbled: garbledCode } = textCodes[field];
  const isGarbled = garbled(payer[field]) !== null;
  // Told first, and in place of the characters that it consists of.
  if (isGarbled) yield withProposal(previaDefect(garbledCode), payer);
  const isBeside = field === 'street' && garbled(payer.complement ?? '') !== null;
  if (isBeside) yield withProposal(previaDefect('complementoEstragado'), payer);
  const text = expressed(limits, field, payer);
  // The bank would take a number alone; no letter finds it.
  if (limits.fold(payer[field]) === '') {
    if (required) yield previaDefect(empty);
    return;
  }
  // Never fewer units than characters.
  const length = text.length <= max ? text.length : [...text].length;
  if (length > max) yield previaDefect(long, `${label} tem ${length} caracteres; o gateway recebe até ${max}.`);
  if (isGarbled || isBeside || limits.characters.test(text)) return;
  const strange = [...new Set(text)].filter((each) => !limits.characters.test(each));
  yield previaDefect(character, `${label} tem o que o gateway não recebe: ${strange.slice(0, 5).map(shown).join(' ')}`);
}

/** A character for a message; one that nobody would see by its number. */
function shown(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return /^[\p{C}\p{Z}\p{M}]$/u.test(character) ? `U+${code.toString(16).toUpperCase().padStart(4, '0')}` : character;
}

function* addressDefects(payer: Payer, { fold }: SendingLimits): Generator<PreviaDefect> {
  const { uf: stored, cep } = payer;
  const uf = fold(stored);
  const known = isUf(uf);
  if (uf === '') yield previaDefect('ufVazia');
  else if (!known) yield previaDefect('ufInexistente');
  const ufOf = ufOfCep(cep);
  if (cep === '') yield previaDefect('cepVazio');
  else if (ufOf === null)
    yield withProposal(
      previaDefect(
        'cepInvalido',
        /^\d{8}$/.test(cep)
          ? 'Nenhuma UF tem este CEP.'
          : `O CEP tem ${[...cep].length} caracteres em vez de 8 dígitos.`,
      ),
      payer,
    );
  else if (known && ufOf !== uf) yield previaDefect('cepDeOutraUf', `O CEP é de ${ufOf}, e a UF do cadastro é ${uf}.`);
}
