import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Titulo } from '../../../contract/receivable';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { BankWords } from '../../parts/BankWords';
import { Clipped } from '../../parts/Clipped';
import { ProblemNote } from '../../parts/ProblemNote';
import { useKept } from '../../parts/useKept';
import { Link, places } from '../../router';
import { DoubtsNote, StillWrongList } from '../contas/DoubtsNote';
import { fieldLabel } from '../contas/fields';
import { OneField } from '../contas/FormGroup';
import { changesOf, formValues } from '../contas/formValues';
import { guiltyField } from '../contas/guiltyField';
import { splitWords } from '../contas/splitWords';
import { useSaving, type Saved } from '../contas/useSaving';
import { useValidation, type Check } from '../contas/useValidation';
import { shownFields } from './shownFields';

interface OneFailureProps {
  batchId: string;
  receivableId: number;
  mayAct: boolean;
  onSaved(saved: Saved): void;
  onSkip(): void;
  onBack: (() => void) | undefined;
}

/** One rejected título: its words, its guilty field with the focus, the repair where it is known. */
export function OneFailure(props: OneFailureProps) {
  const { receivableId } = props;
  const loaded = useLoad(
    async (signal) => {
      const params = { id: receivableId };
      const [titulo, check] = await Promise.all([
        ask('GET /titulos/{id}', { params, signal }),
        ask('POST /titulos/{id}/validacao', { params, body: { changes: {} }, signal }),
      ]);
      return { titulo, check };
    },
    [receivableId],
  );
  if (loaded.data) return <FailureForm {...props} {...loaded.data} />;
  return loaded.problem ? <ProblemNote problem={loaded.problem} /> : <p class="waiting">Carregando…</p>;
}

function FailureForm(props: OneFailureProps & { titulo: Titulo; check: Check }) {
  const { batchId, receivableId, mayAct, titulo, check, onSaved, onSkip, onBack } = props;
  const stored = useMemo(() => formValues(titulo), [titulo]);
  const proposed = useMemo(() => proposals(check), [check]);
  const [values, setValues] = useState<Record<string, string>>(proposed);
  const saving = useSaving();
  const { problem, doubts, busy } = saving;
  const typed = { ...stored, ...values };
  const changes = changesOf(typed, stored);
  const hasChanges = Object.keys(changes).length > 0;
  const editable: ReadonlySet<string> = new Set(mayAct ? titulo.editable : []);
  const { errors } = useValidation(String(receivableId), editable.size > 0 ? changes : null, { problem, turn: '' });
  const guilty = guiltyField(titulo, null, check);
  const fields = shownFields(
    guilty,
    check.fields.map(({ field }) => field),
  ).filter(({ name }) => editable.has(name));
  const [first] = fields;
  const skip = useRef<HTMLButtonElement>(null);
  const form = useRef<HTMLFormElement>(null);
  useKept(`falha ${receivableId}`, values, setValues);
  // Where no field here mends it, Enter goes on.
  useEffect(() => {
    if (!first) skip.current?.focus();
  }, []);

  const save = async () => {
    if (!hasChanges) return;
    const saved = await saving.save(titulo, changes);
    if (saved) onSaved(saved);
  };
  const pressed = (event: KeyboardEvent) => {
    const { key, target } = event;
    if (key === 'Escape') {
      saving.forget();
      setValues({});
    } else if (key === 'Enter' && target instanceof HTMLSelectElement) form.current?.requestSubmit();
    else return;
    event.preventDefault();
  };
  return (
    <form
      ref={form}
      class="panel run"
      aria-label="Correção"
      onKeyDown={pressed}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy) void save();
      }}
    >
      <p class="facts">
        <Link to={places.titulo(receivableId, { campo: guilty, comunicacao: batchId })}>Cobrança {receivableId}</Link>
        <Clipped text={stored['razao'] ?? ''} />
        <span>{`R$\u00a0${stored['valor_aberto'] ?? ''}`}</span>
        <span>vence em {stored['data_vencimento']}</span>
      </p>
      <FailureWords titulo={titulo} />
      {fields.length > 0 ? (
        <div class="fields">
          {fields.map((field) => (
            <OneField
              key={field.name}
              field={field}
              value={typed[field.name] ?? ''}
              changed={typed[field.name] !== stored[field.name]}
              error={errors[field.name]}
              readOnly={false}
              focus={field === first}
              onChange={(value) => {
                saving.forget();
                setValues((before) => ({ ...before, [field.name]: value }));
              }}
            />
          ))}
        </div>
      ) : (
        <p class="hint">{mayAct ? 'Nenhum campo desta tela corrige isto.' : 'Com o papel consulta nada se corrige.'}</p>
      )}
      {Object.keys(proposed).map((name) => (
        <p key={name} class="hint">
          Proposta em {fieldLabel(name)}: <ins>{proposed[name]}</ins>, no lugar de <del>{stored[name] || 'nada'}</del>.
          Enter aceita; Esc volta ao que está gravado.
        </p>
      ))}
      <DoubtsNote doubts={doubts} />
      <ProblemNote problem={problem?.fields.length === 0 ? problem : undefined} />
      <div class="buttons">
        {first ? (
          <button class="primary" disabled={busy || !hasChanges}>
            {doubts.length > 0 ? 'Salvar mesmo assim' : 'Salvar e ir à próxima'} <kbd>Enter</kbd>
          </button>
        ) : null}
        <button type="button" ref={skip} class={first ? '' : 'primary'} onClick={onSkip}>
          Próxima falha <kbd>Page Down</kbd>
        </button>
        {onBack ? (
          <button type="button" onClick={onBack}>
            Anterior <kbd>Page Up</kbd>
          </button>
        ) : null}
      </div>
    </form>
  );
}

function FailureWords({ titulo: { liveBatch, stillWrong } }: { titulo: Titulo }) {
  return (
    <div class="run-words">
      {stillWrong.length > 0 ? (
        <div class="note note-warn">
          <strong>Ainda com pendência</strong>
          <StillWrongList stillWrong={stillWrong} />
        </div>
      ) : (
        <p>
          <strong>{liveBatch?.cause}</strong> {liveBatch?.advice}{' '}
          {liveBatch?.whoFixes ? <span class="fixer">{liveBatch.whoFixes}</span> : null}
        </p>
      )}
      <BankWords {...splitWords(liveBatch?.bankWords ?? null)} />
    </div>
  );
}

/** The repairs that the API knows, by the fields they are for. */
function proposals({ fields }: Check): Record<string, string> {
  return Object.fromEntries(fields.flatMap(({ field, proposal }) => (proposal === null ? [] : [[field, proposal]])));
}
