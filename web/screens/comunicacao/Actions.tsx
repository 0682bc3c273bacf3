import { useState } from 'preact/hooks';
import type { ActionAnswer, ActionName } from '../../../contract/actions';
import type { Batch } from '../../../contract/batch';
import type { BodyOf } from '../../../contract/routes';
import { ask, type Asking } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { counted, number } from '../../parts/format';
import { newKey } from '../../parts/newKey';
import { ProblemNote } from '../../parts/ProblemNote';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { ActionResultNote } from './ActionResultNote';
import { BatchLinks } from './BatchLinks';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { ResolveDialog } from './ResolveDialog';
import type { Chosen } from './chosen';
import { pendingOf, whatHelps, type Help } from './whatHelps';

type Scope = 'corrected' | 'all' | 'selected';
type Confirmed = 'descartar' | 'concluir' | 'resolver';
type RouteOf<Name extends ActionName> = `POST /comunicacoes/{batchId}/acoes/${Name}`;

interface ActionsProps {
  batch: Batch;
  chosen: Chosen;
  onDone(): void;
}

/** What an operator may do now; what does not fit the phase is not offered. */
export function Actions({ batch, chosen, onDone }: ActionsProps) {
  const [asking, setAsking] = useState<Confirmed>();
  const [done, setDone] = useState<{ action: ActionName; result: ActionAnswer }>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const mayAct = useMayAct('operador');
  const { phase, concluding, counts } = batch;
  const { byState } = counts;
  const waits = phase === 'awaitingAdjustments' && !concluding;
  const rests = (phase === 'awaitingAdjustments' || phase === 'paused') && !concluding;
  const unsure = byState.unconfirmed + byState.conflict;
  const decidable = (rests || phase === 'communicating') && !concluding && unsure > 0;
  const ids = [...chosen.keys()];
  const help = whatHelps(batch);

  const send = async <Name extends ActionName>(action: Name, body: BodyOf<RouteOf<Name>>) => {
    const route: RouteOf<ActionName> = `POST /comunicacoes/{batchId}/acoes/${action}`;
    const asked = { params: { batchId: batch.batchId }, body: { actionId: newKey(), ...(body as object) } };
    // What the action takes was checked where it is called; that route and body go together is more than is followed.
    const result: ActionAnswer = await ask(route, asked as Asking<RouteOf<ActionName>>);
    setDone({ action, result });
    onDone();
  };
  const press = <Name extends ActionName>(action: Name, body: BodyOf<RouteOf<Name>>) => {
    setBusy(true);
    setProblem(undefined);
    setDone(undefined);
    send(action, body)
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => setBusy(false));
  };

  const resolvable = [...chosen.values()].filter(({ state }) => state === 'unconfirmed' || state === 'conflict');
  return (
    <section class="actions" aria-label="Ações">
      {mayAct ? (
        <div class="buttons">
          {waits && pendingOf(counts) > 0 ? (
            <Link to={places.corrida(batch.batchId)} class={help === 'correct' ? 'button primary' : 'button'}>
              Corrigir falhas ({number(pendingOf(counts))})
            </Link>
          ) : null}
          {waits ? (
            <Redo
              {...{ batch, help, selected: ids.length, busy }}
              onPress={(scope) => press('refazer', scope === 'selected' ? { scope, receivableIds: ids } : { scope })}
            />
          ) : null}
          {phase === 'communicating' && !batch.paused && !concluding ? (
            <button type="button" disabled={busy} onClick={() => press('pausar', {})}>
              Pausar
            </button>
          ) : null}
          {phase === 'paused' && !concluding ? (
            <button type="button" class="primary" disabled={busy} onClick={() => press('retomar', {})}>
              Retomar
            </button>
          ) : null}
          {rests && unsure > 0 ? (
            <button
              type="button"
              class={help === 'decide' ? 'primary' : ''}
              disabled={busy}
              onClick={() => press('reexaminar', ids.length > 0 ? { receivableIds: ids } : {})}
            >
              Reexaminar {ids.length > 0 ? 'selecionados' : ''}
            </button>
          ) : null}
          {decidable ? (
            <button type="button" disabled={busy || resolvable.length === 0} onClick={() => setAsking('resolver')}>
              Resolver
            </button>
          ) : null}
          {rests && byState.registered + byState.discarded < counts.total ? (
            <button type="button" disabled={busy || ids.length === 0} onClick={() => setAsking('descartar')}>
              Descartar
            </button>
          ) : null}
          {phase !== 'concluded' && phase !== 'selecting' && phase !== 'analysing' && !concluding ? (
            <button
              type="button"
              class={help === 'conclude' ? 'primary' : ''}
              disabled={busy}
              onClick={() => setAsking('concluir')}
            >
              Concluir
            </button>
          ) : null}
        </div>
      ) : null}
      <BatchLinks batch={batch} />
      {(rests || decidable) && mayAct ? (
        <p class="hint">
          {ids.length > 0
            ? `${counted(ids.length, 'título selecionado', 'títulos selecionados')} na tabela.`
            : rests
              ? 'Selecione títulos na tabela para descartar, resolver ou refazer só alguns.'
              : 'Selecione na tabela os títulos de resultado incerto para resolver.'}
        </p>
      ) : null}
      <ProblemNote problem={problem} />
      {done ? <ActionResultNote {...done} /> : null}
      {asking === 'descartar' ? (
        <ReasonDialog
          title="Descartar"
          verb={`Descartar ${counted(ids.length, 'título', 'títulos')}`}
          danger
          reason="required"
          onConfirm={(reason) => send('descartar', { receivableIds: ids, reason })}
          onClose={() => setAsking(undefined)}
        >
          <p>
            {counted(ids.length, 'título sai', 'títulos saem')} desta comunicação e não volta
            {ids.length === 1 ? '' : 'm'} a ela. Continua{ids.length === 1 ? '' : 'm'} com Impresso = Não, para outra
            comunicação.
          </p>
        </ReasonDialog>
      ) : null}
      {asking === 'concluir' ? (
        <ReasonDialog
          title="Concluir a comunicação"
          verb="Concluir comunicação"
          danger
          reason="optional"
          onConfirm={(reason) => send('concluir', reason ? { reason } : {})}
          onClose={() => setAsking(undefined)}
        >
          <p>{whatConcludingLeaves(batch)} Não há como reabrir: para os que faltam, inicie outra comunicação.</p>
        </ReasonDialog>
      ) : null}
      {asking === 'resolver' && resolvable.length > 0 ? (
        <ResolveDialog
          items={resolvable}
          onConfirm={(decision, reason) =>
            send('resolver', { receivableIds: resolvable.map(({ receivableId }) => receivableId), decision, reason })
          }
          onClose={() => setAsking(undefined)}
        />
      ) : null}
    </section>
  );
}

interface RedoProps {
  batch: Batch;
  help: Help;
  selected: number;
  busy: boolean;
  onPress(scope: Scope): void;
}

/** What is redone is what people would expect: those they selected, else the corrected ones, else all that failed. */
function Redo({ batch, help, selected, busy, onPress }: RedoProps) {
  const [wished, setWished] = useState<Scope>();
  const { corrected, byState } = batch.counts;
  const failed = byState.rejected + byState.deferred;
  // What nobody corrected would only be refused again: all of them are sent only by whoever says so.
  const usual: Scope = selected > 0 ? 'selected' : corrected > 0 || byState.rejected > 0 ? 'corrected' : 'all';
  const scope = wished === 'selected' && selected === 0 ? usual : (wished ?? usual);
  return (
    <span class="split">
      <button
        type="button"
        class={help === 'resendCorrected' || help === 'resendFailed' || selected > 0 ? 'primary' : ''}
        disabled={busy || (scope === 'corrected' && corrected === 0)}
        onClick={() => onPress(scope)}
      >
        Refazer comunicação
      </button>
      <select
        aria-label="Quais refazer"
        value={scope}
        onChange={(event) => setWished(event.currentTarget.value as Scope)}
      >
        {/* As labels, so that whoever looks for a word of the window finds what is in sight. */}
        <option value="corrected" label={`corrigidos (${corrected})`} />
        <option value="all" label={`todos os que falharam (${failed})`} />
        <option value="selected" label={`selecionados (${selected})`} disabled={selected === 0} />
      </select>
    </span>
  );
}

function whatConcludingLeaves({ counts }: Batch): string {
  const { registered, discarded, skipped, unconfirmed } = counts.byState;
  const left = counts.total - registered - discarded - skipped;
  if (left === 0) return 'Nada mais será enviado.';
  const search = unconfirmed > 0 ? ' Os de resultado incerto são procurados no banco antes.' : '';
  return `${counted(left, 'título fica', 'títulos ficam')} sem registro, com Impresso = Não.${search}`;
}
