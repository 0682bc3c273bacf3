import { firstPlace, listParameters, readPage, readPlace } from '../../gateways/bancoDoBrasil/list';

const row = (changes: object = {}) => ({
  numeroBoletoBB: '00031285570000000007',
  dataRegistro: '09.03.2026',
  dataVencimento: '31.03.2026',
  valorOriginal: 99.9,
  codigoEstadoTituloCobranca: 1,
  ...changes,
});
const page = (body: object, status = 200) => ({ status, body: JSON.stringify(body) });
const read = (answer: { status: number; body: string }, cursor = 'A:0') => readPage(answer, readPlace(cursor));

test('what is open is listed before what has left the books, and each goes on where the bank says', () => {
  const more = { indicadorContinuidade: 'S', proximoIndice: 300, boletos: [row()] };
  expect(read(page(more))).toMatchObject({ rows: [{ bankId: '00031285570000000007' }], next: 'A:300' });
  expect(read(page({ ...more, indicadorContinuidade: 'N' }))?.next).toBe('B:0');
  expect(read(page({ ...more, indicadorContinuidade: 'N' }), 'B:600')?.next).toBeNull();
  // Sent back to where it was, it would be walked for ever.
  expect(read(page(more), 'A:300')?.next).toBe('B:0');
});

test('a row shows number, value, dates and whether it can be paid; what cannot be read is counted', () => {
  const boletos = [
    row({ codigoEstadoTituloCobranca: 7 }),
    row({ numeroBoletoBB: '12' }),
    row({ valorOriginal: 'x' }),
    null,
  ];
  expect(read(page({ indicadorContinuidade: 'N', boletos }))).toMatchObject({
    unreadable: 3,
    rows: [
      {
        ...{ convenio: '3128557', amountCents: 9_990, dueDate: '2026-03-31', registeredOn: '2026-03-09' },
        ...{ alive: false, status: 'baixado' },
      },
    ],
  });
});

test('an empty list is the API’s 404; another machine’s 404, an error or half an answer is no list', () => {
  const empty = { rows: [], unreadable: 0, next: 'B:0' };
  expect(read(page({ erros: [{ codigo: '1', mensagem: 'Nenhum boleto encontrado.' }] }, 404))).toEqual(empty);
  expect(read({ status: 404, body: '' })).toEqual(empty);
  expect(read({ status: 404, body: '<html></html>' })).toBeNull();
  expect(read({ status: 200, body: '{"boletos":[' })).toBeNull();
  expect(read(page({ boletos: [] }, 503))).toBeNull();
  expect(read(page({}))).toBeNull();
});

test('agência and conta, the days, and the place are asked for', () => {
  const query = { convenio: '3128557', agency: '452', bankAccount: '123873', from: '2026-03-01', to: '2026-03-09' };
  expect(listParameters({ ...query, cursor: null }, firstPlace)).toEqual({
    ...{ indicadorSituacao: 'A', agenciaBeneficiario: '452', contaBeneficiario: '123873', indice: '0' },
    ...{ dataInicioRegistro: '01.03.2026', dataFimRegistro: '09.03.2026' },
  });
  expect(() => readPlace('C:1')).toThrow('not a place');
});
