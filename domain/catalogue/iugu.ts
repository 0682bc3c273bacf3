import type { CatalogueEntry } from './entry';

/** Errors come by field; the text is the field's name and what is wrong with it. */
const DOCS = 'dev.iugu.com, referência de erros';

export const iugu: readonly CatalogueEntry[] = [
  {
    codes: [],
    text: 'due_date: é obrigatório',
    kind: 'data',
    cause: 'Falta o vencimento.',
    fixer: 'charge',
    field: 'dueDate',
    advice: 'Preencha o vencimento da cobrança.',
    source: DOCS,
  },
  {
    codes: [],
    text: 'due_date: não pode estar no passado',
    kind: 'data',
    cause: 'O vencimento já passou.',
    fixer: 'charge',
    field: 'dueDate',
    advice: 'Combine um novo vencimento com o cliente e corrija a cobrança.',
    source: DOCS,
  },
  {
    codes: [],
    text: 'payer.cpf_cnpj: não pode ficar em branco',
    kind: 'data',
    cause: 'O CPF ou CNPJ do pagador está vazio.',
    fixer: 'customer',
    field: 'payer.document',
    advice: 'Preencha o CPF ou CNPJ no cadastro.',
    source: DOCS,
  },
  {
    codes: [],
    text: 'bank_slip_extra_due * entre 1 e 30',
    kind: 'config',
    cause: 'Os dias de pagamento depois do vencimento não estão entre 1 e 30.',
    fixer: 'carteira',
    field: 'writeOffDays',
    advice: 'Corrija na carteira os dias de baixa automática.',
    source: DOCS,
  },
  {
    codes: [],
    status: 401,
    kind: 'config',
    cause: 'A chave de acesso da conta não é aceita, ou este endereço de internet não está liberado.',
    fixer: 'carteira',
    field: null,
    advice: 'Confira a chave e os endereços liberados na Iugu, corrija na carteira e retome.',
    source: DOCS,
  },
  {
    codes: [],
    status: 409,
    kind: 'ambiguous',
    cause: 'O mesmo pedido estava em andamento ao mesmo tempo.',
    fixer: 'nobody',
    field: null,
    advice: 'O sistema consulta a cobrança antes de enviar de novo.',
    source: DOCS,
  },
];
