import { findEntry, OURS } from '../../domain/catalogue/catalogue';
import { catalogue } from '../../gateways/catalogue';
import { classifyAnswer, readErrorBody } from '../../gateways/bancoDoBrasil/errors';
import { classifyNoAnswer, retryAfterMs } from '../../gateways/core/classified';

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const coded = (code: string, message: string) => ({ erros: [{ codigo: code, versao: '1', mensagem: message }] });

test.each([
  [
    'codigo',
    { erros: [{ codigo: '123', versao: '1', mensagem: 'Não.', providencia: 'Corrija.', ocorrencia: '9' }] },
    { code: '123', message: 'Não. Corrija.' },
  ],
  [
    'codigoMensagem',
    { erros: [{ codigoMensagem: 123, versaoMensagem: 1, textoMensagem: 'Não.', codigoRetorno: 400 }] },
    { code: '123', message: 'Não.' },
  ],
  [
    'code',
    { errors: [{ code: '123.1', message: 'Não.', action: 'Corrija.' }] },
    { code: '123.1', message: 'Não. Corrija.' },
  ],
])('errors written with %s are read', (_shape, body, error) => {
  expect(readErrorBody(JSON.stringify(body))).toEqual({ kind: 'api', errors: [error] });
});

test.each([
  [
    'the gateway',
    { statusCode: 401, error: 'Unauthorized', message: 'no', attributes: { error: 'token' } },
    'Unauthorized',
    'no: token',
  ],
  ['the token endpoint', { error: 'invalid_client', error_description: 'no' }, 'invalid_client', 'no'],
])('an error of %s is about credentials', (_who, body, code, message) => {
  expect(readErrorBody(JSON.stringify(body))).toEqual({ kind: 'credentials', error: { code, message } });
});

test.each(['', '  \n'])('nothing is empty', (body) => expect(readErrorBody(body)).toEqual({ kind: 'empty' }));

test.each([
  '<html>',
  '{"erros":[',
  '[]',
  'null',
  '7',
  '{}',
  '{"erros":[]}',
  '{"erros":[{}]}',
  '{"erros":"x"}',
  '{"erros":[null]}',
])('%s is unreadable', (body) => expect(readErrorBody(body)).toEqual({ kind: 'unreadable' }));

describe('a refused registration', () => {
  test.each([
    ['4874915', 'Nosso Número já incluído anteriormente.', 'duplicate', 'ourNumber'],
    ['4874915.1', 'Nosso Número já incluído anteriormente.', 'duplicate', 'ourNumber'],
    ['S001I0060', 'Inclusao nao efetuada, registro existente', 'duplicate', 'ourNumber'],
    ['SR0040011', 'O Numero do Titulo informado não está disponivel.', 'duplicate', 'ourNumber'],
    ['SR0050004', 'Digito verificador do CPF ou CGC Invalido.', 'data', 'payer.document'],
    ['SR0050014', 'CEP do pagador invalido.', 'data', 'payer.cep'],
    ['SR0050026', 'UF Informada nao corresponde ao CEP', 'data', 'payer.cep'],
    ['SR0050010', 'Bairro do pagador invalido.', 'data', 'payer.district'],
    ['SR0020054', 'Data de vencto menor que o permitido.', 'data', 'dueDate'],
    ['SR0020068', 'Informe o valor do boleto.', 'data', 'amountCents'],
    ['SR0020096', 'Caracter invalido no campo Cidade do pagador.', 'data', 'payer.city'],
    ['SR0020096', 'Caracter invalido no campo Endereco do pagador.', 'data', 'payer.street'],
    ['SR0020096', 'Caracter invalido no campo Boleto do beneficiario.', 'data', 'ownReference'],
    ['SR0020041', 'Convenio informado esta encerrado.', 'config', 'convenio'],
    ['SR0020109', 'Beneficiario Nao Autorizado a Emitir Boleto', 'config', 'carteira'],
    ['SR0020088', 'Nao informar numero do boleto. Banco numera.', 'config', 'convenio'],
    ['SB0010012', 'Erro calculo proximo dia util da data protesto', 'transient', null],
    ['SR0110007', 'PROBLEMA DE CALCULO DE DATA .', 'transient', null],
    ['4432632', 'Convenio/Carteira/Variacao nao cadastrado.', 'config', 'carteira'],
    ['4432633', 'Convênio informado está encerrado', 'config', 'convenio'],
    ['4432634', 'BENEFICIARIO NAO AUTORIZADO A EMITIR BOLETO.', 'config', 'carteira'],
    ['4432635', 'CEP do pagador inválido.', 'data', 'payer.cep'],
    ['4432636', 'Inclusão não efetuada, registro existente', 'duplicate', 'ourNumber'],
    ['9999999', 'Algo que ninguém conhece.', 'data', null],
    ['9999999', 'CEP do pagador fora da área de cobrança.', 'data', 'payer.cep'],
    ['9999999', 'CPF do avalista irregular.', 'data', null],
    ['SR0050025', 'Nome do avalista invalido.', 'data', null],
  ])('%s %s', (code, message, kind, field) => {
    const sent = kind === 'data' || kind === 'duplicate';
    expect(classifyAnswer(answer(400, coded(code, message)))).toMatchObject({ kind, sent, code, message, field });
  });

  test('several defects: the one that stops everybody weighs most, and all words are kept', () => {
    const body = {
      erros: [
        ...coded('SR0050014', 'CEP do pagador invalido.').erros,
        ...coded('SR0020041', 'Convenio encerrado.').erros,
      ],
    };
    expect(classifyAnswer(answer(400, body))).toMatchObject({
      kind: 'config',
      code: 'SR0020041',
      message: 'CEP do pagador invalido. · Convenio encerrado.',
    });
  });
});

test.each([
  [200, '{}', 'ambiguous', true],
  [201, '', 'ambiguous', true],
  [202, coded('SR0050014', 'CEP'), 'ambiguous', true],
  [302, '', 'config', false],
  [400, '', 'config', false],
  [400, '<html>', 'ambiguous', true],
  [400, { error: 'invalid_request' }, 'config', false],
  [401, '', 'auth', false],
  [403, '<html>', 'config', false],
  [404, '<html>', 'config', false],
  [404, '', 'config', false],
  [404, coded('1', 'x'), 'data', true],
  [405, '', 'config', false],
  [408, '', 'ambiguous', true],
  [422, coded('1', 'x'), 'data', true],
  [429, '', 'transient', false],
  [500, coded('SR0050014', 'CEP do pagador invalido.'), 'ambiguous', true],
  [500, coded('4874915', 'já incluído'), 'ambiguous', true],
  [502, '<html>', 'ambiguous', true],
  [503, '', 'ambiguous', true],
])('HTTP %i with %j is %s', (status, body, kind, sent) => {
  expect(classifyAnswer(answer(status, body))).toMatchObject({ kind, sent });
});

test.each([
  [{}, null],
  [{ 'retry-after': '2' }, 2_000],
  [{ 'retry-after': '0' }, 0],
  [{ 'retry-after': '999999999' }, 86_400_000],
  [{ 'retry-after': 'Tue, 10 Mar 2026 12:00:30 GMT', date: 'Tue, 10 Mar 2026 12:00:00 GMT' }, 30_000],
  [{ 'retry-after': 'Tue, 10 Mar 2026 11:00:00 GMT', date: 'Tue, 10 Mar 2026 12:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, null],
  [{ 'retry-after': '-1' }, null],
])('Retry-After of %j is %p ms', (headers: Record<string, string>, ms) => {
  expect(retryAfterMs(headers)).toBe(ms);
});

/** Each end that has no words of the bank. */
const silentEnds: readonly Parameters<typeof classifyNoAnswer>[0][] = [
  { kind: 'forfeited' },
  { kind: 'misconfigured', detail: 'não é https' },
  ...(['refused', 'unreachable', 'dns', 'tls', 'certificate', 'connectTimeout', 'aborted'] as const).map(
    (reason) => ({ kind: 'notSent', reason, detail: 'ECONNREFUSED' }) as const,
  ),
  ...(['timeout', 'reset', 'truncated', 'tooLarge', 'aborted'] as const).map(
    (reason) => ({ kind: 'noAnswer', reason, detail: 'x', status: null, sentAt: new Date(0) }) as const,
  ),
];

describe('words of ours are in the catalogue, as what they are', () => {
  const explained = ({ code, message, kind }: { code: string; message: string; kind: string }) => ({
    message,
    kind,
    row: findEntry(catalogue[OURS]!, { code, message, httpStatus: null })?.kind,
  });

  test('for a call without an answer', () => {
    for (const end of silentEnds) {
      const { kind, row } = explained(classifyNoAnswer(end));
      expect({ end, row }).toEqual({ end, row: kind });
    }
  });

  test('for an answer without words', () => {
    for (const status of [200, 302, 400, 401, 403, 404, 405, 408, 409, 422, 429, 500, 502, 503, 504])
      for (const body of ['', '<html>']) {
        const { message, kind, row } = explained(classifyAnswer(answer(status, body)));
        expect({ message, row }).toEqual({ message, row: kind });
      }
  });
});
