import type { ComponentChildren, VNode } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  /** Shown below; read out with the field. */
  hint?: ComponentChildren;
  /** What is wrong with the value. */
  error?: string | undefined;
  wide?: boolean;
  /** Gets the id, what describes the field, and whether it is wrong. */
  children(id: string, aria: { 'aria-describedby'?: string; 'aria-invalid'?: boolean }): VNode;
}

/** A label with its field, its hint and its error. */
export function Field({ label, hint, error, wide, children }: FieldProps) {
  const id = useId();
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  const describedBy = [hint ? hintId : '', error ? errorId : ''].filter(Boolean).join(' ');
  return (
    <div class={wide ? 'field wide' : 'field'}>
      <label for={id}>{label}</label>
      {children(id, {
        ...(describedBy ? { 'aria-describedby': describedBy } : {}),
        ...(error ? { 'aria-invalid': true } : {}),
      })}
      {hint ? (
        <small id={hintId} class="hint">
          {hint}
        </small>
      ) : null}
      {error ? (
        <small id={errorId} class="error" role="alert">
          {error}
        </small>
      ) : null}
    </div>
  );
}
