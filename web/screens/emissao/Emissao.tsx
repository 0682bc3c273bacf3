import { useMemo, useRef, useState } from 'preact/hooks';
import { post, type ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import type { DryRunAnswer } from '../../api/types';
import { Field } from '../../parts/Field';
import { newKey } from '../../parts/newKey';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { useTitle } from '../../parts/useTitle';
import { Link, navigate, places, usePlace } from '../../router';
import { useMayAct } from '../../shell/session';
import { CarteiraField } from './CarteiraField';
import { emptyForm, fillForm, readForm } from './filterForm';
import { FilterFields } from './FilterFields';
import { Preview } from './Preview';
import { SavedFilters } from './SavedFilters';

const RESTS_MS = 500;

/** Relatórios › Relatórios Financeiros › Relatórios de Saída › Emissão de Boletos. */
export function Emissao() {
  useTitle('Emissão de Boletos');
  const { query } = usePlace();
  const [carteira, setCarteira] = useState(query.get('carteira') ?? '');
  const [printed, setPrinted] = useState('nao');
  const [form, setForm] = useState({ ...emptyForm, dueTo: query.get('vencimentoAte') ?? '' });
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const mayStart = useMayAct('operador');

  const read = useMemo(() => readForm(form), [form]);
  const carteiraId = /^[1-9]\d{0,14}$/.test(carteira.trim()) ? Number(carteira) : null;
  const isValid = Object.keys(read.errors).length === 0 && read.contradictions.length === 0;
  const wanted =
    printed === 'nao' && isValid && carteiraId !== null ? JSON.stringify({ carteiraId, filters: read.filters }) : '';
  const asked = useDebounced(wanted, RESTS_MS);
  const preview = useLoad(
    async () => (asked === '' ? undefined : post<DryRunAnswer>('/comunicacoes/simulacao', JSON.parse(asked))),
    [asked],
  );
  // The same press repeated, by a double click or after a lost answer, starts one communication.
  const key = useRef({ of: '', key: '' });

  const start = async () => {
    if (wanted === '') return;
    if (key.current.of !== wanted) key.current = { of: wanted, key: newKey() };
    setBusy(true);
    setProblem(undefined);
    try {
      const { batchId } = await post<{ batchId: string }>('/comunicacoes', JSON.parse(wanted), {
        'Idempotency-Key': key.current.key,
      });
      navigate(places.comunicacao(batchId));
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
    }
  };

  return (
    <>
      <h1>Emissão de Boletos</h1>
      {/* No button of it submits: Enter in a filter must not send boletos to a bank. */}
      <form class="panel" aria-label="Filtros">
        <div class="fields">
          <CarteiraField text={carteira} onText={setCarteira} required />
          <Field label="Impresso" hint="Não = nunca comunicado ao gateway">
            {(id, aria) => (
              <select {...{ id, ...aria }} value={printed} onChange={(event) => setPrinted(event.currentTarget.value)}>
                <option value="nao">Não</option>
                <option value="sim">Sim</option>
              </select>
            )}
          </Field>
          <FilterFields
            form={form}
            errors={read.errors}
            onChange={(name, value) => setForm((before) => ({ ...before, [name]: value }))}
          />
        </div>
        <SavedFilters
          carteiraId={carteiraId}
          filters={read.filters}
          onUse={(saved) => {
            setForm(fillForm(saved.filters));
            setCarteira(String(saved.carteiraId));
          }}
        />
        {read.contradictions.map((text) => (
          <p key={text} class="note note-bad" role="alert">
            Nenhum título pode servir: {text}.
          </p>
        ))}
        {printed === 'sim' ? (
          <p class="note" role="status">
            Impresso = Sim são os já registrados: não há o que comunicar.{' '}
            <Link to={`${places.contas}?situacao=registered${carteiraId === null ? '' : `&carteira=${carteiraId}`}`}>
              Ver os boletos registrados
            </Link>
          </p>
        ) : null}
        <ProblemNote problem={problem} />
        <div class="buttons">
          <button
            type="button"
            class="primary"
            disabled={!mayStart || busy || wanted === ''}
            onClick={() => void start()}
          >
            Comunicação com Gateway
          </button>
          {mayStart ? null : <span class="hint">O papel consulta não comunica.</span>}
          <button
            type="button"
            onClick={() => {
              setForm(emptyForm);
              setPrinted('nao');
            }}
          >
            Limpar filtros
          </button>
        </div>
      </form>
      <ProblemNote problem={asked === '' ? undefined : preview.problem} />
      {asked !== '' && preview.data ? (
        <Preview answer={preview.data} stale={preview.loading || asked !== wanted} />
      ) : null}
      {asked !== '' && preview.loading && !preview.data ? (
        <p class="waiting" role="status">
          Conferindo os títulos…
        </p>
      ) : null}
    </>
  );
}
