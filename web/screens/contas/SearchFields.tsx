import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { tidyDate } from '../../parts/tidyDate';
import { readDay, situations, type Search, type SearchName } from './search';

interface SearchFieldsProps {
  search: Search;
  onChange(name: SearchName, value: string): void;
}

/** By what Contas a Receber is narrowed besides the words. */
export function SearchFields({ search, onChange }: SearchFieldsProps) {
  const { data } = useLoad((signal) => ask('GET /carteiras', { signal }), []);
  const carteiras = (data?.items ?? []).map(({ id, description }) => [String(id), `${id} · ${description}`] as const);
  const select = (name: SearchName, label: string, options: readonly (readonly [string, string])[]) => (
    <Field label={label}>
      {(id) => (
        <select id={id} value={search[name]} onChange={(event) => onChange(name, event.currentTarget.value)}>
          <option value="">todas</option>
          {search[name] !== '' && !options.some(([value]) => value === search[name]) ? (
            <option value={search[name]}>{search[name]}</option>
          ) : null}
          {options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
  const day = (name: SearchName, label: string) => (
    <Field label={label} error={readDay(search[name]) === null ? 'Uma data que existe, dd/mm/aaaa' : undefined}>
      {(id, aria) => (
        <input
          {...{ id, ...aria, placeholder: 'dd/mm/aaaa', inputMode: 'numeric', value: search[name] }}
          onInput={(event) => onChange(name, event.currentTarget.value)}
          onBlur={(event) => onChange(name, tidyDate(event.currentTarget.value))}
        />
      )}
    </Field>
  );
  return (
    <div class="fields">
      {select('situacao', 'Situação', situations)}
      {select('carteira', 'Carteira', carteiras)}
      <div class="pair">
        {day('vencimentoDe', 'Vencimento de')}
        {day('vencimentoAte', 'Vencimento até')}
      </div>
    </div>
  );
}
