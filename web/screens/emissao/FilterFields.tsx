import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { tidyDate } from '../../parts/tidyDate';
import { ONE_CONTRACT, type FilterForm, type FilterName, type ReadForm } from './filterForm';

interface FilterFieldsProps {
  form: FilterForm;
  errors: ReadForm['errors'];
  onChange(name: FilterName, value: string): void;
}

/** As people here write dates, whatever language their browser has. */
const aDate = { placeholder: 'dd/mm/aaaa', inputMode: 'numeric' } as const;

/** The filters of Emissão de Boletos, by the ERP's labels. */
export function FilterFields({ form, errors, onChange }: FilterFieldsProps) {
  const { data: filiais } = useLoad((signal) => ask('GET /filiais', { signal }), []);
  const input = (
    name: FilterName,
    label: string,
    more: { placeholder?: string; inputMode?: 'numeric' | 'decimal'; hint?: string } = {},
  ) => {
    const { hint, ...rest } = more;
    return (
      <Field label={label} error={errors[name]} hint={hint}>
        {(id, aria) => (
          <input
            {...{ id, ...aria, ...rest, value: form[name] }}
            onInput={(event) => onChange(name, event.currentTarget.value)}
            onBlur={(event) => {
              if (rest.placeholder === aDate.placeholder) onChange(name, tidyDate(event.currentTarget.value));
            }}
          />
        )}
      </Field>
    );
  };
  const select = (name: FilterName, label: string, options: readonly (readonly [string, string])[]) => (
    <Field label={label}>
      {(id) => (
        <select id={id} value={form[name]} onChange={(event) => onChange(name, event.currentTarget.value)}>
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const filialOptions = (filiais?.items ?? []).map(({ id, name }) => [String(id), `${id} · ${name}`] as const);
  return (
    <>
      <div class="pair">
        {input('dueFrom', 'Vencimento de', aDate)}
        {input('dueTo', 'Vencimento até', aDate)}
      </div>
      <div class="pair">
        {input('issuedFrom', 'Emissão de', aDate)}
        {input('issuedTo', 'Emissão até', aDate)}
      </div>
      <div class="pair">
        {input('amountFrom', 'Valor de', { inputMode: 'decimal' })}
        {input('amountTo', 'Valor até', { inputMode: 'decimal' })}
      </div>
      {select('filialId', 'Filial', [['', 'Todas'], ...filialOptions])}
      {input('customerIds', 'Cliente', { inputMode: 'numeric', hint: 'Um ID ou mais' })}
      {select('personType', 'Tipo de pessoa', [
        ['', 'Todos'],
        ['F', 'Física'],
        ['J', 'Jurídica'],
      ])}
      {select('contractKind', 'Contrato', [
        ['', 'Todos'],
        ['recorrente', 'Recorrente'],
        ['avulso', 'Avulso'],
        ['sem-contrato', 'Sem contrato'],
        [ONE_CONTRACT, 'Um só, pelo número'],
      ])}
      {form.contractKind === ONE_CONTRACT ? input('contractId', 'Número (ID)', { inputMode: 'numeric' }) : null}
      {input('chargeType', 'Tipo de cobrança')}
      {input('lote', 'Lote')}
      {input('city', 'Cidade')}
      {input('district', 'Bairro')}
      {input('cep', 'CEP', { inputMode: 'numeric' })}
    </>
  );
}
