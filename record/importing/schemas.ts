import type { ImportType } from '../../domain/receivable/imports';
import {
  amount,
  amountOrNone,
  choice,
  date,
  filledText,
  key,
  optionalAmount,
  optionalChoice,
  optionalId,
  optionalKey,
  percent,
  presentText,
  text,
  wholeNumber,
  withoutPunctuation,
  yesOrNo,
  type Field,
  type FieldInfo,
} from './forms';

const punctuationDropped = { normalise: withoutPunctuation };
const upperCase = { normalise: (value: string) => value.toUpperCase() };

/** The fields of an address; `suffix` is `_cob` for the billing one. */
function address<Suffix extends '' | '_cob'>(suffix: Suffix) {
  const of = suffix === '' ? '' : ' de cobrança';
  const column = (name: string) => (suffix === '' ? name : `billing_${name}`);
  const fields = {
    cep: text(column('cep'), `CEP do endereço${of}`, 20, punctuationDropped),
    endereco: text(column('street'), `logradouro${of}`, 255),
    numero: text(column('number'), `número${of}`, 60),
    complemento: text(column('complement'), `complemento${of}`, 255),
    bairro: text(column('district'), `bairro${of}`, 255),
    cidade: text(column('city'), `cidade${of}`, 255),
    uf: text(column('uf'), `UF${of}`, 10, upperCase),
  };
  type Named = { [Name in keyof typeof fields as `${Name}${Suffix}`]: (typeof fields)[Name] };
  return Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name + suffix, schema])) as Named;
}

/**
 * What a boleto costs before and after its vencimento. Of a carteira an empty field is none; of a título it is what the
 * carteira has, and a field that is not empty replaces the carteira's: juros in reais leave no percentage beside them.
 */
function terms(of: 'carteira' | 'titulo') {
  const empty = <T>(ofCarteira: T) => (of === 'carteira' ? ofCarteira : null);
  const said = (meaning: string, ofCarteira = '') =>
    of === 'carteira' ? `${meaning}${ofCarteira}` : `${meaning}, só deste título; vazio: da carteira`;
  const discount = <Step extends '' | '2' | '3'>(step: Step, meaning: string, days: number) => {
    const column = (name: string) => `discount${step}_${name}`;
    const limit = `limite do ${step || '1'}º desconto, em dias antes do vencimento (0: até o vencimento)`;
    const fields = {
      '': percent(column('percent'), said(`${meaning}, em %`), empty(0)),
      _valor: amountOrNone(column('cents'), said(`${meaning}, em reais`), empty(0)),
      _dias: wholeNumber(column('days'), said(limit, `; vazio: ${days}`), 0, 999, empty(days)),
    };
    type Named = { [Name in keyof typeof fields as `desconto${Step}${Name}`]: (typeof fields)[Name] };
    const named = Object.entries(fields).map(([name, schema]) => [`desconto${step}${name}`, schema]);
    return Object.fromEntries(named) as Named;
  };
  return {
    juros: percent('interest_percent', said('juros de mora ao mês, em %'), empty(0)),
    juros_valor_dia: amountOrNone('daily_interest_cents', said('juros de mora por dia, em reais'), empty(0)),
    multa: percent('fine_percent', said('multa por atraso, em %'), empty(0)),
    multa_valor: amountOrNone('fine_cents', said('multa por atraso, em reais'), empty(0)),
    carencia_dias: wholeNumber('grace_days', said('dias após o vencimento sem juros nem multa'), 0, 999, empty(0)),
    ...discount('', 'desconto para pagamento até o seu limite', 1),
    ...discount('2', 'segundo desconto, com limite depois do primeiro', 0),
    ...discount('3', 'terceiro desconto, com limite depois do segundo', 0),
    baixa_automatica_dias: wholeNumber(
      'write_off_days',
      said('dias após o vencimento em que ainda se recebe (0: nenhum)', '; vazio: os do convênio'),
      0,
      999,
      null,
    ),
  };
}

/**
 * What one line of a file may hold, by the ERP's own names. Form only: a cadastro with defects is stored as it is.
 * A field that a line does not have keeps the stored value; an empty one takes the default of a new row.
 */
export const importFields = {
  filial: {
    id: key('id', 'código da filial', 'self'),
    razao: filledText('name', 'razão social da filial (beneficiário)', 255),
    fantasia: text('trade_name', 'nome fantasia', 255, { empty: null }),
    cnpj: text('document', 'CNPJ da filial', 30, { ...punctuationDropped, empty: null }),
    ...address(''),
  },
  carteira: {
    id: key('id', 'código da carteira de cobrança', 'self'),
    descricao: filledText('description', 'nome da carteira', 255),
    filial_id: optionalKey('filial_id', 'filial da carteira', 'filial'),
    carteira: text('code', 'carteira no banco; vazio: a usual do gateway', 10),
    variacao_carteira: text('variation', 'variação da carteira no banco', 10),
    n_convenio: text('convenio', 'convênio ou código do beneficiário no banco', 30, { empty: null }),
    gateway_nome: text('gateway', 'nome do gateway', 60, { empty: null }),
    ambiente_homologacao_gateway: yesOrNo('homologation', 'o gateway é o de homologação', true),
    timeout: wholeNumber('timeout_seconds', 'segundos de espera por uma resposta do gateway', 1, 300, 60),
    ...terms('carteira'),
    especie: text('especie', 'espécie do título (DM, DS …)', 5, { ...upperCase, empty: 'DM' }),
    aceite: yesOrNo('acceptance', 'aceite do título', false),
    pix: yesOrNo('pix', 'boleto híbrido: pedir ao banco o Pix de cada boleto', false),
    endereco_boleto: optionalChoice(
      'address_source',
      'endereço do cliente que vai para o banco',
      { principal: 'principal', cobranca: 'de cobrança' },
      'main',
      { principal: 'main', cobranca: 'billing' },
    ),
  },
  cliente: {
    id: key('id', 'código do cliente', 'self'),
    tipo_pessoa: choice('person_type', 'tipo de pessoa', { F: 'física', J: 'jurídica' }),
    razao: presentText('name', 'nome ou razão social', 255),
    fantasia: text('trade_name', 'nome fantasia', 255),
    cnpj_cpf: presentText('document', 'CPF ou CNPJ, com ou sem pontuação', 30, punctuationDropped),
    ...address(''),
    ...address('_cob'),
    email: text('email', 'e-mail', 255),
    whatsapp: text('whatsapp', 'telefone do WhatsApp', 60),
    condominio: text('condominium', 'condomínio (filtro)', 255),
  },
  titulo: {
    id: key('id', 'ID da cobrança', 'self'),
    id_cliente: key('customer_id', 'código do cliente', 'cliente'),
    filial_id: key('filial_id', 'código da filial', 'filial'),
    id_carteira_cobranca: key('carteira_id', 'código da carteira de cobrança', 'carteira'),
    id_contrato: optionalId('contract_id', 'contrato de que o título vem'),
    tipo_contrato: optionalChoice(
      'contract_kind',
      'tipo do contrato; sem ele: recorrente quando há id_contrato',
      { recorrente: 'recorrente', avulso: 'avulso', 'sem-contrato': 'sem-contrato' },
      'sem-contrato',
    ),
    tipo_cobranca: text('charge_type', 'tipo de cobrança (filtro)', 60),
    lote: text('lote', 'lote (filtro)', 60),
    documento: text('document', 'número do documento', 60),
    nparcela: wholeNumber('installment', 'número da parcela', 0, 9999, 1),
    data_emissao: date('issue_date', 'emissão'),
    data_vencimento: date('due_date', 'vencimento'),
    valor: amount('amount_cents', 'valor do título'),
    valor_aberto: optionalAmount(
      'open_amount_cents',
      'valor ainda a receber; sem ele: o valor (status A e C), zero (R)',
    ),
    status: optionalChoice(
      'status',
      'situação do título',
      { A: 'aberto', R: 'recebido', P: 'parcial', C: 'cancelado' },
      'A',
    ),
    liberado: yesOrNo('released', 'liberado para cobrança', true),
    impresso: yesOrNo('impresso', 'já comunicado; uma importação nunca volta de S para N', false),
    ...terms('titulo'),
    nn_boleto: text(null, 'nosso número dado por outro sistema', 60, { empty: null }),
    linha_digitavel: text(null, 'linha digitável dada por outro sistema', 100, { empty: null }),
    gateway_link: text(null, 'endereço do boleto em outro sistema', 500, { empty: null }),
    id_cobranca: text(null, 'número da cobrança em outro gateway', 100, { empty: null }),
    pix_txid: text(null, 'txid do Pix dado por outro sistema', 100, { empty: null }),
  },
} satisfies Record<ImportType, Record<string, Field>>;

export interface ModelField extends Omit<FieldInfo, 'column' | 'keyOf'> {
  field: string;
  required: boolean;
}

/** The fields of one type: for `--modelo` and the documentation. */
export function importModel(type: ImportType): ModelField[] {
  return fieldsOf(type).map(({ name, required, info: { form, meaning } }) => ({
    field: name,
    required,
    form,
    meaning,
  }));
}

export interface NamedField extends Field {
  name: string;
}

export function fieldsOf(type: ImportType): NamedField[] {
  return Object.entries<Field>(importFields[type]).map(([name, field]) => ({ name, ...field }));
}
