import fc from 'fast-check';
import { addDays, localDate } from '../../domain/kinds/dates';
import { cents, MAX_BARCODE_CENTS, type Cents } from '../../domain/kinds/money';
import { fromBankDecimal, readFound, readRegistration, toRegistrationBody } from '../../gateways/bancoDoBrasil/wire';
import { validCharge } from './bancoDoBrasilCharge';

type Body = Record<string, unknown> & { pagador: Record<string, unknown> };
const bodyOf = (...charge: Parameters<typeof validCharge>): Body =>
  JSON.parse(toRegistrationBody(validCharge(...charge))) as Body;

test('a charge becomes the documented request', () => {
  const charge = validCharge(42, {
    issueDate: localDate('2026-03-01'),
    dueDate: localDate('2026-03-31'),
    amountCents: cents(10_050),
    rules: { interestPercentPerMonth: 1, finePercent: 2, discount: { percent: 5.5, until: localDate('2026-03-20') } },
  });
  const text = toRegistrationBody(charge);
  expect(text).toContain('"valorOriginal":100.50,');
  expect(text).toContain('"multa":{"tipo":2,"data":"01.04.2026","porcentagem":2.00}');
  expect(text).toContain('"jurosMora":{"tipo":2,"porcentagem":1.00}');
  expect(text).toContain('"desconto":{"tipo":2,"dataExpiracao":"20.03.2026","porcentagem":5.50}');
  expect(JSON.parse(text)).toMatchObject({
    numeroConvenio: 3_128_557,
    numeroCarteira: 17,
    numeroVariacaoCarteira: 35,
    codigoModalidade: 1,
    dataEmissao: '01.03.2026',
    dataVencimento: '31.03.2026',
    indicadorAceiteTituloVencido: 'S',
    numeroDiasLimiteRecebimento: 60,
    codigoAceite: 'N',
    codigoTipoTitulo: 2,
    numeroTituloBeneficiario: '42',
    numeroTituloCliente: '00031285570000000042',
    pagador: {
      tipoInscricao: 1,
      numeroInscricao: 52_998_224_725,
      nome: 'JOSE DA CONCEICAO INVENTADO',
      endereco: 'RUA DAS FLORES, 123',
      cep: 1_310_100,
      cidade: 'SAO PAULO',
      bairro: 'CENTRO',
      uf: 'SP',
    },
  });
});

test('without rules each tipo is 0 and comes alone', () => {
  const body = bodyOf(1, { rules: {}, writeOffDays: null });
  expect([body.multa, body.jurosMora, body.desconto]).toEqual([{ tipo: 0 }, { tipo: 0 }, { tipo: 0 }]);
  for (const field of ['segundoDesconto', 'terceiroDesconto']) expect(body).not.toHaveProperty(field);
  expect(bodyOf(1, { rules: { interestPercentPerMonth: 0, finePercent: 0 } }).multa).toEqual({ tipo: 0 });
});

test.each([
  ['as long as the convênio has it', null, { indicadorAceiteTituloVencido: 'S', numeroDiasLimiteRecebimento: 0 }],
  ['for 60 days', 60, { indicadorAceiteTituloVencido: 'S', numeroDiasLimiteRecebimento: 60 }],
])('a boleto is taken after the vencimento %s', (_what, writeOffDays, said) => {
  expect(bodyOf(1, { writeOffDays })).toMatchObject(said);
});

test('no day of tolerance is an N, without a limit in days', () => {
  const body = bodyOf(1, { writeOffDays: 0 });
  expect(body.indicadorAceiteTituloVencido).toBe('N');
  expect(body).not.toHaveProperty('numeroDiasLimiteRecebimento');
});

test('terms in reais are tipo 1, and the fine begins after the carência', () => {
  const due = localDate('2026-03-31');
  const body = bodyOf(1, {
    dueDate: due,
    rules: {
      interestCentsPerDay: cents(33),
      fineCents: cents(250),
      graceDays: 4,
      discount: { amountCents: cents(1_000), until: localDate('2026-03-10') },
      furtherDiscounts: [
        { amountCents: cents(500), until: localDate('2026-03-20') },
        { amountCents: cents(100), until: due },
      ],
    },
  });
  expect(body).toMatchObject({
    jurosMora: { tipo: 1, valor: 0.33 },
    multa: { tipo: 1, data: '05.04.2026', valor: 2.5 },
    desconto: { tipo: 1, dataExpiracao: '10.03.2026', valor: 10 },
    segundoDesconto: { tipo: 1, dataExpiracao: '20.03.2026', valor: 5 },
    terceiroDesconto: { tipo: 1, dataExpiracao: '31.03.2026', valor: 1 },
  });
});

test('a Pix is asked for where the carteira has one', () => {
  expect(bodyOf(1).indicadorPix).toBe('N');
  expect(bodyOf(1, { pix: true }).indicadorPix).toBe('S');
});

test('amounts are written with two decimals and read back to the same cents, without floats', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: MAX_BARCODE_CENTS }), (amount) => {
      const text = toRegistrationBody(validCharge(1, { amountCents: amount as Cents }));
      const written = /"valorOriginal":(\d+\.\d\d),/.exec(text)?.[1] ?? '';
      expect(Number(written.replace('.', ''))).toBe(amount);
      expect(fromBankDecimal(written)).toBe(amount);
      // As the bank may send it back: a JSON number has no trailing zeros.
      expect(fromBankDecimal(JSON.parse(written))).toBe(amount);
    }),
  );
});

test.each([
  ['no number of leading zeros begins a JSON number', { document: '00000001830', cep: '01310100' }, 1_830, 1_310_100],
  [
    'a CEP or CPF that lacks a digit goes as the text it is',
    { document: '5299822472', cep: '1310100' },
    '5299822472',
    '1310100',
  ],
  ['nothing at all stays nothing', { document: '', cep: '' }, '', ''],
  ['all zeros stay text', { document: '00000000000', cep: '00000000' }, '00000000000', '00000000'],
  ['letters stay text', { personType: 'J' as const, document: '12ABC34501DE35' }, '12ABC34501DE35', 1_310_100],
])('%s', (_what, payer, numeroInscricao, cep) => {
  expect(bodyOf(1, { payer }).pagador).toMatchObject({ numeroInscricao, cep });
});

test('street, district and city are shortened by character; a name never is', () => {
  const { pagador } = bodyOf(1, {
    payer: { name: 'Á'.repeat(61), street: '𝄞'.repeat(61), district: 'ã'.repeat(31), city: `${'x'.repeat(29)} y` },
  });
  expect(pagador.nome).toBe('A'.repeat(61));
  expect([...String(pagador.endereco)]).toHaveLength(60);
  expect(pagador.bairro).toBe('A'.repeat(30));
  expect(pagador.cidade).toBe('X'.repeat(29));
});

describe('an answer', () => {
  const charge = validCharge(4, { convenio: '1234567', ourNumber: '00012345670000000004', amountCents: cents(30_652) });
  const barcode = '00196695900000306520000001234567000000000417';
  const line = '00190000090123456700400000004176669590000030652';
  const answer = { numero: charge.ourNumber, linhaDigitavel: line, codigoBarraNumerico: barcode };

  test('about exactly what was sent is a registration', () => {
    expect(readRegistration(answer, charge)).toMatchObject({ bankId: charge.ourNumber, linhaDigitavel: line, barcode });
    expect(readRegistration({ ...answer, codigoBarraNumerico: undefined }, charge)).toMatchObject({ barcode });
    expect(readRegistration({ ...answer, linhaDigitavel: undefined }, charge)).toMatchObject({ linhaDigitavel: line });
    const qrCode = { url: 'pix.example/1', txId: 'abc', emv: '000201' };
    expect(readRegistration({ ...answer, qrCode }, charge)).toMatchObject({ pixEmv: '000201', pixTxid: 'abc' });
  });

  test.each([
    ['another number', { numero: '00012345670000000005' }],
    ['no number', { numero: undefined }],
    ['neither line nor barcode', { linhaDigitavel: '', codigoBarraNumerico: '' }],
  ])('with %s is none', (_what, changes) => {
    expect(readRegistration({ ...answer, ...changes }, charge)).toBeNull();
  });

  test.each([
    ['a wrong check digit', { codigoBarraNumerico: `0019769590${barcode.slice(10)}` }],
    ['a line that contradicts the barcode', { linhaDigitavel: line.replace(/.$/, '3') }],
    ['only a broken line', { linhaDigitavel: line.replace(/.$/, '3'), codigoBarraNumerico: '' }],
  ])('with %s keeps the codes as they are, for the check to find', (_what, changes) => {
    const registration = readRegistration({ ...answer, ...changes }, charge);
    const { linhaDigitavel, codigoBarraNumerico } = { ...answer, ...changes };
    expect(registration).toMatchObject({ linhaDigitavel, barcode: codigoBarraNumerico });
  });

  test('has agência and conta of the beneficiário where it shows them', () => {
    const beneficiario = { agencia: 452, contaCorrente: 123873 };
    expect(readRegistration({ ...answer, beneficiario }, charge)).toMatchObject({ beneficiaryCode: '0452 / 123873' });
    expect(readRegistration(answer, charge)).toMatchObject({ beneficiaryCode: null });
  });

  const found = {
    codigoLinhaDigitavel: line,
    textoCodigoBarrasTituloCobranca: barcode,
    codigoEstadoTituloCobranca: 1,
    numeroTituloCedenteCobranca: '4  ',
    dataVencimentoTituloCobranca: '26.10.2016',
    valorOriginalTituloCobranca: 306.52,
    codigoTipoInscricaoSacado: 1,
    numeroInscricaoSacadoCobranca: 1_830,
  };
  const number = '00012345670000000004';

  test('to a look gives dates, cents and document in our words', () => {
    expect(readFound(found, number)).toMatchObject({
      ownReference: '4',
      payerDocument: '00000001830',
      amountCents: 30_652,
      dueDate: '2016-10-26',
      alive: true,
      status: 'normal',
    });
    const company = { ...found, codigoTipoInscricaoSacado: 2, numeroInscricaoSacadoCobranca: '12.ABC.345/01DE-35' };
    expect(readFound(company, number)?.payerDocument).toBe('12ABC34501DE35');
    expect(readFound({ ...found, numeroInscricaoSacadoCobranca: 0 }, number)?.payerDocument).toBeNull();
  });

  test.each([
    [1, true],
    [6, true],
    [7, false],
    [18, true],
    [80, true],
    [99, false],
    ['7', false],
  ])('state %p is alive: %p', (state, alive) => {
    expect(readFound({ ...found, codigoEstadoTituloCobranca: state }, number)?.alive).toBe(alive);
  });

  test.each([
    ['no state', { codigoEstadoTituloCobranca: undefined }, number],
    ['no value', { valorOriginalTituloCobranca: null }, number],
    ['a value with three decimals', { valorOriginalTituloCobranca: 306.521 }, number],
    ['no date', { dataVencimentoTituloCobranca: '' }, number],
    ['a date that does not exist', { dataVencimentoTituloCobranca: '31.02.2026' }, number],
  ])('to a look that shows %s is none', (_what, changes, asked) => {
    expect(readFound({ ...found, ...changes }, asked)).toBeNull();
  });

  test('dates go there and come back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), (days) => {
        const dueDate = addDays(localDate('2000-07-03'), days);
        const sent = bodyOf(1, { dueDate }).dataVencimento;
        expect(readFound({ ...found, dataVencimentoTituloCobranca: sent }, number)?.dueDate).toBe(dueDate);
      }),
    );
  });
});
