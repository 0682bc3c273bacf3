/** The customers of títulos that one correction would give one value. */
export interface Together {
  receivables: number;
  customers: number;
  /** Cities, each with its UF. */
  cities: number;
  ceps: number;
}

/**
 * Why one value cannot be right for all of them; null = it can. What one value may serve is still judged título by
 * título by the prévia.
 * @param field by the ERP's name
 */
export function whyNotOneValue(field: string, { receivables, customers, cities, ceps }: Together): string | null {
  const name = field.replace(/_cob$/, '');
  if (ofOneTitulo.has(name) && receivables > 1) return 'é de cada título: corrija um de cada vez';
  if (ofOneCustomer.has(name) && customers > 1)
    return `é de cada cliente, e aqui há ${customers}: corrija um de cada vez`;
  if (ofOneCity.has(name) && cities > 1)
    return `é de cada cidade, e os clientes são de ${cities}: corrija um de cada vez`;
  if (ofOneStreet.has(name) && customers > 1 && ceps > 1)
    return `é de cada rua, e os clientes têm ${ceps} CEPs: corrija um de cada vez`;
  return null;
}

const ofOneTitulo: ReadonlySet<string> = new Set(['documento', 'status']);
const ofOneCustomer: ReadonlySet<string> = new Set([
  ...['cnpj_cpf', 'razao', 'fantasia', 'numero', 'complemento', 'email', 'whatsapp'],
]);
const ofOneCity: ReadonlySet<string> = new Set(['cep', 'bairro', 'cidade']);
const ofOneStreet: ReadonlySet<string> = new Set(['endereco']);

/** What is corrected for many at once on the screens, where `whyNotOneValue` has nothing against it. */
export const bulkFields: ReadonlySet<string> = new Set([
  ...['cep', 'endereco', 'bairro', 'cidade', 'uf'].flatMap((name) => [name, `${name}_cob`]),
  ...['data_vencimento', 'data_emissao', 'tipo_pessoa', 'cnpj_cpf', 'razao'],
]);
