import { segments, formatArrecadacaoLine } from '../domain/codes/arrecadacao';
import { bankLayouts } from '../domain/codes/layouts/banks';
import { banks } from '../gateways/banks';
import { formatLine } from '../domain/codes/barcode';
import type { LocalDate } from '../domain/kinds/dates';
import { dueDateOfFactor } from '../domain/codes/dueDateFactor';
import { toDecimal, type Cents } from '../domain/kinds/money';
import { readPaymentCode, type CodeProblem } from '../domain/codes/paymentCode';
import { parsePix, type PixCode, type PixProblem } from '../domain/codes/pix';
import { date, oneLine, reais } from '../words/text';

/** One thing that is wrong; where it is a digit also which, counted from 1 in what was given. */
export interface CodeError {
  mensagem: string;
  campo?: number | 'geral';
  posicao?: number;
  lido?: string;
  esperado?: string;
}

/** What one code says, as `conferir --json` prints it; amounts as `1234.56`. */
export type CodeReport =
  | { valido: false; erros: CodeError[] }
  | {
      valido: true;
      tipo: 'boleto';
      registravel: true;
      banco: { codigo: string; nome: string | null };
      /** null: "valor a informar". */
      valor: string | null;
      /** null: none, or a factor that no date near today has (`fator` tells which). */
      vencimento: LocalDate | null;
      fator: string;
      codigo_de_barras: string;
      linha_digitavel: string;
      campo_livre: string;
      beneficiario: string | null;
    }
  | {
      valido: true;
      tipo: 'arrecadacao';
      registravel: false;
      segmento: string;
      /** null: the code has a quantity instead. */
      valor: string | null;
      codigo_de_barras: string;
      linha_digitavel: string;
    }
  | {
      valido: true;
      tipo: 'pix';
      valor: string | null;
      txid: string | null;
      url: string | null;
      chave: string | null;
      nome: string;
      cidade: string;
    };

/** @param today what the due-date factor is read with */
export function describeCode(text: string, today: LocalDate): CodeReport {
  // Spaces inside a Pix code count; a linha digitável has no letters.
  if (/^\s*0002/.test(text) && /[a-z]/i.test(text)) return describePix(parsePix(text.trim()));
  const code = readPaymentCode(text);
  if (code.kind === 'wrong') return { valido: false, erros: code.problems.map(problemError) };
  return code.kind === 'boleto'
    ? describeBoleto(code.barcode, code.line, today)
    : describeArrecadacao(code.barcode, code.line);
}

function describeBoleto(barcode: string, line: string, today: LocalDate): CodeReport {
  const bank = bankLayouts.get(barcode.slice(0, 3));
  const [factor, freeField] = [barcode.slice(5, 9), barcode.slice(19)];
  const value = Number(barcode.slice(9, 19));
  return {
    valido: true,
    tipo: 'boleto',
    registravel: true,
    banco: { codigo: barcode.slice(0, 3), nome: banks.get(barcode.slice(0, 3))?.name ?? null },
    valor: value === 0 ? null : toDecimal(value as Cents),
    vencimento: dueDateOfFactor(factor, today),
    fator: factor,
    codigo_de_barras: barcode,
    linha_digitavel: formatLine(line),
    campo_livre: freeField,
    beneficiario: bank?.beneficiary(freeField) ?? null,
  };
}

function describeArrecadacao(barcode: string, line: string): CodeReport {
  const isAmount = barcode[2] === '6' || barcode[2] === '8';
  return {
    valido: true,
    tipo: 'arrecadacao',
    registravel: false,
    segmento: segments[barcode.charAt(1)] ?? '',
    valor: isAmount ? toDecimal(Number(barcode.slice(4, 15)) as Cents) : null,
    codigo_de_barras: barcode,
    linha_digitavel: formatArrecadacaoLine(line),
  };
}

function describePix(pix: PixCode | PixProblem): CodeReport {
  if ('problem' in pix) return { valido: false, erros: [pixError(pix)] };
  const { amountCents, txid, url, key, name, city } = pix;
  const valor = amountCents === null ? null : toDecimal(amountCents);
  return { valido: true, tipo: 'pix', valor, txid, url, chave: key, nome: name, cidade: city };
}

function problemError(problem: CodeProblem): CodeError {
  switch (problem.problem) {
    case 'characters':
      return { mensagem: 'só dígitos, pontos, hífens e espaços cabem numa linha digitável ou num código de barras' };
    case 'length':
      return { mensagem: `tem ${problem.digits} dígitos; ${lengthsOf(problem)}` };
    case 'arrecadacao':
      return { mensagem: 'começa como arrecadação (8), mas o segmento ou o identificador de valor não existe' };
    case 'currency':
      return { mensagem: `a moeda (4º dígito) é ${problem.found}; só existem 9 (real) e 0`, lido: problem.found };
    case 'factor':
      return {
        mensagem: `o fator de vencimento ${problem.found} não existe (um valor acima de R$ 99.999.999,99 o invade)`,
        lido: problem.found,
      };
    case 'digit': {
      const { of, position, found, expected } = problem;
      const which = of === 'general' ? 'dígito verificador geral' : `dígito verificador do campo ${of}`;
      return {
        mensagem: `${which} (posição ${position}): está ${found}, deveria ser ${expected}`,
        campo: of === 'general' ? 'geral' : of,
        posicao: position,
        lido: found,
        esperado: expected,
      };
    }
  }
}

function lengthsOf({ digits, meant }: CodeProblem & { problem: 'length' }): string {
  const [what, typed] =
    meant === 'arrecadacao' ? (['arrecadação (começa com 8)', 48] as const) : (['boleto', 47] as const);
  const line = `a linha de ${meant === 'arrecadacao' ? 'uma' : 'um'} ${what} tem ${typed}`;
  return digits > 44 ? line : `${line}, o seu código de barras 44`;
}

function pixError(problem: PixProblem): CodeError {
  switch (problem.problem) {
    case 'length':
      return { mensagem: 'Pix com mais de 512 caracteres' };
    case 'structure':
      return { mensagem: 'Pix incompleto ou alterado: os tamanhos dos campos não fecham' };
    case 'crc':
      return {
        mensagem: `CRC do Pix: está ${problem.found}, deveria ser ${problem.expected}`,
        lido: problem.found,
        esperado: problem.expected,
      };
    case 'field':
      return { mensagem: `Pix com o campo ${problem.field} ausente ou fora do padrão do Banco Central` };
  }
}

/** The report for people, a line each thing. */
export function tellCode(lineNumber: number, report: CodeReport): string {
  const [title, ...rows] = rowsOf(report);
  return [`${lineNumber}: ${title}`, ...rows.map((row) => `   ${oneLine(row)}`)].join('\n');
}

function rowsOf(report: CodeReport): string[] {
  if (!report.valido) return ['errado', ...report.erros.map(({ mensagem }) => mensagem)];
  switch (report.tipo) {
    case 'boleto': {
      const { banco, valor, vencimento, fator, beneficiario } = report;
      const noDate = fator === '0000' ? 'sem vencimento' : `vencimento fora do período de leitura (fator ${fator})`;
      return [
        `boleto, ${banco.nome ? `${banco.nome} (${banco.codigo})` : `banco ${banco.codigo}`}`,
        valor === null ? 'valor a informar' : `valor ${amount(valor)}`,
        vencimento ? `vencimento ${date(vencimento)}` : noDate,
        ...(beneficiario ? [beneficiario] : []),
        `campo livre ${report.campo_livre}`,
        `linha digitável ${report.linha_digitavel}`,
        `código de barras ${report.codigo_de_barras}`,
      ];
    }
    case 'arrecadacao':
      return [
        `arrecadação (${report.segmento}): não é boleto de banco, não pode ser registrada`,
        report.valor === null ? 'quantidade de moeda, sem valor em reais' : `valor ${amount(report.valor)}`,
        `linha digitável ${report.linha_digitavel}`,
        `código de barras ${report.codigo_de_barras}`,
      ];
    case 'pix':
      return [
        'Pix',
        report.valor === null ? 'valor não informado' : `valor ${amount(report.valor)}`,
        ...(report.txid ? [`txid ${report.txid}`] : []),
        ...(report.url ? [`endereço ${report.url}`] : []),
        ...(report.chave ? [`chave ${report.chave}`] : []),
        `${report.nome}, ${report.cidade}`,
      ];
  }
}

function amount(decimal: string): string {
  return reais(Number(decimal.replace('.', '')));
}
