import { explain } from '../../gateways/catalogue';
import { describeFailure as describeFailureBy, type Failure } from '../../words/describeFailure';

const describeFailure = (failure: Failure, address?: 'main' | 'billing') =>
  describeFailureBy(explain, failure, address);

function failure(facts: Partial<Failure>): Failure {
  return {
    state: 'rejected',
    failureKind: 'data',
    gateway: 'banco-do-brasil',
    providerCode: null,
    providerMessage: null,
    httpStatus: 400,
    field: null,
    ...facts,
  };
}

test('a catalogued error is told with cause, who fixes it, the ERP’s field and what to do', () => {
  const cep = { providerCode: 'SR0050014', providerMessage: 'CEP do pagador invalido.', field: 'payer.cep' };
  expect(describeFailure(failure(cep))).toEqual({
    cause: 'O CEP do pagador está vazio, incompleto ou não existe.',
    known: true,
    whoFixes: 'cadastro do cliente',
    fieldName: 'cep',
    advice: 'Corrija o CEP no cadastro: 8 dígitos.',
  });
});

test('who mends a refusal is the same after its título was discarded', () => {
  const cep = { providerCode: '999', providerMessage: 'Algo novo.', field: 'payer.cep' };
  expect(describeFailure(failure({ ...cep, state: 'discarded' }))?.whoFixes).toBe('cadastro do cliente');
});

test('the field of the row is told where the record has none', () => {
  expect(describeFailure(failure({ providerCode: 'SR0020080' }))).toMatchObject({
    fieldName: 'multa',
    whoFixes: 'carteira',
  });
});

test.each([
  ['payer.cep', 'cadastro do cliente'],
  ['dueDate', 'cobrança'],
  ['convenio', 'carteira'],
])('an unknown refusal about %s is shown as unknown, for: %s', (field, whoFixes) => {
  const unknown = { providerCode: '999', providerMessage: 'Algo novo.', field };
  expect(describeFailure(failure(unknown))).toMatchObject({
    cause: 'Erro não catalogado: veja as palavras do banco.',
    known: false,
    whoFixes,
  });
});

test('an unknown error tells what its kind makes certain, and no more', () => {
  const unknown = { providerCode: '999', providerMessage: 'Algo novo.' };
  const waiting = describeFailure(failure({ ...unknown, state: 'deferred', failureKind: 'transient' }));
  expect(waiting).toMatchObject({ known: false, advice: expect.stringContaining('tenta de novo') as string });
  const uncertain = describeFailure(failure({ ...unknown, state: 'unconfirmed', failureKind: 'ambiguous' }));
  expect(uncertain).toMatchObject({ known: false, advice: expect.stringContaining('Resolver') as string });
});

test('a refusal read in a 5xx asks nobody to correct what may be registered', () => {
  const cep = { providerCode: 'SR0050014', providerMessage: 'CEP do pagador invalido.', httpStatus: 500 };
  expect(describeFailure(failure({ ...cep, state: 'unconfirmed', failureKind: 'ambiguous' }))).toMatchObject({
    cause: 'Não se sabe se o banco registrou o boleto.',
    known: true,
    whoFixes: 'banco',
    advice: expect.stringContaining('Reexaminar') as string,
  });
});

test('credentials refused twice are still what the bank said', () => {
  const refused = { state: 'pending', failureKind: 'config', providerCode: 'Unauthorized', httpStatus: 401 } as const;
  expect(describeFailure(failure(refused))).toMatchObject({
    cause: 'O banco não aceitou o acesso da conta.',
    whoFixes: 'carteira',
  });
});

test('a refusal of ours is for whoever has the field', () => {
  const own = {
    providerCode: 'documentoInvalido',
    providerMessage: 'O CPF do pagador tem um dígito errado.',
    httpStatus: null,
  };
  expect(describeFailure(failure({ ...own, field: 'payer.document' }))).toMatchObject({
    known: true,
    whoFixes: 'cadastro do cliente',
    fieldName: 'cnpj_cpf',
  });
});

test('a call that ended without a word is told by its kind', () => {
  const silent = { state: 'unconfirmed', failureKind: 'ambiguous', gateway: null, httpStatus: null } as const;
  expect(describeFailure(failure(silent))).toMatchObject({
    cause: 'Não se sabe se o banco registrou o boleto.',
    known: true,
    fieldName: null,
  });
});

test('what waits for nobody says so', () => {
  const refused = { state: 'deferred', failureKind: 'transient', httpStatus: null } as const;
  const described = describeFailure(
    failure({ ...refused, providerMessage: 'O banco recusou a conexão (ECONNREFUSED).' }),
  );
  expect(described).toMatchObject({ known: true, whoFixes: 'ninguém: passa sozinho' });
});

test('what has not failed has nothing to tell', () => {
  expect(describeFailure(failure({ state: 'registered', failureKind: null }))).toBeNull();
  expect(describeFailure(failure({ state: 'skipped', failureKind: null, providerCode: 'paid' }))).toBeNull();
  expect(
    describeFailure(failure({ state: 'unconfirmed', failureKind: null, providerCode: 'otherAccount' })),
  ).toMatchObject({
    known: true,
    whoFixes: 'banco',
  });
});
