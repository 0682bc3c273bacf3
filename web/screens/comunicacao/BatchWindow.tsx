import { useEffect, useRef, useState } from 'preact/hooks';
import type { Batch } from '../../../contract/batch';
import type { ProgressEvent } from '../../../contract/events';
import type { Cause } from '../../../contract/item';
import type { ItemState } from '../../../domain/boleto/states';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { counted, instant } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { personWords } from '../../parts/personWords';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { Actions } from './Actions';
import { Announcement } from './Announcement';
import { BatchCorrections } from './BatchCorrections';
import { BulkCorrection } from './BulkCorrection';
import { Causes } from './Causes';
import { MAX_CHOSEN, type Chosen } from './chosen';
import { Flowchart } from './Flowchart';
import { ItemsTable } from './ItemsTable';
import { LeftOut } from './LeftOut';
import type { ItemPages } from './itemPages';
import { NoBatch } from './NoBatch';
import { Progress } from './Progress';
import { useBatchEvents } from './useBatchEvents';

/** While boletos fail one after another, causes are asked for no more often than this. */
const CAUSES_MS = 2_000;

/** The window of a communication. It only looks: closing it changes nothing, and everybody sees the same. */
export function BatchWindow({ batchId }: { batchId: string }) {
  useTitle(`Comunicação ${batchId}`);
  const path = `/comunicacoes/${encodeURIComponent(batchId)}`;
  const loaded = useLoad((signal) => ask('GET /comunicacoes/{batchId}', { params: { batchId }, signal }), [path]);
  const causes = useLoad(
    (signal) => ask('GET /comunicacoes/{batchId}/causas', { params: { batchId }, signal }),
    [path],
  );
  const [live, setLive] = useState<ProgressEvent>();
  const [states, setStates] = useState<readonly ItemState[]>([]);
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [cause, setCause] = useState<Cause>();
  const [bulk, setBulk] = useState<Cause>();
  const [problem, setProblem] = useState<ApiProblem>();
  const pages = useRef<ItemPages>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const mayAct = useMayAct('operador');

  const batch = loaded.data && live ? withProgress(loaded.data, live) : loaded.data;
  const moment = batch ? momentOf(batch) : '';
  const connected = useBatchEvents(batchId, {
    onOpen: () => pages.current?.refresh(),
    onItems: (events) => pages.current?.apply(events),
    onCorrected: (receivableIds) => pages.current?.markCorrected(receivableIds),
    onProgress: setLive,
  });

  // What a phase brings besides counts: words of the next step, alerts, what was left out.
  const isOld = loaded.data !== undefined && momentOf(loaded.data) !== moment;
  useEffect(() => {
    if (!isOld) return;
    loaded.reload();
    causes.reload();
    pages.current?.refresh();
    setChosen(new Map());
  }, [isOld, moment]);
  const failures = batch ? sumOfFailures(batch) : 0;
  const total = batch?.counts.total ?? 0;
  useEffect(() => {
    const timer = setTimeout(causes.reload, CAUSES_MS);
    return () => clearTimeout(timer);
  }, [failures, batch?.counts.corrected]);
  useEffect(() => {
    if (total > 0) pages.current?.refresh();
  }, [total]);

  const reload = () => {
    loaded.reload();
    causes.reload();
    pages.current?.refresh();
  };
  /** As many as one action takes, nearest due date first. */
  const choose = async ({ key }: Cause) => {
    setProblem(undefined);
    const { items } = await ask('GET /comunicacoes/{batchId}/itens', {
      params: { batchId },
      query: { cause: key, limit: MAX_CHOSEN },
    });
    setChosen(new Map(items.map((item) => [item.receivableId, item])));
  };
  const toggleState = (state: ItemState) =>
    setStates(states.includes(state) ? states.filter((each) => each !== state) : [...states, state]);

  const leaves = batch?.phase === 'concluded' && batch.unregistered.count > 0;
  if (!batch) return <NoBatch problem={loaded.problem} onAgain={loaded.reload} />;
  return (
    <>
      <div class="headline">
        <h1 ref={heading} tabIndex={-1}>
          Comunicação {batch.batchId}
        </h1>
        <span class={`phase phase-${batch.phase}${leaves ? ' phase-leaves' : ''}`}>{batch.phaseLabel}</span>
        {connected || batch.phase === 'concluded' ? null : (
          <span class="hint">sem sinal ao vivo; tentando de novo</span>
        )}
      </div>
      <p class="facts">
        <span>
          <Link to={places.carteira(batch.carteiraId)}>
            Carteira {batch.carteiraId} · {batch.carteira}
          </Link>
        </span>
        <span>
          por {personWords(batch.requestedByName, batch.requestedBy)} em {instant(batch.createdAt)}
        </span>
        {batch.concludedAt ? <span>concluída em {instant(batch.concludedAt)}</span> : null}
        {batch.filtersText.length > 0 ? <span>Filtros: {batch.filtersText.join('; ')}</span> : null}
      </p>
      <Flowchart phase={batch.phase} round={batch.round} />
      {leaves ? (
        <div class={batch.unregistered.pastDue > 0 ? 'note note-bad' : 'note note-warn'} role="status">
          <strong>
            {counted(batch.unregistered.count, 'título ficou sem registro', 'títulos ficaram sem registro')}
            {batch.unregistered.pastDue > 0
              ? `, ${counted(batch.unregistered.pastDue, 'deles já venceu', 'deles já venceram')}`
              : ''}
            .
          </strong>{' '}
          O cliente não pode pagá-los por boleto. <Link to={places.emissao}>Inicie outra comunicação</Link>, ou veja{' '}
          <Link to={places.vencendo}>o que está vencendo sem registro</Link>.
        </div>
      ) : null}
      {batch.concluding && batch.phase !== 'concluded' ? (
        <p class="note" role="status">
          A conclusão foi pedida: os resultados incertos são procurados no banco, e então a comunicação termina.
        </p>
      ) : null}
      {/* Words of an earlier moment would contradict the badge. */}
      {batch.nextStep && !isOld ? (
        <p class={batch.phase === 'paused' ? 'note note-warn' : 'next-step'}>{batch.nextStep}</p>
      ) : null}
      <Alerts batch={batch} />
      <Actions
        batch={batch}
        chosen={chosen}
        onDone={() => {
          // The button that was pressed is gone soon, and the focus with it; a dialog closes only after this.
          setTimeout(() => heading.current?.focus());
          // What was chosen is done with.
          setChosen(new Map());
          reload();
        }}
      />
      <ProblemNote problem={problem} />
      <Progress batch={batch} states={states} onState={toggleState} />
      <Announcement batch={batch} />
      <Causes
        batchId={batchId}
        causes={causes.data?.items ?? []}
        concluded={batch.phase === 'concluded'}
        onBulk={setBulk}
        onShow={setCause}
        onChoose={(of) => void choose(of).catch((error: unknown) => setProblem(asProblem(error)))}
      />
      <ItemsTable
        {...{ batchId, states, cause, chosen }}
        onCause={setCause}
        onStates={setStates}
        onChosen={setChosen}
        mayChoose={mayAct && batch.phase !== 'concluded'}
        failuresFirst={batch.phase === 'awaitingAdjustments' || batch.phase === 'paused'}
        pagesRef={pages}
      />
      <BatchCorrections batchId={batchId} turn={batch.counts.corrected} onDone={reload} />
      <LeftOut batch={batch} />
      {bulk ? (
        <BulkCorrection batchId={batchId} cause={bulk} onDone={reload} onClose={() => setBulk(undefined)} />
      ) : null}
    </>
  );
}

/** What the words of a batch depend on. */
function momentOf({ phase, round, paused, concluding }: Batch): string {
  return [phase, round, paused, concluding].join(' ');
}

function withProgress(
  batch: Batch,
  { total, byState, corrected, reconciled, withoutPix, ...live }: ProgressEvent,
): Batch {
  // What is over does not change any more: a progress that arrives now is older.
  if (batch.phase === 'concluded') return batch;
  return { ...batch, ...live, counts: { ...batch.counts, total, byState, corrected, reconciled, withoutPix } };
}

function sumOfFailures({ counts: { byState } }: Batch): number {
  return byState.rejected + byState.unconfirmed + byState.conflict + byState.deferred;
}

function Alerts({ batch }: { batch: Batch }) {
  const [latest] = batch.alerts;
  if (!latest || batch.phase === 'concluded') return null;
  return <p class="note note-warn">{latest.message}</p>;
}
