/** The ERP's fields as its screens call them, in the order of the form. */
export interface FormField {
  name: string;
  label: string;
  kind: 'text' | 'date' | 'amount' | 'digits' | 'choice';
  options?: readonly (readonly [string, string])[];
  hint?: string;
}
export interface FieldGroup {
  title: string;
  fields: readonly FormField[];
}

const text = (name: string, label: string, hint?: string): FormField => ({
  name,
  label,
  kind: 'text',
  ...(hint ? { hint } : {}),
});
const digits = (name: string, label: string, hint?: string): FormField => ({
  ...text(name, label, hint),
  kind: 'digits',
});
const choice = (name: string, label: string, options: FormField['options'] = []): FormField => ({
  name,
  label,
  kind: 'choice',
  options,
});

const ufs = 'AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO'.split(' ');

/** No two fields of the form have one label. */
const addressFields = (suffix: '' | '_cob', of: '' | ' de cobrança'): FormField[] => [
  digits(`cep${suffix}`, `CEP${of}`, '8 dígitos'),
  text(`endereco${suffix}`, `Endereço${of}`),
  text(`numero${suffix}`, `Número${of}`),
  text(`complemento${suffix}`, `Complemento${of}`),
  text(`bairro${suffix}`, `Bairro${of}`),
  text(`cidade${suffix}`, `Cidade${of}`),
  choice(
    `uf${suffix}`,
    `UF${of}`,
    ufs.map((uf) => [uf, uf] as const),
  ),
];

export const customerGroup: FieldGroup = {
  title: 'Cadastro do cliente',
  fields: [
    choice('tipo_pessoa', 'Tipo de pessoa', [
      ['F', 'Física'],
      ['J', 'Jurídica'],
    ]),
    text('cnpj_cpf', 'CPF/CNPJ'),
    text('razao', 'Nome ou razão social'),
    text('fantasia', 'Nome fantasia'),
    ...addressFields('', ''),
    text('email', 'E-mail'),
    digits('whatsapp', 'WhatsApp'),
  ],
};
export const billingGroup: FieldGroup = {
  title: 'Endereço de cobrança',
  fields: addressFields('_cob', ' de cobrança'),
};
export const chargeGroup: FieldGroup = {
  title: 'Cobrança',
  fields: [
    { name: 'data_vencimento', label: 'Vencimento', kind: 'date' },
    { name: 'valor', label: 'Valor', kind: 'amount' },
    { name: 'valor_aberto', label: 'Valor em aberto', kind: 'amount' },
    { name: 'data_emissao', label: 'Emissão', kind: 'date' },
    text('documento', 'Documento'),
    choice('liberado', 'Liberado', [
      ['S', 'Sim'],
      ['N', 'Não'],
    ]),
    choice('status', 'Status', [
      ['A', 'A receber'],
      ['R', 'Recebido'],
      ['P', 'Parcial'],
      ['C', 'Cancelado'],
    ]),
  ],
};

const percentages = (step: '' | '2' | '3', which: string): FormField[] => [
  text(`desconto${step}`, `${which}, em %`),
  { name: `desconto${step}_valor`, label: `${which}, em reais`, kind: 'amount' },
  digits(`desconto${step}_dias`, `Limite do ${which.toLowerCase()}`, 'dias antes do vencimento; 0 = até o vencimento'),
];
/** An empty field is the carteira's. */
export const termsGroup: FieldGroup = {
  title: 'Condições só desta cobrança (vazio: as da carteira)',
  fields: [
    text('juros', 'Juros ao mês, em %'),
    { name: 'juros_valor_dia', label: 'Juros por dia, em reais', kind: 'amount' },
    text('multa', 'Multa, em %'),
    { name: 'multa_valor', label: 'Multa, em reais', kind: 'amount' },
    digits('carencia_dias', 'Carência', 'dias após o vencimento sem juros nem multa'),
    ...percentages('', 'Desconto'),
    ...percentages('2', 'Segundo desconto'),
    ...percentages('3', 'Terceiro desconto'),
    digits('baixa_automatica_dias', 'Receber após o vencimento', 'dias; 0 = não receber'),
  ],
};
export const isTerm = (name: string) => termsGroup.fields.some((each) => each.name === name);

const all = [customerGroup, chargeGroup, billingGroup, termsGroup].flatMap(({ fields }) => fields);

export const formField = (name: string): FormField | undefined => all.find((each) => each.name === name);
export const isFormField = (name: string) => formField(name) !== undefined;

export const isBilling = (name: string) => name.endsWith('_cob');

/** What a boleto gets, as its story tells it. */
const others: Record<string, string> = {
  ...{ id_cliente: 'Cliente', id_carteira_cobranca: 'Carteira', filial_id: 'Filial', impresso: 'Impresso' },
  ourNumber: 'Nosso número',
  linhaDigitavel: 'Linha digitável',
};

export function fieldLabel(name: string): string {
  return formField(name)?.label ?? others[name] ?? name;
}
