import { useMemo, useRef, useState } from 'preact/hooks';
import type { BodyOf } from '../../../contract/routes';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem } from '../../api/useLoad';
import { Field } from '../../parts/Field';
import { counted } from '../../parts/format';
import { newKey } from '../../parts/newKey';
import { ProblemNote } from '../../parts/ProblemNote';
import { useInAddress } from '../../parts/useInAddress';
import { useTitle } from '../../parts/useTitle';
import { Link, navigate, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { emissaoAddress, readPrinted, writeQuery } from './address';
import { CarteiraField } from './CarteiraField';
import { emptyForm, fillForm, readForm } from './filterForm';
import { FilterFields } from './FilterFields';
import { OwnOpenBatches } from './OwnOpenBatches';
import { Preview } from './Preview';
import { SavedFilters } from './SavedFilters';
import { usePreview } from './usePreview';

/** Relatórios › Relatórios Financeiros › Relatórios de Saída › Emissão de Boletos. */
export function Emissao() {
  useTitle('Emissão de Boletos');
  const [typed, setTyped] = useInAddress(emissaoAddress);
  const { carteira, printed, form } = typed;
  const [problem, setProblem] = useState<ApiProblem>();
  const [busy, setBusy] = useState(false);
  const mayStart = useMayAct('operador');

  const read = useMemo(() => readForm(form), [form]);
  const carteiraId = /^[1-9]\d{0,14}$/.test(carteira.trim()) ? Number(carteira) : null;
  const isValid = Object.keys(read.errors).length === 0 && read.contradictions.length === 0;
  const wanted =
    printed === 'N' && isValid && carteiraId !== null ? JSON.stringify({ carteiraId, filters: read.filters }) : '';
  const preview = usePreview(wanted);
  const ofCarteira = preview.refused && preview.problem?.fields.length === 0 ? preview.problem : undefined;
  // The same press repeated, by a double click or after a lost answer, starts one communication.
  const key = useRef({ of: '', key: '' });

  const start = async () => {
    if (wanted === '') return;
    if (key.current.of !== wanted) key.current = { of: wanted, key: newKey() };
    setBusy(true);
    setProblem(undefined);
    try {
      const { batchId } = await ask('POST /comunicacoes', {
        body: JSON.parse(wanted) as BodyOf<'POST /comunicacoes'>,
        headers: {
          'idempotency-key': key.current.key,
        },
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
          <CarteiraField
            text={carteira}
            onText={(text) => setTyped((before) => ({ ...before, carteira: text }))}
            error={ofCarteira && [ofCarteira.title, ofCarteira.detail].filter(Boolean).join(' ')}
            required
          />
          <Field label="Impresso" hint="Não = nunca comunicado ao gateway">
            {(id, aria) => (
              <select
                {...{ id, ...aria }}
                value={printed}
                onChange={(event) => {
                  const chosen = readPrinted(event.currentTarget.value);
                  setTyped((before) => ({ ...before, printed: chosen }));
                }}
              >
                <option value="N">Não</option>
                <option value="S">Sim</option>
                {/* What earlier versions called them, for programs that drive this screen. */}
                <option value="nao" hidden />
                <option value="sim" hidden />
              </select>
            )}
          </Field>
          <FilterFields
            form={form}
            errors={read.errors}
            onChange={(name, value) => setTyped((before) => ({ ...before, form: { ...before.form, [name]: value } }))}
          />
        </div>
        <SavedFilters
          carteiraId={carteiraId}
          filters={read.filters}
          onUse={(saved) => {
            setTyped((before) => ({
              ...{ ...before, form: fillForm(saved.filters), carteira: String(saved.carteiraId) },
            }));
          }}
        />
        <p class="hint">Só títulos A receber ou Parciais, e liberados.</p>
        {read.contradictions.map((text) => (
          <p key={text} class="note note-bad" role="alert">
            Nenhum título pode servir: {text}.
          </p>
        ))}
        {printed === 'S' ? (
          <p class="note" role="status">
            Impresso = Sim são os já registrados: não há o que comunicar.{' '}
            <Link to={`${places.contas}?situacao=registered${carteiraId === null ? '' : `&carteira=${carteiraId}`}`}>
              Ver os boletos registrados
            </Link>
          </p>
        ) : null}
        <ProblemNote problem={problem} />
        <OwnOpenBatches carteiraId={carteiraId} />
        {preview.empty && preview.answer ? (
          <p class="note note-warn" role="status">
            Nenhum título com estes filtros
            {preview.answer.leftOut.count > 0
              ? `; ${counted(preview.answer.leftOut.count, 'está', 'estão')} fora da seleção`
              : ''}
            .
          </p>
        ) : null}
        <div class="buttons">
          <button
            type="button"
            class="primary"
            disabled={!mayStart || busy || wanted === '' || preview.refused || preview.empty}
            onClick={() => void start()}
          >
            Comunicação com Gateway
          </button>
          {mayStart ? null : <span class="hint">O papel consulta não comunica.</span>}
          <button type="button" onClick={() => setTyped((before) => ({ ...before, form: emptyForm, printed: 'N' }))}>
            Limpar filtros
          </button>
        </div>
      </form>
      <ProblemNote problem={ofCarteira ? undefined : preview.problem} />
      {preview.answer ? <Preview answer={preview.answer} stale={preview.stale} emissao={writeQuery(typed)} /> : null}
      {preview.waiting ? (
        <p class="waiting" role="status">
          Conferindo os títulos…
        </p>
      ) : null}
    </>
  );
}
