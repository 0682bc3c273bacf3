import { useLayoutEffect, useRef } from 'preact/hooks';
import { Field } from '../../parts/Field';
import { tidyDate } from '../../parts/tidyDate';
import type { FieldGroup, FormField } from './fields';

interface FormGroupProps {
  group: FieldGroup;
  values: Record<string, string>;
  stored: Record<string, string>;
  errors: Record<string, string>;
  editable: ReadonlySet<string>;
  /** Gets the focus when the form appears. */
  guilty: string | null;
  onChange(name: string, value: string): void;
}

export function FormGroup(props: FormGroupProps) {
  const { group, values, stored, errors, editable, guilty, onChange } = props;
  return (
    <fieldset class="fields">
      <legend>{group.title}</legend>
      {group.fields.map((field) => (
        <OneField
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          changed={values[field.name] !== stored[field.name]}
          error={errors[field.name]}
          readOnly={!editable.has(field.name)}
          focus={guilty === field.name}
          onChange={(value) => onChange(field.name, value)}
        />
      ))}
    </fieldset>
  );
}

interface OneFieldProps {
  field: FormField;
  value: string;
  changed: boolean;
  error: string | undefined;
  readOnly: boolean;
  focus: boolean;
  onChange(value: string): void;
}

/** One field of a título; the guilty one gets the focus, its text selected. */
export function OneField({ field, value, changed, error, readOnly, focus, onChange }: OneFieldProps) {
  const { label, kind, options, hint } = field;
  const input = useRef<(HTMLInputElement & HTMLSelectElement) | null>(null);
  useLayoutEffect(() => {
    if (!focus || !input.current) return;
    input.current.focus();
    input.current.scrollIntoView({ block: 'center' });
    if (kind !== 'choice') input.current.select();
  }, [focus]);
  return (
    <div class={[focus ? 'guilty' : '', changed ? 'changed' : ''].join(' ').trim()}>
      <Field label={label} hint={changed && !error ? 'alterado' : hint} error={error}>
        {(id, aria) =>
          kind === 'choice' ? (
            <select
              {...{ id, ...aria }}
              ref={input}
              value={value}
              disabled={readOnly}
              onChange={(event) => onChange(event.currentTarget.value)}
            >
              {options?.some(([code]) => code === value) ? null : <option value={value}>{value || '—'}</option>}
              {options?.map(([code, words]) => (
                <option key={code} value={code}>
                  {words}
                </option>
              ))}
            </select>
          ) : (
            <input
              {...{ id, ...aria, value, readOnly }}
              ref={input}
              placeholder={kind === 'date' ? 'dd/mm/aaaa' : ''}
              inputMode={kind === 'amount' ? 'decimal' : kind === 'text' ? 'text' : 'numeric'}
              onInput={(event) => onChange(event.currentTarget.value)}
              onBlur={() => {
                const tidy = kind === 'date' ? tidyDate(value) : value;
                if (tidy !== value) onChange(tidy);
              }}
            />
          )
        }
      </Field>
    </div>
  );
}
