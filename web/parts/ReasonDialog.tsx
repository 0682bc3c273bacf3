import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiProblem } from '../api/client';
import { asProblem } from '../api/useLoad';
import { Dialog } from './Dialog';
import { Field } from './Field';
import { ProblemNote } from './ProblemNote';

interface ReasonDialogProps {
  title: string;
  /** On the button that does it. */
  verb: string;
  danger?: boolean;
  reason: 'required' | 'optional' | 'none';
  children: ComponentChildren;
  /** false: a field says what is wrong, and nothing is sent. */
  onCheck?(): boolean;
  onConfirm(reason: string): Promise<void>;
  onClose(): void;
}

/** What an action will do, why somebody does it, and one more press. It stays open when the API refuses. */
export function ReasonDialog({
  title,
  verb,
  danger,
  reason,
  children,
  onCheck,
  onConfirm,
  onClose,
}: ReasonDialogProps) {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const confirm = async (event: Event) => {
    event.preventDefault();
    if (onCheck?.() === false) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm(text.trim());
      onClose();
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void confirm(event)}>
        {children}
        {reason === 'none' ? null : (
          <Field
            label={reason === 'required' ? 'Motivo' : 'Motivo (se houver)'}
            hint="Fica na auditoria, com o seu nome."
          >
            {(id, aria) => (
              <textarea
                {...{ id, ...aria }}
                rows={2}
                maxLength={500}
                required={reason === 'required'}
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            )}
          </Field>
        )}
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button class={danger ? 'danger' : 'primary'} disabled={busy}>
            {verb}
          </button>
          <button type="button" onClick={onClose}>
            Voltar
          </button>
        </div>
      </form>
    </Dialog>
  );
}
