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

const addressFields = (suffix: '' | '_cob'): FormField[] => [
  digits(`cep${suffix}`, 'CEP', '8 dígitos'),
  text(`endereco${suffix}`, 'Endereço'),
  text(`numero${suffix}`, 'Número'),
  text(`complemento${suffix}`, 'Complemento'),
  text(`bairro${suffix}`, 'Bairro'),
  text(`cidade${suffix}`, 'Cidade'),
  choice(
    `uf${suffix}`,
    'UF',
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
    text('cnpj_cpf', 'CPF ou CNPJ'),
    text('razao', 'Nome ou razão social'),
    text('fantasia', 'Nome fantasia'),
    ...addressFields(''),
    text('email', 'E-mail'),
    digits('whatsapp', 'WhatsApp'),
  ],
};
export const billingGroup: FieldGroup = { title: 'Endereço de cobrança', fields: addressFields('_cob') };
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

export const isBilling = (name: string) => name.endsWith('_cob');

/** What a boleto gets, as its story tells it. */
const others: Record<string, string> = { ourNumber: 'Nosso número', linhaDigitavel: 'Linha digitável' };

export function fieldLabel(name: string): string {
  const found = [customerGroup, chargeGroup, billingGroup]
    .flatMap(({ fields }) => fields)
    .find((each) => each.name === name);
  if (!found) return others[name] ?? name;
  return isBilling(name) ? `${found.label} de cobrança` : found.label;
}
