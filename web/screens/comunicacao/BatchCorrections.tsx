import { useState } from 'preact/hooks';
import type { CorrectionOfMany } from '../../../contract/correction';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { counted, instant } from '../../parts/format';
import { personWords } from '../../parts/personWords';
import { ProblemNote } from '../../parts/ProblemNote';
import { useMayAct } from '../../shell/session';
import { fieldLabel } from '../contas/fields';

interface BatchCorrectionsProps {
  batchId: string;
  /** Changes when something was corrected. */
  turn: number;
  onDone(): void;
}

/** What was corrected for many at once, and can be undone where nobody changed it since. */
export function BatchCorrections({ batchId, turn, onDone }: BatchCorrectionsProps) {
  const mayAct = useMayAct('operador');
  const { data, reload } = useLoad(
    (signal) => ask('GET /comunicacoes/{batchId}/correcoes', { params: { batchId }, signal }),
    [batchId, turn],
  );
  const [problem, setProblem] = useState<ApiProblem>();
  const [told, setTold] = useState('');
  const undo = (id: number) => {
    setProblem(undefined);
    ask('POST /correcoes/{id}/desfazer', { params: { id } }).then(
      ({ undone, touched, refused }) => {
        setTold(undoneWords({ undone, stayed: touched + refused }));
        reload();
        onDone();
      },
      (error: unknown) => setProblem(asProblem(error)),
    );
  };
  if (!data || data.items.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="em-massa">
      <h2 id="em-massa">Correções em massa</h2>
      <ul class="corrections">
        {data.items.map((each) => (
          <li key={each.correctionId}>
            <span>
              {instant(each.at)} · {personWords(each.byName, each.by)} · {changeWords(each)} em{' '}
              {counted(each.corrected, 'título', 'títulos')}
              {each.undoneAt ? `, desfeita em ${instant(each.undoneAt)}` : ''}
            </span>
            {mayAct && !each.undoneAt && each.undoable > 0 ? (
              <button type="button" onClick={() => undo(each.correctionId)}>
                Desfazer em {counted(each.undoable, 'título', 'títulos')}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      <p role="status">{told}</p>
      <ProblemNote problem={problem} />
    </section>
  );
}

function undoneWords({ undone, stayed }: { undone: number; stayed: number }): string {
  const stay =
    stayed > 0
      ? ` ${counted(stayed, 'ficou como está', 'ficaram como estão')}: mudou depois, ou o banco já o tem.`
      : '';
  return `Desfeito em ${counted(undone, 'título', 'títulos')}.${stay}`;
}

function changeWords({ changes }: CorrectionOfMany): string {
  if (changes === null) return 'o que se propunha a cada um';
  return Object.entries(changes)
    .map(([name, value]) => `${fieldLabel(name)}: ${value}`)
    .join('; ');
}
