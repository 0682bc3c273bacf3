import { useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';

const RESTS_MS = 300;

export function Carteiras() {
  useTitle('Carteiras');
  const [text, setText] = useState('');
  const q = useDebounced(text.trim(), RESTS_MS);
  const { data, problem, loading } = useLoad((signal) => ask('GET /carteiras', { query: { q }, signal }), [q]);
  return (
    <>
      <h1>Carteiras de cobrança</h1>
      <div class="search" role="search">
        <label>
          <span>Procurar</span>
          <input
            type="search"
            value={text}
            placeholder="ID ou nome"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      </div>
      <ProblemNote problem={problem} />
      <div class="table-wrap" aria-busy={loading} tabIndex={0} role="region" aria-label="Carteiras encontradas">
        <table>
          <thead>
            <tr>
              <th scope="col">ID</th>
              <th scope="col">Carteira</th>
              <th scope="col">Gateway</th>
              <th scope="col">Convênio</th>
              <th scope="col">Filial</th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((carteira) => (
              <tr key={carteira.id}>
                <td>{carteira.id}</td>
                <td>
                  <Link to={places.carteira(carteira.id)}>{carteira.description}</Link>
                </td>
                <td>{carteira.gateway ?? 'sem conta'}</td>
                <td>{carteira.convenio ?? '—'}</td>
                <td>{carteira.filialId ?? 'todas'}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.items.length === 0 ? <p class="empty">Nenhuma carteira encontrada.</p> : null}
      </div>
    </>
  );
}
