import { useEffect, useMemo, useState } from 'preact/hooks';
import { call, get, post, type ApiProblem, type FieldProblem } from '../../api/client';
import type { Titulo } from '../../api/types';
import { asProblem, useLoad } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { withSearch } from '../../parts/useInAddress';
import { useTitle } from '../../parts/useTitle';
import { Link, places, usePlace } from '../../router';
import { useMayAct } from '../../shell/session';
import { BoletoPanel } from './BoletoPanel';
import { EarlierBoletoNote } from './EarlierBoletoNote';
import { billingGroup, chargeGroup, customerGroup, fieldLabel, isBilling } from './fields';
import { FailureNote } from './FailureNote';
import { FormGroup } from './FormGroup';
import { changesOf, formValues } from './formValues';

const RESTS_MS = 350;

interface Saved {
  changed: string[];
  alsoAffected: number;
  waits: boolean;
}

/**
 * Contas a Receber: one título with its customer, the guilty field at hand.
 * @param name its ID da cobrança, or the ERP's key
 */
export function TituloForm({ name }: { name: string }) {
  useTitle(`Cobrança ${name}`);
  const path = `/titulos/${encodeURIComponent(name)}`;
  const { query } = usePlace();
  const emissao = query.get('emissao');
  const { data: titulo, problem: loading, reload } = useLoad((signal) => get<Titulo>(path, {}, signal), [path]);
  // Whoever followed the link before the failure was on the screen still lands in its field.
  const guilty = query.get('campo') ?? titulo?.liveBatch?.field ?? null;
  const stored = useMemo(() => (titulo ? formValues(titulo) : {}), [titulo]);
  const [values, setValues] = useState<Record<string, string>>({});
  const [billing, setBilling] = useState(false);
  const [saved, setSaved] = useState<Saved>();
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const mayAct = useMayAct('operador');
  const typed = { ...stored, ...values };
  const changes = changesOf(typed, stored);
  const editable: ReadonlySet<string> = new Set(mayAct && titulo ? titulo.editable : []);
  const turn = `${titulo?.version ?? 0} ${saved !== undefined}`;
  const errors = useValidation(path, editable.size > 0 ? changes : null, { problem, turn });

  if (!titulo) return loading ? <ProblemNote problem={loading} /> : <p class="waiting">Carregando…</p>;
  const receivableId = titulo.id;
  const batchId = query.get('comunicacao') ?? titulo.liveBatch?.batchId ?? null;
  const hasChanges = Object.keys(changes).length > 0;

  const save = async (event: Event) => {
    event.preventDefault();
    if (!hasChanges) return;
    setBusy(true);
    setProblem(undefined);
    setSaved(undefined);
    try {
      setSaved(await call<Saved>('PATCH', path, { body: { changes, version: titulo.version } }));
      reload();
    } catch (error) {
      setProblem(asProblem(error));
      // What another person wrote is shown beside what was typed here.
      if (asProblem(error).code === 'titulo_mudou') reload();
    }
    setBusy(false);
  };
  const group = { values: typed, stored, errors, editable, guilty, onChange: change };
  function change(name: string, value: string): void {
    setSaved(undefined);
    setProblem(undefined);
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
          due={stored['data_vencimento'] ?? ''}
          amount={`R$\u00a0${stored['valor_aberto'] ?? ''}`}
        />
      ) : null}
      {titulo.earlierBoleto ? (
        <EarlierBoletoNote {...{ receivableId, mayAct, earlier: titulo.earlierBoleto, onDecided: reload }} />
      ) : null}
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
        <ProblemNote problem={problem && unplaced(problem, typed) ? problem : undefined} />
        {saved ? <SavedNote saved={saved} /> : null}
        <div class="buttons sticky">
          {editable.size > 0 ? (
            <button class="primary" disabled={busy || !hasChanges}>
              Salvar
            </button>
          ) : (
            <span class="hint">
              Nada se corrige aqui{mayAct ? ': o banco já tem este boleto' : ' com o papel consulta'}.
            </span>
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
    <p class="note note-good" role="status">
      {saved.changed.length > 0 ? 'Salvo.' : 'Nada mudou: os valores já eram estes.'}
      {saved.alsoAffected > 0
        ? ` Vale também para outros títulos em aberto deste cliente (${saved.alsoAffected}).`
        : ''}
      {saved.waits ? ' A última chamada ainda não tem resultado certo: nada é enviado antes disso.' : ''}
    </p>
  );
}

/**
 * Asks the API's checks: of the título as it is, and while one types. What a refused save said counts until the next key.
 * @param changes null: nothing can be corrected
 * @param turn changes with each save, and with what is stored
 */
function useValidation(
  path: string,
  changes: Record<string, string> | null,
  { problem, turn }: { problem: ApiProblem | undefined; turn: string },
): Record<string, string> {
  const wanted = changes === null ? '' : JSON.stringify({ changes });
  // Of what was stored before a save, no complaint is left standing.
  const asked = useDebounced(wanted, RESTS_MS);
  const now = `${turn} ${wanted}`;
  const [found, setFound] = useState<{ of: string; fields: FieldProblem[] }>({ of: '', fields: [] });
  useEffect(() => {
    if (asked === '') return;
    let gone = false;
    post<{ fields: FieldProblem[] }>(`${path}/validacao`, JSON.parse(asked)).then(
      ({ fields }) => {
        if (!gone) setFound({ of: `${turn} ${asked}`, fields });
      },
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [path, asked, turn]);
  const messages = problem?.fields ?? (now === found.of ? found.fields : []);
  const byField: Record<string, string> = {};
  // The form of a value is told before what the gateway would say to it.
  for (const { field, message } of messages) byField[field.replace(/^changes\./, '')] ??= message;
  return byField;
}
