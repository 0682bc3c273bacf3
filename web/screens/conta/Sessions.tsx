import { useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { instant } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';

/** Where one is signed in; what one does not know is ended. */
export function Sessions() {
  const { data, problem, reload } = useLoad((signal) => ask('GET /sessoes', { signal }), []);
  const [refused, setRefused] = useState<ApiProblem>();
  const [told, setTold] = useState('');
  const end = (id: string) => {
    setRefused(undefined);
    ask('DELETE /sessoes/{id}', { params: { id } }).then(
      () => {
        setTold('Sessão encerrada.');
        reload();
      },
      (error: unknown) => setRefused(asProblem(error)),
    );
  };
  return (
    <section class="panel" aria-labelledby="sessoes">
      <h2 id="sessoes">Sessões abertas</h2>
      <p class="hint">Uma sessão termina sozinha depois de 30 minutos sem uso, e sempre depois de 12 horas.</p>
      <ProblemNote problem={refused ?? problem} />
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Suas sessões">
        <table class="narrow">
          <thead>
            <tr>
              <th scope="col">Entrou em</th>
              <th scope="col">Usada em</th>
              <th scope="col">
                <span class="unseen">Ações</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map(({ id, createdAt, seenAt, current }) => (
              <tr key={id}>
                <td>{instant(createdAt)}</td>
                <td>{instant(seenAt)}</td>
                <td>
                  {current ? (
                    <span class="hint">esta</span>
                  ) : (
                    <button
                      type="button"
                      aria-label={`Encerrar a sessão de ${instant(createdAt)}`}
                      onClick={() => end(id)}
                    >
                      Encerrar
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.items.length === 0 ? <p class="empty">Nenhuma sessão.</p> : null}
      </div>
      <span role="status">{told}</span>
    </section>
  );
}
