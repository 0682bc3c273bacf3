import type { DryRunAnswer } from '../../../contract/start';
import { counted, date, number, reais } from '../../parts/format';
import { Rest } from '../../parts/Rest';
import { Link, places } from '../../router';

const SHOWN_IDS = 10;

interface PreviewProps {
  answer: DryRunAnswer;
  /** Another answer is on its way. */
  stale: boolean;
  /** The query of this screen, for the way back. */
  emissao: string;
}

/** What the communication would find; nothing was sent or changed for it. */
export function Preview({ answer, stale, emissao }: PreviewProps) {
  const { ready, pending, uncertain, leftOut, causes, leftOutByReason } = answer;
  return (
    <section class={stale ? 'panel stale' : 'panel'} aria-labelledby="previa" aria-busy={stale}>
      <h2 id="previa">Prévia</h2>
      {stale ? (
        <span class="hint" role="status">
          atualizando…
        </span>
      ) : null}
      <dl class="totals" aria-live="polite">
        <Sum label="Prontos para comunicar" total={ready} />
        <Sum label="Com pendência" total={pending} />
        {uncertain.count > 0 ? <Sum label="Resultado incerto" total={uncertain} /> : null}
        <Sum label="Fora da seleção" total={leftOut} />
      </dl>
      {causes.length > 0 ? (
        <>
          <h3>Pendências por causa</h3>
          <ul class="causes">
            {causes.map(({ code, erpField, cause, whoFixes, advice, count, receivableIds }) => (
              <li key={code}>
                <p>
                  <b>{number(count)}</b> {cause} <span class="fixer">{whoFixes}</span>
                </p>
                <p class="advice">{advice}</p>
                <p class="ids">
                  <span>ID da cobrança:</span>
                  {receivableIds.slice(0, SHOWN_IDS).map((id) => (
                    <Link key={id} to={places.titulo(id, { campo: erpField, emissao })}>
                      {id}
                    </Link>
                  ))}
                  <Rest of={count} shown={Math.min(SHOWN_IDS, receivableIds.length)} />
                </p>
              </li>
            ))}
          </ul>
          <p class="hint">
            Os títulos com pendência ficam na comunicação como rejeitados, sem chamada ao banco, e podem ser corrigidos
            ali.
          </p>
        </>
      ) : null}
      {leftOutByReason.length > 0 ? (
        <details>
          <summary>Fora da seleção: {counted(leftOut.count, 'título', 'títulos')}</summary>
          <ul>
            {leftOutByReason.map(({ reason, label, count, amountCents, otherBatchIds }) => (
              <li key={reason}>
                {counted(count, 'título', 'títulos')} · {reais(amountCents)} · {label}{' '}
                {otherBatchIds.map((id) => (
                  <Link key={id} to={places.comunicacao(id)}>
                    {id}
                  </Link>
                ))}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </section>
  );
}

function Sum({ label, total }: { label: string; total: DryRunAnswer['ready'] }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <b>{number(total.count)}</b>
        <span>{reais(total.amountCents)}</span>
        <span>{total.nearestDueDate ? `vence a partir de ${date(total.nearestDueDate)}` : ''}</span>
      </dd>
    </div>
  );
}
