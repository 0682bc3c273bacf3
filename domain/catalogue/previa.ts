import type { CatalogueEntry, Fixer } from './entry';

interface Row {
  field: string;
  fixer: Fixer;
  cause: string;
  advice: string;
  source: string;
}

const ours = 'verificação nossa, antes do envio';
const declared = 'limites declarados pelo gateway (README do adaptador)';
const inTheCarteira = 'Corrija na carteira de cobrança e retome: vale para todos os títulos dela.';

const of =
  (fixer: Fixer) =>
  (field: string, cause: string, advice: string, source = ours): Row => ({ field, fixer, cause, advice, source });
const customer = of('customer');
const charge = of('charge');
const carteira = of('carteira');

/** What may be wrong with one text of the payer; `the` is the field with its article, `a` its ending. */
function text(field: string, the: string, ending: 'o' | 'a') {
  return {
    empty: customer(field, `${the} do pagador está vazi${ending}.`, 'Preencha no cadastro do cliente.', declared),
    long: customer(
      field,
      `${the} do pagador é mais long${ending} do que o gateway recebe.`,
      'Abrevie no cadastro do cliente.',
      declared,
    ),
    character: customer(
      field,
      `${the} do pagador tem um caractere que o gateway não recebe.`,
      'Troque o caractere no cadastro do cliente.',
      declared,
    ),
    garbled: garbled(field, the),
  };
}

/** The bank would take it, and print it. */
function garbled(field: string, the: string): Row {
  return customer(
    field,
    `${the} do pagador tem letras estragadas por uma importação (como JosÃ© ou CONCEI??O).`,
    'Confira a proposta, onde há uma, e corrija no cadastro do cliente; importe de novo com a codificação certa.',
  );
}

const name = text('payer.name', 'O nome', 'o');
const street = text('payer.street', 'O endereço', 'o');
const district = text('payer.district', 'O bairro', 'o');
const city = text('payer.city', 'A cidade', 'a');

/** Every defect that the prévia finds, by its code, in the order of who fixes it. The codes are stable. */
const rows = {
  convenioInvalido: carteira(
    'convenio',
    'O convênio da carteira não tem a forma que o gateway exige.',
    'Informe o convênio certo na carteira.',
    declared,
  ),
  carteiraInvalida: carteira(
    'carteira',
    'O código da carteira no banco não é um que o gateway registre.',
    inTheCarteira,
    declared,
  ),
  variacaoInvalida: carteira(
    'variation',
    'A variação da carteira falta ou não tem a forma que o gateway exige.',
    'Informe a variação certa na carteira.',
    declared,
  ),
  especieDesconhecida: carteira(
    'especie',
    'A espécie da carteira não existe neste gateway.',
    'Escolha na carteira uma espécie que o gateway conheça, e retome.',
    declared,
  ),
  especieSemEncargos: carteira(
    'especie',
    'A espécie da carteira não permite juros nem multa, e a carteira os tem.',
    'Tire os juros e a multa da carteira, ou mude a espécie, e retome: vale para todos os títulos dela.',
    'regra dos bancos para boleto de proposta e de depósito ou aporte (Itaú, Anexo 1; Banrisul)',
  ),
  jurosInvalidos: carteira(
    'rules.interestPercentPerMonth',
    'Os juros da carteira não são um percentual ou valor que o gateway receba.',
    inTheCarteira,
    declared,
  ),
  multaInvalida: carteira(
    'rules.finePercent',
    'A multa da carteira não é um percentual ou valor que o gateway receba.',
    inTheCarteira,
    declared,
  ),
  descontoInvalido: carteira(
    'rules.discount',
    'O desconto da carteira não é um percentual ou valor que o gateway receba.',
    inTheCarteira,
    declared,
  ),
  descontoDepoisDoVencimento: carteira(
    'rules.discount',
    'O desconto valeria depois do vencimento.',
    inTheCarteira,
    'regra comum dos bancos: data do desconto até o vencimento',
  ),
  descontoForaDeOrdem: carteira(
    'rules.discount',
    'Os limites dos descontos não estão em ordem: cada um deve ser depois do anterior.',
    'Corrija na carteira os dias antes do vencimento de cada desconto (desconto_dias, desconto2_dias, desconto3_dias) e retome.',
    'regra comum dos bancos: a data de cada desconto é depois da do anterior',
  ),
  carenciaInvalida: carteira(
    'rules.graceDays',
    'A carência de juros e multa não é um número de dias que o gateway receba.',
    inTheCarteira,
  ),
  carenciaDeJurosNaoAceita: carteira(
    'rules.graceDays',
    'Este gateway cobra os juros desde o dia seguinte ao vencimento: a carência vale só para a multa.',
    'Tire na carteira a carência ou os juros (juros, juros_valor_dia), e retome: vale para todos os títulos dela.',
    declared,
  ),
  baixaInvalida: carteira(
    'writeOffDays',
    'Os dias para a baixa automática não são um número que o gateway receba.',
    inTheCarteira,
    declared,
  ),
  nossoNumeroInvalido: carteira(
    'ourNumber',
    'O nosso número não tem a forma da numeração do convênio.',
    'Confira o convênio da carteira com o banco.',
    declared,
  ),
  numeracaoEsgotada: carteira(
    'ourNumber',
    'A faixa de nosso número do convênio acabou.',
    'Peça outro convênio ao banco e informe-o na carteira.',
  ),
  credencialIncompleta: carteira(
    'credentials',
    'A credencial da conta de gateway está incompleta.',
    'Informe a credencial completa na conta da carteira.',
  ),

  seuNumeroInvalido: charge(
    'ownReference',
    'O ID da cobrança não cabe no seu número deste gateway.',
    'Emita a cobrança de novo, com um ID mais curto, ou comunique-a por outra carteira.',
    declared,
  ),
  seuNumeroRepetido: charge(
    'ownReference',
    'Encurtado ao tamanho do gateway, o seu número é igual ao de outra cobrança.',
    'Emita a cobrança de novo, com outro ID, ou comunique-a por outra carteira.',
  ),
  condicoesInvalidas: charge(
    'rules',
    'Os juros, a multa, o desconto ou os dias próprios deste título não são os que o gateway recebe.',
    'Corrija as condições do título, ou deixe-as vazias para valerem as da carteira.',
    declared,
  ),
  descontoVencido: charge(
    'rules.discount',
    'O limite do desconto já passou, ou é antes da emissão.',
    'Dê ao título outro limite (desconto_dias 0 = até o vencimento), tire dele o desconto (desconto 0), ou mude o vencimento.',
    'regra comum dos bancos: data do desconto de hoje até o vencimento',
  ),
  descontoMaiorQueValor: charge(
    'rules.discount',
    'O desconto é igual ou maior que o valor do título.',
    'Dê ao título um desconto menor, ou confira o valor da cobrança.',
    'regra comum dos bancos: desconto menor que o valor',
  ),
  multaMaiorQueValor: charge(
    'rules.finePercent',
    'A multa é igual ou maior que o valor do título.',
    'Dê ao título uma multa menor, ou confira o valor da cobrança.',
    'regra comum dos bancos: multa menor que o valor',
  ),
  jurosMaioresQueValor: charge(
    'rules.interestPercentPerMonth',
    'Os juros de um dia são maiores que o valor do título.',
    'Dê ao título juros menores, ou confira o valor da cobrança.',
    'regra comum dos bancos: juros menores que o valor',
  ),
  emissaoFutura: charge(
    'issueDate',
    'A emissão é depois de hoje.',
    'Corrija a emissão da cobrança, ou comunique-a naquele dia.',
    'regra comum dos bancos: emissão até hoje',
  ),
  emissaoAntiga: charge(
    'issueDate',
    'A cobrança foi emitida há mais tempo do que o gateway aceita.',
    'Corrija a emissão da cobrança, ou emita-a de novo.',
    declared,
  ),
  emissaoDepoisDoVencimento: charge(
    'issueDate',
    'A emissão é depois do vencimento.',
    'Corrija a emissão ou o vencimento da cobrança.',
    'regra comum dos bancos: emissão até o vencimento',
  ),
  vencimentoPassado: charge(
    'dueDate',
    'O vencimento já passou: o banco registra só o que ainda vence.',
    'Informe um novo vencimento na cobrança.',
    'regra comum dos bancos: vencimento de hoje em diante',
  ),
  vencimentoForaDoHorario: charge(
    'dueDate',
    'O vencimento é hoje, e passou a hora até a qual o gateway registra para o mesmo dia.',
    'Informe um vencimento de amanhã em diante na cobrança.',
    declared,
  ),
  vencimentoDistante: charge(
    'dueDate',
    'O vencimento está tão longe que o fator do código de barras seria lido como uma data passada.',
    'Confira o ano do vencimento na cobrança.',
    'FEBRABAN, janela do fator de vencimento: até 5.500 dias à frente',
  ),
  valorInvalido: charge('amountCents', 'O valor em aberto não é um valor em centavos.', 'Corrija o valor da cobrança.'),
  valorZerado: charge(
    'amountCents',
    'O valor em aberto é zero: um boleto registrado tem valor.',
    'Informe o valor da cobrança.',
    'BACEN, Circular 3.656/2013',
  ),
  valorAbaixoDoMinimo: charge(
    'amountCents',
    'O valor em aberto é menor que o mínimo do gateway.',
    'Corrija o valor, ou junte a cobrança a outra.',
    declared,
  ),
  valorAcimaDoMaximo: charge(
    'amountCents',
    'O valor em aberto é maior que o máximo de um boleto.',
    'Corrija o valor, ou divida a cobrança.',
    'FEBRABAN, código de barras: até R$ 99.999.999,99',
  ),

  documentoVazio: customer(
    'payer.document',
    'O CPF ou CNPJ do pagador está vazio.',
    'Preencha o documento no cadastro do cliente.',
  ),
  documentoDeOutroTipo: customer(
    'payer.document',
    'O documento não é do tipo de pessoa do cadastro: CPF é de pessoa física, CNPJ de pessoa jurídica.',
    'Corrija juntos o tipo de pessoa e o documento no cadastro do cliente.',
  ),
  documentoInvalido: customer(
    'payer.document',
    'O documento não tem os 11 dígitos de um CPF ou os 14 caracteres de um CNPJ.',
    'Corrija o documento no cadastro do cliente.',
  ),
  documentoDigitoErrado: customer(
    'payer.document',
    'O dígito verificador do CPF ou CNPJ está errado.',
    'Confira o documento com o cliente e corrija no cadastro.',
    'Receita Federal, módulo 11; CNPJ com letras: IN RFB 2.229/2024',
  ),
  documentoNaoAceito: customer(
    'payer.document',
    'Este gateway não registra para este tipo de documento.',
    'Comunique a cobrança por uma carteira de outro gateway.',
    declared,
  ),
  nomeVazio: name.empty,
  nomeLongo: name.long,
  nomeCaractere: name.character,
  nomeEstragado: name.garbled,
  enderecoVazio: street.empty,
  enderecoLongo: street.long,
  enderecoCaractere: street.character,
  enderecoEstragado: street.garbled,
  complementoEstragado: garbled('payer.complement', 'O complemento'),
  bairroVazio: district.empty,
  bairroLongo: district.long,
  bairroCaractere: district.character,
  bairroEstragado: district.garbled,
  cidadeVazia: city.empty,
  cidadeLonga: city.long,
  cidadeCaractere: city.character,
  cidadeEstragada: city.garbled,
  ufVazia: customer('payer.uf', 'A UF do pagador está vazia.', 'Preencha a UF no cadastro do cliente.'),
  ufInexistente: customer('payer.uf', 'A UF do pagador não existe.', 'Corrija a UF no cadastro do cliente.'),
  cepVazio: customer('payer.cep', 'O CEP do pagador está vazio.', 'Preencha o CEP no cadastro do cliente.'),
  cepInvalido: customer(
    'payer.cep',
    'O CEP do pagador não tem 8 dígitos, ou nenhuma UF o tem.',
    'Corrija o CEP no cadastro do cliente; o CEP geral da cidade também serve.',
    'Correios, faixas de CEP',
  ),
  cepDeOutraUf: customer(
    'payer.cep',
    'O CEP do pagador é de outra UF.',
    'Corrija o CEP ou a UF no cadastro do cliente.',
    'Correios, faixas de CEP',
  ),

  // What the selection leaves out, and what the slice finds at the last moment: never sent, and no failure.
  paid: charge('status', 'O título já foi recebido.', 'Nada a fazer.'),
  cancelled: charge('status', 'O título está cancelado.', 'Nada a fazer, ou reabra a cobrança.'),
  notReleased: charge('released', 'O título não está liberado.', 'Libere a cobrança em Contas a Receber.'),
  earlierBoleto: charge(
    'status',
    'O título já tem boleto de outro sistema.',
    'Confira em Contas a Receber, e decida ali se é registrado mesmo assim.',
  ),
  alreadyRegistered: charge('status', 'O título já está registrado no banco.', 'Nada a fazer.'),
  inOtherBatch: charge(
    'status',
    'O título já está em outra comunicação em andamento.',
    'Espere a outra comunicação, ou descarte-o dela.',
  ),
} satisfies Record<string, Row>;

export type PreviaCode = keyof typeof rows;

/** What the prévia says of a defect: which field in domain words, who fixes it, cause and advice. */
export const previaRows: Readonly<Record<PreviaCode, Row>> = rows;

/** The same as rows of the catalogue. Nothing of them was sent, so that there is no status; all are about the data. */
export const previaEntries: readonly CatalogueEntry[] = Object.entries(previaRows).map(([code, row]) => ({
  codes: [code],
  kind: 'data',
  ...row,
}));
