import { previaRows, type PreviaCode } from '../catalogue/previa';
import { isUf, ufOfCep } from '../kinds/cep';
import { discountSteps, type ChargeSnapshot, type Discount, type Payer } from './charge';
import { daysBetween, formatDate, saoPauloDate, saoPauloInstant, type LocalDate } from '../kinds/dates';
import { isCnpj, isCpf } from '../kinds/taxIds';
import { garbled } from '../kinds/garbledText';
import { formatReais, type Cents } from '../kinds/money';
import { repairFor } from '../receivable/repairs';
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
/** As long as the record keeps one. */
const LONGEST_GRACE_DAYS = 999;

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
    ...ofWhoseTerms(snapshot, ruleDefects(snapshot, limits)),
    ...numberDefects(snapshot, limits),
    ...dateDefects(snapshot, limits, now),
    ...amountDefects(snapshot.amountCents, limits),
    ...termsOfThisTitulo(snapshot, now),
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
  const proposal = repairFor(defect.field, payer);
  return proposal === null ? defect : { ...defect, proposal };
}

function* contractDefects(snapshot: ChargeSnapshot, limits: SendingLimits): Generator<PreviaDefect> {
  const { convenio, carteira, variation, especies } = limits;
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
}

/** What a título has of its own is wrong for itself alone: the carteira's others go on. */
function* ofWhoseTerms({ ownTerms }: ChargeSnapshot, defects: Iterable<PreviaDefect>): Generator<PreviaDefect> {
  for (const defect of defects)
    yield ownTerms && previaRows[defect.code].fixer === 'carteira'
      ? { ...defect, code: 'condicoesInvalidas' as const }
      : defect;
}

function* ruleDefects(
  { rules, dueDate, especie, writeOffDays }: ChargeSnapshot,
  limits: SendingLimits,
): Generator<PreviaDefect> {
  const { percent, terms, especiesWithoutCharges } = limits;
  const { interestPercentPerMonth, interestCentsPerDay, finePercent, fineCents, graceDays = 0 } = rules;
  const steps = discountSteps(rules);
  const checked = [
    ['jurosInvalidos', interestPercentPerMonth, interestCentsPerDay, percent.interestBelow, 'Os juros devem ser'],
    ['multaInvalida', finePercent, fineCents, percent.fineBelow, 'A multa deve ser'],
    ...steps.map(
      ({ percent: value, amountCents }) =>
        ['descontoInvalido', value, amountCents, percent.discountBelow, 'O desconto deve ser'] as const,
    ),
  ] as const;
  for (const [code, value, amount, below, subject] of checked)
    if (value && amount) yield previaDefect(code, `${subject} em percentual ou em reais, não nos dois.`);
    else if (value && (percentDecimal(value, percent.decimals) === null || value >= below))
      yield previaDefect(code, `${subject} menos de ${below} %, com no máximo ${percent.decimals} casas decimais.`);
    else if (amount && !(Number.isSafeInteger(amount) && amount > 0))
      yield previaDefect(code, `${subject} um valor em centavos inteiros.`);
  if ([interestPercentPerMonth, interestCentsPerDay, finePercent, fineCents].some(Boolean)) {
    if (especiesWithoutCharges.includes(especie)) yield previaDefect('especieSemEncargos');
    yield* graceDefects(graceDays, Boolean(interestPercentPerMonth || interestCentsPerDay), terms);
  }
  yield* stepDefects(steps, dueDate, terms);
  const { min, max } = limits.writeOffDays;
  if (writeOffDays !== null && !(Number.isSafeInteger(writeOffDays) && writeOffDays >= min && writeOffDays <= max))
    yield previaDefect('baixaInvalida', `Os dias para a baixa automática devem ser de ${min} a ${max}, inteiros.`);
}

/** Of a carência without anything to wait for nothing is said. */
function* graceDefects(
  days: number,
  hasInterest: boolean,
  { interestGrace }: SendingLimits['terms'],
): Generator<PreviaDefect> {
  if (!(Number.isSafeInteger(days) && days >= 0 && days <= LONGEST_GRACE_DAYS))
    yield previaDefect('carenciaInvalida', `A carência deve ser de 0 a ${LONGEST_GRACE_DAYS} dias, inteiros.`);
  else if (days > 0 && hasInterest && !interestGrace) yield previaDefect('carenciaDeJurosNaoAceita');
}

function* stepDefects(
  steps: readonly Discount[],
  dueDate: LocalDate,
  { discountSteps: most }: SendingLimits['terms'],
): Generator<PreviaDefect> {
  if (steps.length > most)
    yield previaDefect('descontoInvalido', `São ${steps.length} descontos; este gateway recebe até ${most}.`);
  if (steps.some(({ percent }) => percent) && steps.some(({ amountCents }) => amountCents) && steps.length > 1)
    yield previaDefect('descontoInvalido', 'Os descontos devem ser todos em percentual, ou todos em reais.');
  const afterDue = steps.find(({ until }) => until > dueDate);
  if (afterDue)
    yield previaDefect(
      'descontoDepoisDoVencimento',
      `O desconto vale até ${formatDate(afterDue.until)}, depois do vencimento (${formatDate(dueDate)}).`,
    );
  if (steps.some(({ until }, at) => at > 0 && until <= (steps[at - 1] as Discount).until))
    yield previaDefect('descontoForaDeOrdem');
}

/** What is right for the carteira, and wrong for this vencimento or this value. */
function* termsOfThisTitulo({ rules, issueDate, amountCents }: ChargeSnapshot, now: Date): Generator<PreviaDefect> {
  const steps = discountSteps(rules);
  const today = saoPauloDate(now);
  const past = steps.find(({ until }) => until < today || until < issueDate);
  if (past)
    yield previaDefect(
      'descontoVencido',
      past.until < today
        ? `O limite do desconto (${formatDate(past.until)}) já passou.`
        : `O limite do desconto (${formatDate(past.until)}) é antes da emissão (${formatDate(issueDate)}).`,
    );
  // Of a value that is none nothing more is said.
  if (!(amountCents > 0)) return;
  const value = formatReais(amountCents);
  const greatest = Math.max(0, ...steps.map((step) => step.amountCents ?? 0));
  if (greatest >= amountCents)
    yield previaDefect(
      'descontoMaiorQueValor',
      `O desconto (${formatReais(greatest as Cents)}) não é menor que o valor (${value}).`,
    );
  const { fineCents = 0, interestCentsPerDay = 0 } = rules;
  if (fineCents >= amountCents)
    yield previaDefect(
      'multaMaiorQueValor',
      `A multa (${formatReais(fineCents as Cents)}) não é menor que o valor (${value}).`,
    );
  if (interestCentsPerDay > amountCents)
    yield previaDefect(
      'jurosMaioresQueValor',
      `Os juros de um dia (${formatReais(interestCentsPerDay as Cents)}) são maiores que o valor (${value}).`,
    );
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
  { cutOffHour, issueDate: { yearsBack } }: SendingLimits,
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
  // Of an emissão after the vencimento it is said already.
  if (issueDate <= dueDate && issueDate > today)
    yield previaDefect('emissaoFutura', `A emissão (${formatDate(issueDate)}) é depois de hoje.`);
  else if (yearsBack !== null && issueDate < sameDayYearsBefore(today, yearsBack))
    yield previaDefect('emissaoAntiga', `A emissão (${formatDate(issueDate)}) tem mais de ${yearsOf(yearsBack)}.`);
}

/** Only to compare with: of a 29 February it may be no date. */
function sameDayYearsBefore(date: LocalDate, years: number): string {
  return `${Number(date.slice(0, 4)) - years}${date.slice(4)}`;
}

function yearsOf(years: number): string {
  return years === 1 ? 'um ano' : `${years} anos`;
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
