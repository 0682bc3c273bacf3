import { useState } from 'preact/hooks';
import type { SavedFilter } from '../../../contract/filters';
import type { BatchFilters } from '../../../domain/batch/filters';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';

interface SavedFiltersProps {
  carteiraId: number | null;
  filters: BatchFilters;
  onUse(saved: SavedFilter): void;
}

/** One's own filters, kept under a name and used again. */
export function SavedFilters({ carteiraId, filters, onUse }: SavedFiltersProps) {
  const { data, reload } = useLoad((signal) => ask('GET /filtros', { signal }), []);
  const [used, setUsed] = useState('');
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<ApiProblem>();
  const saved = data?.items ?? [];
  const act = (work: Promise<unknown>) => {
    setProblem(undefined);
    work.then(reload, (error: unknown) => setProblem(asProblem(error)));
  };
  const use = (id: string) => {
    setUsed(id);
    const chosen = saved.find((each) => String(each.id) === id);
    if (chosen) onUse(chosen);
  };
  const save = () => {
    if (carteiraId === null) return;
    act(ask('POST /filtros', { body: { name: name.trim(), carteiraId, filters } }));
    setName('');
  };
  const remove = () => {
    act(ask('DELETE /filtros/{id}', { params: { id: used } }));
    setUsed('');
  };
  return (
    <div class="saved">
      <label>
        <span>Filtros salvos</span>
        <select value={used} onChange={(event) => use(event.currentTarget.value)}>
          <option value="">{saved.length === 0 ? 'nenhum' : 'escolha'}</option>
          {saved.map(({ id, name: label }) => (
            <option key={id} value={String(id)}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {used ? (
        <button type="button" onClick={remove}>
          Apagar filtros salvos
        </button>
      ) : null}
      <label>
        <span>Salvar como</span>
        <input value={name} maxLength={80} onInput={(event) => setName(event.currentTarget.value)} />
      </label>
      <button type="button" disabled={name.trim() === '' || carteiraId === null} onClick={save}>
        Salvar filtros
      </button>
      <ProblemNote problem={problem} />
    </div>
  );
}
