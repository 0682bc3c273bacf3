import { useState } from 'preact/hooks';
import type { Proposal, Titulo } from '../../../contract/receivable';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { amount, date, instant } from '../../parts/format';
import { personWords } from '../../parts/personWords';
import { ProblemNote } from '../../parts/ProblemNote';
import { Link, places } from '../../router';
import { DoneDialog, WorkFields } from '../pendencias/BankWork';
import { fieldLabel } from './fields';
import { parseCents } from '../../../domain/kinds/money';

interface StandingNotesProps {
  titulo: Titulo;
  mayAct: boolean;
  onChanged(): void;
}

/** What stands between this record, the ERP and the bank: nothing, mostly. */
export function StandingNotes({ titulo, mayAct, onChanged }: StandingNotesProps) {
  const { id, proposals, pendingChange, bankWork } = titulo;
  const [closing, setClosing] = useState(false);
  return (
    <>
      {bankWork ? (
        <section class="panel" aria-labelledby="no-banco">
          <h2 id="no-banco">No banco: {bankWork.kindLabel}</h2>
          <WorkFields work={bankWork} />
          <p class="hint">
            Por {bankWork.originLabel}, desde {instant(bankWork.openedAt)}. O PDF mostra o que o banco tem.{' '}
            <Link to={places.pendencias}>Ver todas as pendências no banco</Link>
          </p>
          {mayAct ? (
            <button type="button" onClick={() => setClosing(true)}>
              Feito no banco
            </button>
          ) : null}
          {closing ? <DoneDialog work={bankWork} onDone={onChanged} onClose={() => setClosing(false)} /> : null}
        </section>
      ) : null}
      {pendingChange ? (
        <section class="panel" aria-labelledby="pendente">
          <h2 id="pendente">Mudança que espera</h2>
          <p>
            Uma importação mudou este título enquanto uma chamada ao banco não tem fim certo. É aplicada sozinha quando
            tiver.
          </p>
          <ul class="plain">
            {pendingChange.fields.map(({ field, stored, value }) => (
              <li key={field}>
                {fieldLabel(field)}: {shown(field, stored)} → <ins>{shown(field, value)}</ins>
              </li>
            ))}
          </ul>
          <p class="hint">
            {personWords(null, pendingChange.who)}, {instant(pendingChange.at)}
          </p>
        </section>
      ) : null}
      {proposals.length > 0 ? (
        <section class="panel" aria-labelledby="corrigido-aqui">
          <h2 id="corrigido-aqui">Corrigido aqui, e ainda não no ERP</h2>
          {proposals.map((proposal) => (
            <OneProposal key={proposal.id} receivableId={id} {...{ proposal, mayAct, onChanged }} />
          ))}
        </section>
      ) : null}
    </>
  );
}

interface OneProposalProps {
  receivableId: number;
  proposal: Proposal;
  mayAct: boolean;
  onChanged(): void;
}

function OneProposal({ receivableId, proposal, mayAct, onChanged }: OneProposalProps) {
  const { id, field, basis, value, who, at, conflict } = proposal;
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const ours = shown(field, value);
  const by = `${personWords(null, who)}, ${instant(at)}`;
  if (!conflict)
    return (
      <p>
        {fieldLabel(field)}: <ins>{ours}</ins>{' '}
        <span class="hint">
          no ERP {shown(field, basis)} · {by}
        </span>
      </p>
    );
  const theirs = shown(field, conflict.value);
  const decide = async (decision: 'manter' | 'aceitar') => {
    setBusy(true);
    setProblem(undefined);
    try {
      await ask('POST /titulos/{id}/conflitos/{proposta}', {
        params: { id: receivableId, proposta: id },
        body: { decision, key: conflict.key },
      });
      onChanged();
    } catch (error) {
      setProblem(asProblem(error));
      if (['sem_conflito', 'conflito_mudou'].includes(asProblem(error).code)) onChanged();
    }
    setBusy(false);
  };
  return (
    <div class="note note-warn">
      <p>
        <strong>{fieldLabel(field)}:</strong> corrigido aqui para <ins>{ours}</ins> ({by}) quando o ERP tinha{' '}
        {shown(field, basis)}; o ERP mandou <ins>{theirs}</ins> em {instant(conflict.at)}. Até alguém decidir, vale a
        correção.
      </p>
      {mayAct ? (
        <div class="buttons">
          <button type="button" disabled={busy} onClick={() => void decide('manter')}>
            Manter {ours}
          </button>
          <button type="button" disabled={busy} onClick={() => void decide('aceitar')}>
            Usar o do ERP: {theirs}
          </button>
        </div>
      ) : null}
      <ProblemNote problem={problem} />
    </div>
  );
}

/** As the form shows it. */
function shown(field: string, value: string | number | boolean | null): string {
  if (value === null || value === '') return 'vazio';
  if (field.startsWith('data_')) return date(String(value));
  if (field.startsWith('valor')) {
    const cents = parseCents(String(value));
    return cents === null ? String(value) : amount(cents);
  }
  return String(value);
}
