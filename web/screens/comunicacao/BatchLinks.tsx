import { useState } from 'preact/hooks';
import type { Batch } from '../../../contract/batch';
import { Download } from '../../parts/Download';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';

/** What leads out of the window: files, and the same batch elsewhere. */
export function BatchLinks({ batch }: { batch: Batch }) {
  const administrator = useMayAct('administrador');
  const operator = useMayAct('operador');
  const path = `/comunicacoes/${encodeURIComponent(batch.batchId)}`;
  const [which, setWhich] = useState(batch.phase === 'concluded' ? 'todos' : 'falhas');
  return (
    <ul class="links">
      <li>
        <label class="inline">
          <span>Exportar</span>{' '}
          <select class="small" value={which} onChange={(event) => setWhich(event.currentTarget.value)}>
            <option value="falhas">as falhas</option>
            <option value="todos">todos os títulos</option>
          </select>
        </label>
      </li>
      <li>
        <Download path={`${path}/exportacao`} query={{ formato: 'csv', somente: which }}>
          Exportar CSV
        </Download>
      </li>
      <li>
        <Download path={`${path}/exportacao`} query={{ formato: 'xlsx', somente: which }}>
          Exportar XLSX
        </Download>
      </li>
      {batch.counts.byState.registered > 0 ? (
        <li>
          <Download path={`${path}/documentos`}>PDF dos boletos</Download>
        </li>
      ) : null}
      {batch.temporalUrl && operator ? (
        <li>
          <a href={batch.temporalUrl} target="_blank" rel="noreferrer">
            Detalhe técnico (Temporal Web UI)
          </a>
        </li>
      ) : null}
      {administrator ? (
        <li>
          <Link to={places.auditoriaDe('batch', batch.batchId)}>Auditoria</Link>
        </li>
      ) : null}
    </ul>
  );
}
