import { useEffect, useMemo, useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { useLoad } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';
import { useKept } from '../../parts/useKept';
import { withSearch } from '../../parts/useInAddress';
import { useTitle } from '../../parts/useTitle';
import { Link, places, usePlace } from '../../router';
import { useMayAct } from '../../shell/session';
import { BoletoPanel } from './BoletoPanel';
import { DoubtsNote } from './DoubtsNote';
import { EarlierBoletoNote } from './EarlierBoletoNote';
import { billingGroup, chargeGroup, customerGroup, fieldLabel, isBilling, isTerm, termsGroup } from './fields';
import { FailureNote } from './FailureNote';
import { FormGroup } from './FormGroup';
import { StandingNotes } from './StandingNotes';
import { changesOf, formValues } from './formValues';
import { guiltyField } from './guiltyField';
import { useSaving, type Saved } from './useSaving';
import { useValidation } from './useValidation';

/**
 * Contas a Receber: one título with its customer, the guilty field at hand.
 * @param name its ID da cobrança, or the ERP's key
 */
export function TituloForm({ name }: { name: string }) {
  useTitle(`Cobrança ${name}`);
  const { query } = usePlace();
  const emissao = query.get('emissao');
  const {
    data: titulo,
    problem: loading,
    reload,
  } = useLoad((signal) => ask('GET /titulos/{id}', { params: { id: name }, signal }), [name]);
  const stored = useMemo(() => (titulo ? formValues(titulo) : {}), [titulo]);
  const [values, setValues] = useState<Record<string, string>>({});
  const [billing, setBilling] = useState(false);
  const [terms, setTerms] = useState(false);
  const saving = useSaving();
  const { saved, problem, doubts, busy } = saving;
  const mayAct = useMayAct('operador');
  const typed = { ...stored, ...values };
  const changes = changesOf(typed, stored);
  const editable: ReadonlySet<string> = new Set(mayAct && titulo ? titulo.editable : []);
  const turn = `${titulo?.version ?? 0} ${saved !== undefined}`;
  // What the bank has is judged no more: only what is about to change.
  const isRegistered = Boolean(titulo?.boleto?.linhaDigitavel);
  const judged = editable.size > 0 && (!isRegistered || Object.keys(changes).length > 0) ? changes : null;
  const { errors: found, asItIs } = useValidation(name, judged, { problem, turn });
  const errors = isRegistered ? Object.fromEntries(Object.entries(found).filter(([field]) => field in changes)) : found;
  // Whoever followed the link before the failure was on the screen, or any other link, still lands in its field.
  const guilty = titulo ? guiltyField(titulo, query.get('campo'), asItIs) : null;
  // What was saved is there as the record has it, and is typed no longer.
  useEffect(() => {
    if (saved) setValues({});
  }, [titulo?.version]);
  useKept(`titulo ${name}`, values, setValues);

  if (!titulo) return loading ? <ProblemNote problem={loading} /> : <p class="waiting">Carregando…</p>;
  const receivableId = titulo.id;
  const batchId = query.get('comunicacao') ?? titulo.liveBatch?.batchId ?? null;
  const hasChanges = Object.keys(changes).length > 0;

  // What the payer gets is what the bank has, whatever was changed here since.
  const atBank = (name: string) => titulo.bankWork?.fields.find(({ field }) => field === name)?.bankText;

  const save = async (event: Event) => {
    event.preventDefault();
    if (!hasChanges) return;
    await saving.save(titulo, changes);
    // What another person wrote is shown beside what was typed here.
    reload();
  };
  const group = { values: typed, stored, errors, editable, guilty, onChange: change };
  function change(name: string, value: string): void {
    saving.forget();
    setValues((before) => ({ ...before, [name]: value }));
  }
  return (
    <>
      <div class="headline">
        <h1>Contas a Receber · {titulo.erpKey ?? titulo.id}</h1>
        <span class="phase">{titulo.stateLabel}</span>
      </div>
      <p class="facts">
        {titulo.erpKey === null ? null : <span>ID da cobrança {titulo.id}</span>}
        <span>{stored['razao']}</span>
        <span>{`R$\u00a0${stored['valor_aberto'] ?? ''}`}</span>
        <span>vence em {stored['data_vencimento']}</span>
        <span>
          <Link to={places.historia(receivableId)}>História da cobrança</Link>
        </span>
      </p>
      <FailureNote titulo={titulo} guilty={guilty} batchId={batchId} saved={saved !== undefined} />
      {titulo.boleto?.linhaDigitavel && /^[CR]$/.test(stored['status'] ?? '') ? (
        <p class="note note-bad">
          {stored['status'] === 'C' ? 'Cobrança cancelada' : 'Cobrança recebida'}, e o banco ainda aceita o pagamento
          deste boleto. <Link to={places.pagaveis}>Ver tudo o que ainda pode ser pago</Link>
        </p>
      ) : null}
      {titulo.boleto ? (
        <BoletoPanel
          receivableId={receivableId}
          boleto={titulo.boleto}
          mayAct={mayAct}
          due={atBank('data_vencimento') ?? stored['data_vencimento'] ?? ''}
          amount={atBank('valor_aberto') ?? `R$\u00a0${stored['valor_aberto'] ?? ''}`}
        />
      ) : null}
      {titulo.earlierBoleto ? (
        <EarlierBoletoNote {...{ receivableId, mayAct, earlier: titulo.earlierBoleto, onDecided: reload }} />
      ) : null}
      <StandingNotes {...{ titulo, mayAct, onChanged: reload }} />
      <form class="panel" onSubmit={(event) => void save(event)} aria-label="Correção">
        <FormGroup group={customerGroup} {...group} />
        <FormGroup group={chargeGroup} {...group} />
        {billing || (guilty !== null && isBilling(guilty)) ? (
          <FormGroup group={billingGroup} {...group} />
        ) : (
          <button type="button" class="quiet" onClick={() => setBilling(true)}>
            Mostrar o endereço de cobrança
          </button>
        )}
        {terms || (guilty !== null && isTerm(guilty)) || termsGroup.fields.some(({ name }) => stored[name]) ? (
          <FormGroup group={termsGroup} {...group} />
        ) : (
          <button type="button" class="quiet" onClick={() => setTerms(true)}>
            Mostrar juros, multa e desconto só desta cobrança
          </button>
        )}
        <DoubtsNote doubts={doubts} />
        <ProblemNote problem={problem && unplaced(problem, typed) ? problem : undefined} />
        {saved ? <SavedNote saved={saved} /> : null}
        <div class="buttons sticky">
          {editable.size > 0 ? (
            <button class="primary" disabled={busy || !hasChanges}>
              {doubts.length > 0 ? 'Salvar mesmo assim' : 'Salvar'}
            </button>
          ) : (
            <span class="hint">Nada se corrige aqui com o papel consulta.</span>
          )}
          {batchId ? (
            <Link to={places.comunicacao(batchId)} class="button">
              Voltar à comunicação
            </Link>
          ) : null}
          {emissao === null ? null : (
            <Link to={withSearch(places.emissao, emissao)} class="button">
              Voltar à Emissão de Boletos
            </Link>
          )}
          {hasChanges ? <span class="hint">Altera: {Object.keys(changes).map(fieldLabel).join(', ')}</span> : null}
        </div>
      </form>
    </>
  );
}

/** Messages about fields of the form are shown at the fields. */
function unplaced(problem: ApiProblem, typed: Record<string, string>): boolean {
  return problem.fields.length === 0 || problem.fields.some(({ field }) => !(field in typed));
}

function SavedNote({ saved }: { saved: Saved }) {
  return (
    <p class={saved.stillWrong.length > 0 ? 'note note-warn' : 'note note-good'} role="status">
      {saved.changed.length === 0 ? 'Nada mudou: os valores já eram estes.' : savedWords(saved)}
      {saved.alsoAffected > 0
        ? ` Vale também para outros títulos em aberto deste cliente (${saved.alsoAffected}).`
        : ''}
      {saved.waits ? ' A última chamada ainda não tem resultado certo: nada é enviado antes disso.' : ''}
    </p>
  );
}

function savedWords({ stillWrong, bankWorkText }: Saved): string {
  if (bankWorkText) return `Gravado; ${bankWorkText}.`;
  return stillWrong.length > 0 ? 'Salvo, mas ainda com pendência: não conta como corrigido.' : 'Salvo.';
}
