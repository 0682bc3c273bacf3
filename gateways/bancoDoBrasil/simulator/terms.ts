import type { LocalDate } from '../../../domain/kinds/dates';
import { isRecord } from '../../core/json';
import { fromBankDate } from '../wire';
import { refused, type BankRefusal } from './answers';

type Rule = Record<string, unknown>;

interface Days {
  issueDate: LocalDate;
  dueDate: LocalDate;
  today: LocalDate;
}

/** Discounts, interest and fine of a boleto of `amount` cents. null = all taken. */
export function checkTerms(request: Rule, amount: number, days: Days): BankRefusal | null {
  const [interest, fine] = [request.jurosMora, request.multa].map((rule) => (isRecord(rule) ? rule : { tipo: 0 }));
  // Assumed: a proposta (32) and an aporte (33) are offers, for which nothing can be charged.
  if ([32, 33].includes(Number(request.codigoTipoTitulo)) && [interest, fine].some((rule) => rule?.tipo !== 0))
    return refused('SIM0005', 'Especie nao permite juros ou multa.');
  return (
    checkFine(fine ?? {}, amount, days) ??
    checkInterest(interest ?? {}, amount) ??
    checkDiscounts(request, amount, days)
  );
}

function checkFine(fine: Rule, amount: number, { dueDate }: Days): BankRefusal | null {
  if (![0, 1, 2].includes(fine.tipo as number)) return refused('SR0020019', 'Tipo de multa invalido.', 'code');
  if (fine.tipo === 0)
    return hasValue(fine)
      ? refused('SR0020076', 'Para tipo de multa = 0 ( DISPENSADO ) , não informar valor ou percentual', 'code')
      : null;
  if (fine.tipo === 1) {
    const value = centsOf(fine.valor);
    if (value === null || value <= 0 || 'porcentagem' in fine)
      return refused('SR0020079', 'Informar valor da multa.', 'code');
    if (value >= amount) return refused('SR0020080', 'Multa maior ou igual ao valor do boleto.', 'code');
  } else {
    if (!positive(fine.porcentagem) || 'valor' in fine)
      return refused('SR0020077', 'Informar percentual da multa.', 'code');
    if (Number(fine.porcentagem) >= 100)
      return refused('SR0020078', 'Valor da multa maior ou igual ao valor do boleto com este percentual.', 'code');
  }
  return (fromBankDate(fine.data) ?? '') > dueDate
    ? null
    : refused('SR0020048', 'Data da multa menor/igual a data do vencto.', 'code');
}

function checkInterest(interest: Rule, amount: number): BankRefusal | null {
  if (![0, 1, 2, 3].includes(interest.tipo as number)) return refused('SR0020016', 'Tipo de juros invalido.', 'code');
  if (interest.tipo === 0 || interest.tipo === 3)
    return hasValue(interest)
      ? refused('SR0020071', 'Nao informar valor ou percentual de juros p/ opcao "DISPENSAR".', 'code')
      : null;
  if (interest.tipo === 1) {
    const value = centsOf(interest.valor);
    if (value === null || value <= 0 || 'porcentagem' in interest)
      return refused('SR0020070', 'Informar o valor ou o percentual de juros.', 'code');
    return value > amount ? refused('SR0020074', 'Valor do juros MAIOR que o valor do boleto.', 'code') : null;
  }
  if (!positive(interest.porcentagem) || 'valor' in interest)
    return refused('SR0020070', 'Informar o valor ou o percentual de juros.', 'code');
  return Number(interest.porcentagem) >= 100
    ? refused('SR0020073', 'Percentual de juros MAIOR que valor boleto.', 'code')
    : null;
}

/** Of the second and the third the contract has no tipo of their own: it is the first's. */
function checkDiscounts(request: Rule, amount: number, days: Days): BankRefusal | null {
  const { desconto, segundoDesconto: second, terceiroDesconto: third } = request;
  const first = isRecord(desconto) ? desconto : { tipo: 0 };
  const further = [second, third].filter(isRecord).filter((step) => step.tipo !== 0);
  if (![0, 1, 2].includes(first.tipo as number)) return refused('SR0020011', 'Tipo de desconto invalido.', 'code');
  if (first.tipo === 0)
    return hasValue(first) || 'dataExpiracao' in first || further.length > 0
      ? refused('SR0020062', 'Nao informe valor, percentual ou data de desconto para boleto sem desconto.', 'code')
      : null;
  if (third !== undefined && second === undefined) return refused('SR0130013', 'Desconto informado invalido.', 'code');
  let before = '';
  for (const step of [first, ...further]) {
    if (step.tipo !== undefined && step.tipo !== first.tipo)
      return refused('SR0020061', 'Tipo de desconto invalido.', 'code');
    const refusal = checkDiscount(step, first.tipo === 1, amount, days);
    if (refusal) return refusal;
    const until = fromBankDate(step.dataExpiracao) ?? '';
    // Assumed: that each is for a later day than the one before is the rule of every bank that says one.
    if (until <= before) return refused('SR0130013', 'Desconto informado invalido.', 'code');
    before = until;
  }
  return null;
}

function checkDiscount(
  step: Rule,
  inReais: boolean,
  amount: number,
  { issueDate, dueDate, today }: Days,
): BankRefusal | null {
  if (inReais) {
    const value = centsOf(step.valor);
    if (value === null || value <= 0 || 'porcentagem' in step)
      return refused(
        'SR0020063',
        'Para o tipo de desconto informado eh obrigatorio informar o valor e a data do desconto.',
        'code',
      );
    if (value >= amount) return refused('SR0020064', 'Valor do desconto maior ou igual ao valor do boleto.', 'code');
  } else {
    if (!positive(step.porcentagem) || 'valor' in step)
      return refused(
        'SR0020065',
        'Para o tipo de desconto informado eh obrigatorio informar o percentual do desconto.',
        'code',
      );
    if (Number(step.porcentagem) >= 100) return refused('SR0020066', 'Percentual de desconto maior que 100%.', 'code');
  }
  const until = fromBankDate(step.dataExpiracao);
  if (!until) return refused('SR0020013', 'Data do desconto do boleto nao preenchida.', 'code');
  if (until > dueDate) return refused('SR0020047', 'Data desconto informada maior que data do vencimento.', 'code');
  // Assumed: no text is published for a limit that is past already.
  return until < today || until < issueDate
    ? refused('SR0020014', 'Data do desconto do boleto inválida.', 'code')
    : null;
}

function hasValue(rule: Rule): boolean {
  return 'valor' in rule || 'porcentagem' in rule;
}

function positive(value: unknown): boolean {
  return typeof value === 'number' && value > 0;
}

/** null for anything but a number with at most two decimals. */
export function centsOf(value: unknown): number | null {
  if (typeof value !== 'number' || !/^-?\d+(\.\d{1,2})?$/.test(String(value))) return null;
  return Math.round(value * 100);
}
