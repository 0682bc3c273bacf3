import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { instant, number } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';

/** What banks answered and nobody has explained yet: what the next version of the catalogue should have. */
export function UnknownErrors() {
  useTitle('Erros desconhecidos');
  const { data, problem, loading } = useLoad((signal) => ask('GET /erros-desconhecidos', { signal }), []);
  return (
    <>
      <h1>Erros desconhecidos</h1>
      <p>
        Respostas dos bancos que o sistema ainda não sabe explicar. Os títulos aparecem nas comunicações com as palavras
        do banco; mande esta lista a quem mantém o sistema, para que a causa e a correção passem a ser ditas.
      </p>
      <ProblemNote problem={problem} />
      <div class="table-wrap" aria-busy={loading} tabIndex={0} role="region" aria-label="Erros ainda sem explicação">
        <table>
          <thead>
            <tr>
              <th scope="col">Gateway</th>
              <th scope="col">Código</th>
              <th scope="col">Palavras do banco</th>
              <th scope="col" class="num">
                Vezes
              </th>
              <th scope="col">Primeira</th>
              <th scope="col">Última</th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((error) => (
              <tr key={`${error.gateway} ${error.code} ${error.httpStatus}`}>
                <td>{error.gateway}</td>
                <td>
                  <code>{error.code || '—'}</code>
                  {error.httpStatus === null ? '' : ` (HTTP ${error.httpStatus})`}
                </td>
                <td>
                  <q>{error.example}</q>
                </td>
                <td class="num">{number(error.count)}</td>
                <td class="when">{instant(error.firstSeen)}</td>
                <td class="when">{instant(error.lastSeen)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.items.length === 0 ? (
          <p class="empty">Nenhum: tudo o que os bancos responderam tem explicação.</p>
        ) : null}
      </div>
    </>
  );
}
