import type { Cents } from '../../domain/kinds/money';
import { localDate } from '../../domain/kinds/dates';
import type { ChargeSnapshot } from '../../domain/boleto/charge';
import { previaDefect, type PreviaDefect } from '../../domain/boleto/previa';
import { stillWrong as stillWrongBy, type Refused } from '../../domain/receivable/stillWrong';
import { bancoDoBrasilCodec } from '../../gateways/bancoDoBrasil/codec';

const sent: ChargeSnapshot = {
  ...{ receivableId: 1, convenio: '3128557', carteira: '17', variation: '35', ownReference: '1', ourNumber: null },
  ...{ issueDate: localDate('2030-01-02'), dueDate: localDate('2030-02-10'), amountCents: 9_990 as Cents },
  ...{ especie: 'DM', acceptance: false, rules: {}, writeOffDays: null },
  payer: {
    ...{ personType: 'F', document: '52998224725', name: 'Fulano', street: 'Rua', district: 'Centro' },
    ...{ city: 'São Paulo', uf: 'SP', cep: '01310100' },
  },
};
const refused: Refused = {
  ...{ gateway: 'banco-do-brasil', providerCode: '1', providerMessage: 'CEP', httpStatus: 400, field: 'payer.cep' },
  snapshot: sent,
};
const stillWrong = (now: ChargeSnapshot, defects: PreviaDefect[], refusal: Refused | null) =>
  stillWrongBy(now, defects, refusal, () => bancoDoBrasilCodec.errors);
const payer = (change: Partial<ChargeSnapshot['payer']>) => ({ ...sent, payer: { ...sent.payer, ...change } });

test('what the bank blamed and is as it was is still wrong, whatever else was corrected', () => {
  expect(stillWrong(payer({ name: 'Outro' }), [], refused)).toEqual([{ code: 'comoRecusado', field: 'payer.cep' }]);
  expect(stillWrong(payer({ cep: '01310200' }), [], refused)).toEqual([]);
  // A CEP of another UF is mended in either.
  expect(stillWrong(payer({ uf: 'RJ' }), [], refused)).toEqual([]);
});

test('what the prévia finds is still wrong, but for what is the carteira’s', () => {
  const defects = [previaDefect('convenioInvalido'), previaDefect('bairroVazio')];
  expect(stillWrong(sent, defects, null)).toEqual([{ code: 'bairroVazio', field: 'payer.district' }]);
});

test('a refusal of ours is judged by the prévia, and one that names no field by the change alone', () => {
  expect(stillWrong(sent, [], { ...refused, providerCode: 'cepInvalido' })).toEqual([]);
  expect(stillWrong(sent, [], { ...refused, field: null, providerCode: 'X9', providerMessage: 'Nada' })).toEqual([]);
});
