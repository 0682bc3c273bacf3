import { itemLabels } from '../../../domain/states';
import type { Cause } from '../../api/types';
import { counted, number } from '../../parts/format';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';

const SHOWN_IDS = 8;

interface CausesProps {
  batchId: string;
  causes: Cause[];
  concluded: boolean;
  /** Corrects all of a cause with one value. */
  onBulk(cause: Cause): void;
}

/** Failures by cause: plain words, who corrects it and how, each ID da cobrança, and the bank's own words beneath. */
export function Causes({ batchId, causes, concluded, onBulk }: CausesProps) {
  const mayAct = useMayAct('operador');
  if (causes.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="causas">
      <h2 id="causas">Falhas por causa</h2>
      <ul class="causes">
        {causes.map((cause) => (
          <li key={`${cause.state} ${cause.failureKind} ${cause.providerCode} ${cause.field} ${cause.providerMessage}`}>
            <p>
              <b>{number(cause.count)}</b> {cause.described?.cause ?? itemLabels[cause.state]}{' '}
              <span class="fixer">{cause.described?.whoFixes}</span>
              {cause.corrected > 0 ? (
                <span class="badge badge-busy">{counted(cause.corrected, 'corrigido', 'corrigidos')}</span>
              ) : null}
            </p>
            <p class="advice">{cause.described?.advice}</p>
            <p class="ids">
              ID da cobrança:{' '}
              {cause.receivableIds.slice(0, SHOWN_IDS).map((id) => (
                <Link
                  key={id}
                  to={places.titulo(id, { campo: cause.described?.fieldName ?? null, comunicacao: batchId })}
                >
                  {id}
                </Link>
              ))}
              {cause.count > SHOWN_IDS
                ? ` e mais ${number(cause.count - Math.min(SHOWN_IDS, cause.receivableIds.length))}`
                : ''}
            </p>
            {cause.providerMessage ? (
              <p class="bank-words">
                Palavras do banco: <q>{cause.providerMessage}</q>{' '}
                {cause.providerCode ? <code>{cause.providerCode}</code> : null}
              </p>
            ) : null}
            {mayAct && !concluded && cause.count > 1 && cause.state === 'rejected' && cause.described?.fieldName ? (
              <button type="button" onClick={() => onBulk(cause)}>
                Corrigir todos desta causa
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
