import type { Cause } from '../../../contract/item';
import { BankWords } from '../../parts/BankWords';
import { counted, number } from '../../parts/format';
import { Rest } from '../../parts/Rest';
import { Link, places } from '../../router';
import { fieldLabel } from '../contas/fields';
import { useMayAct } from '../../shell/session';

const SHOWN_IDS = 8;

interface CausesProps {
  batchId: string;
  causes: Cause[];
  concluded: boolean;
  /** Corrects all of a cause with one value. */
  onBulk(cause: Cause): void;
  /** Shows only those of a cause in the table. */
  onShow(cause: Cause): void;
  /** Ticks all of a cause in the table. */
  onChoose(cause: Cause): void;
}

/** Failures by cause: plain words, who corrects it and how, each ID da cobrança, and the bank's own words beneath. */
export function Causes({ batchId, causes, concluded, onBulk, onShow, onChoose }: CausesProps) {
  const mayAct = useMayAct('operador');
  if (causes.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="causas">
      <h2 id="causas">Falhas por causa</h2>
      <ul class="causes">
        {causes.map((cause) => (
          <li key={cause.key}>
            <div class="cause-head">
              <p>
                <b>{number(cause.count)}</b> {cause.cause ?? cause.stateLabel}{' '}
                <span class="fixer">{cause.whoFixes}</span>{' '}
                {cause.corrected > 0 ? (
                  <span class="badge badge-busy">{counted(cause.corrected, 'corrigido', 'corrigidos')}</span>
                ) : null}
              </p>
              <span class="buttons">
                {cause.count > 1 ? (
                  <button type="button" onClick={() => onShow(cause)}>
                    Ver na tabela
                  </button>
                ) : null}
                {mayAct && !concluded && cause.count > 1 ? (
                  <button
                    type="button"
                    aria-label={`Selecionar todos desta causa: ${cause.cause ?? cause.stateLabel}`}
                    onClick={() => onChoose(cause)}
                  >
                    Selecionar todos desta causa
                  </button>
                ) : null}
                {mayAct && !concluded && cause.state === 'rejected' && cause.count > cause.corrected ? (
                  <Link to={places.corrida(batchId, { causa: cause.key })} class="button">
                    Corrigir um a um
                  </Link>
                ) : null}
                {mayAct && !concluded && cause.count > 1 && cause.oneValue?.serves ? (
                  <button type="button" onClick={() => onBulk(cause)}>
                    Corrigir todos desta causa
                  </button>
                ) : null}
              </span>
            </div>
            <p class="advice">{cause.advice}</p>
            {/* Closed, since the table below has the same links. */}
            <details>
              <summary>IDs da cobrança</summary>
              <p class="ids">
                {cause.receivableIds.slice(0, SHOWN_IDS).map((id) => (
                  <Link key={id} to={places.titulo(id, { campo: cause.fieldName, comunicacao: batchId })}>
                    {id}
                  </Link>
                ))}
                <Rest of={cause.count} shown={Math.min(SHOWN_IDS, cause.receivableIds.length)} />
              </p>
            </details>
            {mayAct && !concluded && cause.count > 1 && cause.oneValue?.why ? (
              <p class="hint">
                {fieldLabel(cause.fieldName ?? '')} {cause.oneValue.why}.
              </p>
            ) : null}
            <BankWords code={cause.providerCode} message={cause.providerMessage} />
            {cause.sameWords ? null : <p class="hint">As palavras de cada título estão na tabela e na cobrança.</p>}
          </li>
        ))}
      </ul>
    </section>
  );
}
