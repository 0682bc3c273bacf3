import type { RefObject } from 'preact';

interface TextOrDateProps {
  id: string;
  type: 'text' | 'date';
  value: string;
  inputMode?: 'numeric' | 'decimal' | 'text';
  required?: boolean;
  disabled?: boolean;
  readOnly?: boolean;
  inputRef?: RefObject<HTMLInputElement | null>;
  'aria-describedby'?: string;
  'aria-invalid'?: boolean;
  onValue(value: string): void;
}

/** The browser's own field for a date knows the calendar; everything else is typed freely and judged afterwards. */
export function TextOrDate({ type, inputMode, onValue, inputRef, ...rest }: TextOrDateProps) {
  const common = {
    ...rest,
    ...(inputRef ? { ref: inputRef } : {}),
    onInput: (event: { currentTarget: HTMLInputElement }) => onValue(event.currentTarget.value),
  };
  return type === 'date' ? (
    <input type="date" {...common} />
  ) : (
    <input type="text" inputMode={inputMode ?? 'text'} {...common} />
  );
}
