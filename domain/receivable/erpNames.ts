/** Fields of what a bank is sent, by the names that `corrigir --campo` and the ERP use. */
const names: Record<string, string> = {
  'payer.document': 'cnpj_cpf',
  'payer.name': 'razao',
  'payer.personType': 'tipo_pessoa',
  'payer.street': 'endereco',
  'payer.complement': 'complemento',
  'payer.district': 'bairro',
  'payer.city': 'cidade',
  'payer.uf': 'uf',
  'payer.cep': 'cep',
  amountCents: 'valor',
  dueDate: 'data_vencimento',
  issueDate: 'data_emissao',
  ownReference: 'id',
  ourNumber: 'nn_boleto',
  convenio: 'n_convenio',
  carteira: 'carteira',
  variation: 'variacao_carteira',
  especie: 'especie',
  acceptance: 'aceite',
  'rules.interestPercentPerMonth': 'juros',
  'rules.finePercent': 'multa',
  'rules.discount': 'desconto',
  'rules.graceDays': 'carencia_dias',
  rules: 'desconto',
  writeOffDays: 'baixa_automatica_dias',
  released: 'liberado',
  credentials: 'credenciais',
};

const ofAddress = ['payer.street', 'payer.complement', 'payer.district', 'payer.city', 'payer.uf', 'payer.cep'];

/**
 * The ERP's name of a field, or the field as it is where the ERP has none.
 * @param address which of the customer's two addresses the carteira sends: the wrong one corrected would change nothing
 */
export function fieldName(field: string, address: 'main' | 'billing' = 'main'): string {
  return (names[field] ?? field) + (address === 'billing' && ofAddress.includes(field) ? '_cob' : '');
}
