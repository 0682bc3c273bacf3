import { useState } from 'preact/hooks';
import type { BulkPreview, BulkResult } from '../../../contract/correction';
import type { Cause } from '../../../contract/item';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { Dialog } from '../../parts/Dialog';
import { Field } from '../../parts/Field';
import { counted } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { fieldLabel } from '../contas/fields';

interface BulkCorrectionProps {
  batchId: string;
  cause: Cause;
  onDone(): void;
  onClose(): void;
}

/** One value for every título of a cause: seen before it is done, and undone where nobody touched it since. */
export function BulkCorrection({ batchId, cause, onDone, onClose }: BulkCorrectionProps) {
  const field = cause.fieldName ?? '';
  const [value, setValue] = useState('');
  const [preview, setPreview] = useState<BulkPreview>();
  const [result, setResult] = useState<BulkResult>();
  const [undone, setUndone] = useState<number>();
  const [problem, setProblem] = useState<ApiProblem>();
  const body = {
    batchId,
    cause: cause.key,
    changes: { [field]: value },
  };
  const run = <Answer,>(work: Promise<Answer>, then: (answer: Answer) => void) => {
    setProblem(undefined);
    work.then(then, (error: unknown) => setProblem(asProblem(error)));
  };
  const look = () => run(ask('POST /correcoes/previa', { body }), setPreview);
  const correct = () =>
    run(ask('POST /correcoes', { body }), (answer) => {
      setResult(answer);
      onDone();
    });
  const undo = (id: number) =>
    run(ask('POST /correcoes/{id}/desfazer', { params: { id } }), (answer) => {
      setUndone(answer.undone);
      onDone();
    });
  return (
    <Dialog title="Corrigir todos desta causa" onClose={onClose}>
      <p>
        {counted(cause.count, 'título', 'títulos')}: {cause.cause}
      </p>
      <p class="advice">{cause.advice}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <Field label={`Novo valor de ${fieldLabel(field)}`}>
          {(id) => (
            <input
              {...{ id, value, required: true, disabled: result !== undefined }}
              placeholder={field.startsWith('data_') ? 'dd/mm/aaaa' : ''}
              onInput={(event) => {
                setValue(event.currentTarget.value);
                setPreview(undefined);
              }}
            />
          )}
        </Field>
        {preview && !result ? (
          <div class="note" role="status">
            <p>
              {counted(preview.wouldChange, 'título seria corrigido', 'títulos seriam corrigidos')}
              {preview.refusedCount > 0 ? `, ${counted(preview.refusedCount, 'não pode ser', 'não podem ser')}` : ''}.
              {preview.registered > 0
                ? ` O banco já tem ${counted(preview.registered, 'boleto deles', 'boletos deles')}: o que ele sabe fica por alterar lá.`
                : ''}
              {preview.stillWrong > 0
                ? ` ${counted(preview.stillWrong, 'continua com pendência em outro campo', 'continuam com pendência em outros campos')}.`
                : ''}
            </p>
            <ul>
              {preview.examples.map(({ receivableId, before, after }) => (
                <li key={receivableId}>
                  {receivableId}: <del>{shown(before[field])}</del> → <ins>{shown(after[field])}</ins>
                </li>
              ))}
              {preview.refused.slice(0, 5).map(({ receivableId, label, message }) => (
                <li key={receivableId}>
                  {receivableId}: {message ?? label}
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        {result ? (
          <p class="note" role="status">
            {undone === undefined
              ? `${counted(result.corrected, 'título corrigido', 'títulos corrigidos')}.${result.bankWork > 0 ? ` Por alterar ou baixar no banco: ${result.bankWork}.` : ''}`
              : `Desfeito em ${counted(undone, 'título', 'títulos')}.`}
          </p>
        ) : null}
        <ProblemNote problem={problem} />
        <div class="buttons">
          {result ? null : <button class={preview ? '' : 'primary'}>Ver o que muda</button>}
          {preview && !result ? (
            <button type="button" class="primary" disabled={preview.wouldChange === 0} onClick={correct}>
              Corrigir {counted(preview.wouldChange, 'título', 'títulos')}
            </button>
          ) : null}
          {result && undone === undefined ? (
            <button type="button" onClick={() => undo(result.correctionId)}>
              Desfazer
            </button>
          ) : null}
          <button type="button" onClick={onClose}>
            Fechar
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** A stored value: a text, a number or nothing. */
const shown = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
