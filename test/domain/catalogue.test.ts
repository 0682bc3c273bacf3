import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { findEntry as findEntryIn, OURS, type ErrorFacts } from '../../domain/catalogue/catalogue';
import type { CatalogueEntry } from '../../domain/catalogue/entry';
import { previaRows } from '../../domain/catalogue/previa';
import { ownCodes } from '../../domain/catalogue/ownCodes';
import { catalogue, explain } from '../../gateways/catalogue';

/** What banks published: codes, statuses and texts as they are, one error a line. */
const published = readFileSync(join(__dirname, '../data/published-errors.tsv'), 'utf8')
  .split('\n')
  .slice(1)
  .filter((line) => line !== '')
  .map((line) => line.split('\t') as [gateway: string, code: string, http: string, words: string])
  .map(([gateway, code, http, message]) => ({ gateway, code, message, httpStatus: http === '' ? null : Number(http) }));

const everyRow: [gateway: string, row: CatalogueEntry][] = Object.entries(catalogue).flatMap(([gateway, { entries }]) =>
  entries.map((row): [string, CatalogueEntry] => [gateway, row]),
);

const findEntry = (gateway: string, facts: Omit<ErrorFacts, 'gateway'>) => findEntryIn(catalogue[gateway]!, facts);

function entryOf(gateway: string, code: string, message: string, httpStatus: number | null = null): CatalogueEntry {
  const explained = explain({ gateway, code, message, httpStatus });
  if (!explained.known) throw new Error(`unknown: ${gateway} ${code} ${message}`);
  return explained.entry;
}

describe('the catalogue', () => {
  test('has every published error, in a row of its own gateway', () => {
    expect(published.length).toBeGreaterThan(600);
    expect(published.filter(({ gateway, ...facts }) => findEntry(gateway, facts) === null)).toEqual([]);
  });

  test('has the codes that were published and no others', () => {
    const told = new Set(published.map(({ gateway, code }) => `${gateway} ${code}`));
    // Those of OAuth are published by nobody's bank.
    const oauth = (row: CatalogueEntry) =>
      row.source.startsWith('RFC') || /^(Unauthorized|Forbidden)$/.test(row.codes[0] ?? '');
    const untold = everyRow.flatMap(([gateway, row]) =>
      gateway === OURS || oauth(row)
        ? []
        : row.codes.map((code) => `${gateway} ${code}`).filter((each) => !told.has(each)),
    );
    expect(untold).toEqual([]);
  });

  test.each(Object.keys(catalogue))('of %s has each code once, or once for each of its texts', (gateway) => {
    const keys = catalogue[gateway]!.entries.flatMap(({ codes, text = '', status = '' }) =>
      (codes.length > 0 ? codes : ['']).map((code) => `${code}/${text.toLowerCase()}/${status}`),
    );
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
  });

  test('speaks to people: sentences of ours, no bank codes in them', () => {
    for (const [, { cause, advice, source }] of everyRow) {
      for (const sentence of [cause, advice]) expect(sentence).toMatch(/^[A-ZÀ-Ý(].*[a-zà-ýA-Z0-9%)]\.$/);
      expect(`${cause} ${advice}`).not.toMatch(/\b[A-Z]{1,2}\d{4,}|\b\d{7}\b|HTTP \d/);
      expect(source).not.toBe('');
    }
    const words = new Set(published.map(({ message }) => message.toLowerCase()));
    expect(everyRow.filter(([, { cause }]) => words.has(cause.toLowerCase()))).toEqual([]);
  });

  test('has no row that would fit everything, nor one that no answer can reach', () => {
    for (const [gateway, row] of everyRow) {
      expect(row.codes.length > 0 || row.text !== undefined || row.status !== undefined).toBe(true);
      const message = (row.text ?? '').replaceAll('*', 'x');
      const found = findEntry(gateway, { code: row.codes[0] ?? '', message, httpStatus: row.status ?? null });
      expect({ gateway, found }).toEqual({ gateway, found: row });
    }
  });

  test('has a row of ours for each of our own codes, and for no other', () => {
    const codes = catalogue[OURS]!.entries.flatMap((row) => row.codes).filter(
      (code) => !Object.hasOwn(previaRows, code),
    );
    expect(codes.toSorted()).toEqual([...ownCodes].toSorted());
  });

  test('names fields that a bank is sent', () => {
    const fields = new Set(everyRow.flatMap(([gateway, { field }]) => (gateway === OURS ? [] : [field])));
    expect([...fields].sort()).toEqual(
      [
        ...['acceptance', 'amountCents', 'carteira', 'convenio', 'dueDate', 'especie', 'issueDate', 'ourNumber'],
        ...['ownReference', 'variation', 'writeOffDays'],
        ...['payer.cep', 'payer.city', 'payer.district', 'payer.document', 'payer.name', 'payer.personType'],
        ...['payer.street', 'payer.uf'],
        ...['rules.discount', 'rules.finePercent', 'rules.interestPercentPerMonth'],
        null,
      ].sort(),
    );
  });

  test('sends nobody to correct what passes by itself, and a refusal of data never passes by itself', () => {
    for (const [, { kind, fixer, cause }] of everyRow) {
      if (kind === 'data') expect({ cause, fixer }).not.toMatchObject({ fixer: 'nobody' });
      if (kind === 'transient' || kind === 'inProgress') expect({ cause, fixer }).toMatchObject({ fixer: 'nobody' });
      if (kind === 'config' || kind === 'auth') expect(['carteira', 'bank']).toContain(fixer);
    }
  });
});

test.each([
  ['banco-do-brasil', '4874915', 'Nosso Número já incluído anteriormente.', null, 'duplicate'],
  ['caixa', '0038', 'NOSSO NUMERO JA CADASTRADO PARA O BENEFICIARIO', null, 'duplicate'],
  ['bradesco', '9300574', 'TITULO JA CADASTRADO', null, 'duplicate'],
  ['bradesco', '9300593', 'NOSSO NUMERO INFORMADO JA EXISTE NA BASE DE TITULO PENDENTE', null, 'duplicate'],
  ['efi', '4600210', 'Não é possível emitir três cobranças idênticas.', null, 'duplicate'],
  ['sicoob', '77', 'Título já cadastrado', 400, 'duplicate'],
  ['inter', '', 'Dados inválidos. · Cobrança duplicada', 400, 'duplicate'],
  ['efi', '4600209', 'Limite de emissões diárias excedido.', null, 'quota'],
  ['efi', '3500055', 'O limite de consumo para este endpoint foi excedido.', null, 'quota'],
  ['asaas', '', '', 429, 'quota'],
  ['inter', '', '', 429, 'transient'],
  ['sicredi', '', 'Too many requests', 429, 'transient'],
  ['bradesco', '93005999', 'BOLETO GERADO COM SUCESSO - REGISTRO EM PROCESSAMENTO', null, 'inProgress'],
  ['bradesco', '930051', 'REGISTRO EFETUADO COM SUCESSO', null, 'ambiguous'],
  ['bradesco', '93005116', 'SISTEMA INDISPONIVEL NO MOMENTO', null, 'ambiguous'],
  ['inter', '', 'Serviço Indisponível', 503, 'ambiguous'],
  ['caixa', '9999', 'SISTEMA INDISPONIVEL - ERRO NA CHAMADA DO ICOBBLJ2', null, 'ambiguous'],
  ['caixa', 'X5', '(CI99) TRANSACAO TEMPORARIAMENTE INDISPONIVEL.', null, 'ambiguous'],
  ['caixa', 'X5', '(BK76) ERRO NA FORMATACAO DA MENSAGEM.', null, 'data'],
  ['caixa', 'X5', '(RA03) USUARIO NAO AUTORIZADO A EXECUTAR A TRANSACAO.', null, 'config'],
  ['caixa', '0048', 'ALTERACAO NAO PERMITIDA', null, 'state'],
  ['sicredi', '', 'Negócio: Híbrido não contratado. Favor solicitar a contratação.', 422, 'config'],
  ['qualquer', '', '', 503, 'ambiguous'],
  ['qualquer', '', 'Forbidden', 403, 'config'],
] as const)('%s %s %s (HTTP %p) is %s', (gateway, code, message, httpStatus, kind) => {
  expect(entryOf(gateway, code, message, httpStatus).kind).toBe(kind);
});

describe('what states more wins', () => {
  test('a code with its text before the code alone', () => {
    const named = entryOf('banco-do-brasil', 'SR0020096', 'Caracter invalido no campo Bairro do pagador. Corrija.');
    expect(named.field).toBe('payer.district');
    expect(entryOf('banco-do-brasil', 'SR0020096', 'Caracter invalido no campo Fax.').field).toBeNull();
  });

  test('a code before words that another row has', () => {
    expect(entryOf('caixa', '0004', 'SISTEMA INDISPONIVEL').field).toBe('dueDate');
  });

  test('words before the status alone', () => {
    expect(entryOf('inter', '', 'O banco respondeu HTTP 400 sem conteúdo.', 400).kind).toBe('config');
    expect(entryOf('sicredi', '', 'Cooperativa diferente da cooperativa do usuário', 401).kind).toBe('config');
    expect(entryOf('sicredi', '', 'Token vencido', 401).kind).toBe('auth');
  });

  test('the row of the gateway before ours', () => {
    expect(entryOf('asaas', '', '', 429).kind).toBe('quota');
    expect(entryOf('caixa', '', '', 429).kind).toBe('transient');
  });

  test('of several errors in one answer, the first that the code can be about', () => {
    const [city, street] = ['Cidade', 'Endereco'].map((field) => `Caracter invalido no campo ${field} do pagador.`);
    expect(entryOf('banco-do-brasil', 'SR0020096', `Outro. · ${city} · ${street}`).field).toBe('payer.city');
    expect(entryOf('banco-do-brasil', 'SR0020096', `Outro. · ${street} · ${city}`).field).toBe('payer.street');
  });

  test('a status speaks for no error that has a code', () => {
    expect(explain({ gateway: 'inter', code: 'LIMITE_X', message: '', httpStatus: 429 })).toEqual({ known: false });
  });
});

describe('words', () => {
  const cep = (cep: string, doc: string) =>
    `Negócio: Beneficiário: ${doc} optou por validar CEP do pagador. O CEP: ${cep} não foi localizado no cadastro de CEPs para o pagador com o documento: ${doc}`;

  test('are the same with and without accents, in any case and punctuation', () => {
    const said = [
      'Negócio: Percentual juros deve ser menor que 100%',
      'NEGOCIO - PERCENTUAL JUROS DEVE SER MENOR QUE 100 %.',
    ];
    for (const message of said) expect(entryOf('sicredi', '', message).field).toBe('rules.interestPercentPerMonth');
  });

  test('may have anything where the bank puts values', () => {
    expect(entryOf('sicredi', '', cep('01310-100', '11.222.333/0001-81')).field).toBe('payer.cep');
    expect(entryOf('sicredi', '', cep('1', 'ÁÉ')).field).toBe('payer.cep');
    expect(entryOf('iugu', '', 'bank_slip_extra_due entre 1 e 30').field).toBe('writeOffDays');
  });

  test('that only contain those of a row, or are part of them, are others', () => {
    const others = [
      'O nome do pagador',
      'Não: O nome do pagador é obrigatório.',
      'Unauthorizedly',
      'O nome do pagador é obrigatório aqui',
    ];
    for (const message of others)
      expect(explain({ gateway: 'sicredi', code: '', message, httpStatus: 400 })).toEqual({ known: false });
  });
});

describe('under a code that no row has, Banco do Brasil’s words decide', () => {
  const told = published.filter(({ gateway, code }) => gateway === 'banco-do-brasil' && /^S/.test(code));
  const plain = (text: string) =>
    text
      .normalize('NFD')
      .replace(/[^A-Za-z0-9]/g, '')
      .toLowerCase();
  /** Words that stand under several codes: which one is meant nobody can tell. */
  const shared = new Set(
    told.map(({ message }) => plain(message)).filter((words, at, all) => all.indexOf(words) !== at),
  );

  test.each([
    ['a numeric code', (message: string) => message, '4432632'],
    ['no code', (message: string) => message, ''],
    ['capitals without full stop', (message: string) => message.toUpperCase().replace(/\.$/, ''), '4432632.1'],
    ['other spaces', (message: string) => ` ${message.replace(/ /g, '  ').replaceAll('/', ' / ')} `, '4432632'],
    ['the bank’s advice behind them', (message: string) => `${message} Verifique e tente novamente.`, '4432632'],
  ])('of every row: with %s', (_what, said, code) => {
    expect(told.length).toBeGreaterThan(200);
    for (const { message, ...error } of told) {
      if (shared.has(plain(message))) continue;
      const meant = findEntry('banco-do-brasil', { ...error, message });
      const found = findEntry('banco-do-brasil', { code, message: said(message), httpStatus: 400 });
      expect({ message, found }).toEqual({ message, found: meant });
    }
  });

  test('words that several codes have are what stops everybody, if one of them is', () => {
    for (const words of shared) {
      const codes = told.filter(({ message }) => plain(message) === words);
      const kinds = codes.map((error) => findEntry('banco-do-brasil', error)?.kind);
      const message = codes[0]?.message ?? '';
      const kind = findEntry('banco-do-brasil', { code: '4432632', message, httpStatus: 400 })?.kind;
      expect({ words, kind }).toEqual({ words, kind: kinds.includes('config') ? 'config' : kinds[0] });
    }
    expect(shared.size).toBeGreaterThan(5);
  });

  test('a code that a row has speaks for itself, whatever the words', () => {
    const message = 'Convenio informado esta encerrado.';
    expect(entryOf('banco-do-brasil', 'SR0050014', message).field).toBe('payer.cep');
    expect(entryOf('banco-do-brasil', 'SR0050014.1', message).field).toBe('payer.cep');
  });

  test('of several errors each is read for itself', () => {
    const message = 'Algo novo. · Convenio informado esta encerrado. Procure a agencia.';
    expect(entryOf('banco-do-brasil', '4432632', message)).toMatchObject({ kind: 'config', field: 'convenio' });
  });

  test('a part of them, or more in front, are others', () => {
    for (const message of ['Convenio informado', 'O Convenio informado esta encerrado'])
      expect(findEntry('banco-do-brasil', { code: '4432632', message, httpStatus: 400 })).toBeNull();
  });
});

describe('an unknown error is never guessed', () => {
  test('a code means nothing at another gateway', () => {
    for (const { gateway, code } of published.filter(({ code }) => code !== ''))
      for (const other of Object.keys(catalogue).filter((name) => name !== gateway))
        if (!catalogue[other]!.entries.some(({ codes }) => codes.includes(code.split('.')[0]!)))
          expect(explain({ gateway: other, code, message: '', httpStatus: 400 })).toEqual({ known: false });
  });

  test('a version behind a code is only read where the bank gives one', () => {
    expect(entryOf('banco-do-brasil', '4874915.1', '').kind).toBe('duplicate');
    expect(explain({ gateway: 'efi', code: '4600210.1', message: '', httpStatus: 400 })).toEqual({ known: false });
  });

  test('a number that begins or ends like a code is another one', () => {
    for (const code of ['487491', '48749150', '04874915', '4874915-1', 'sr0050014', 'SR005001', 'SIM0001'])
      expect(
        explain({ gateway: 'banco-do-brasil', code, message: 'CEP do pagador recusado', httpStatus: 400 }),
      ).toEqual({
        known: false,
      });
  });

  test('whatever nobody published has no row, however much it speaks of fields', () => {
    const words = fc.array(
      fc.constantFrom('CEP', 'pagador', 'invalido', 'valor', 'nao', 'CPF', '*', '.*', 'vencimento', '(', ' · '),
      { minLength: 1 },
    );
    const codes = fc
      .string()
      .filter((code) => code !== '' && !everyRow.some(([, row]) => row.codes.includes(code.split('.')[0]!)));
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(catalogue), 'outro'), codes, words, (gateway, code, said) => {
        expect(explain({ gateway, code, message: said.join(' '), httpStatus: 400 })).toEqual({ known: false });
      }),
    );
  });
});
