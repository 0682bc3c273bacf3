import { formField, type FormField } from '../contas/fields';

/** What is judged together: a CEP of another UF is mended in either. By the ERP's names. */
const together: readonly (readonly string[])[] = [
  ['cep', 'uf', 'cidade'],
  ['cep_cob', 'uf_cob', 'cidade_cob'],
  ['cnpj_cpf', 'tipo_pessoa'],
  ['data_vencimento', 'data_emissao'],
  ['valor_aberto', 'valor'],
];

/** The fields of one failure: the guilty one first, then what it is judged with, then whatever else is wrong. */
export function shownFields(guilty: string | null, wrong: readonly string[]): FormField[] {
  const judged = together.find((names) => guilty !== null && names.includes(guilty)) ?? [];
  const names = new Set([...(guilty === null ? [] : [guilty]), ...judged, ...wrong]);
  return [...names].flatMap((name) => formField(name) ?? []);
}
