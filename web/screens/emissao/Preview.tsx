import { previaRows } from '../../../domain/catalogue/previa';
import { fixers } from '../../../domain/catalogue/entry';
import type { Total } from '../../../domain/dryRun';
import { leftOutLabels } from '../../../domain/filters';
import type { DryRunAnswer } from '../../api/types';
import { counted, date, number, reais } from '../../parts/format';
import { Link, places } from '../../router';

/** What the communication would find; nothing was sent or changed for it. */
export function Preview({ answer, stale }: { answer: DryRunAnswer; stale: boolean }) {
  const { ready, pending, uncertain, leftOut, causes, leftOutByReason } = answer;
  return (
    <section class={stale ? 'panel stale' : 'panel'} aria-labelledby="previa" aria-busy={stale}>
      <h2 id="previa">Prévia</h2>
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
            {causes.map(({ code, count, receivableIds }) => {
              const row = previaRows[code] as (typeof previaRows)[keyof typeof previaRows] | undefined;
              return (
                <li key={code}>
                  <p>
                    <b>{number(count)}</b> {row?.cause ?? code}{' '}
                    <span class="fixer">{row ? fixers[row.fixer] : ''}</span>
                  </p>
                  <p class="advice">{row?.advice}</p>
                  <p class="ids">
                    ID da cobrança:{' '}
                    {receivableIds.slice(0, 10).map((id) => (
                      <Link key={id} to={places.titulo(id, { campo: answer.fieldNames?.[code] ?? null })}>
                        {id}
                      </Link>
                    ))}
                    {count > 10 ? ` e mais ${number(count - Math.min(10, receivableIds.length))}` : ''}
                  </p>
                </li>
              );
            })}
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
            {leftOutByReason.map(({ reason, count, amountCents, otherBatchIds }) => (
              <li key={reason}>
                {counted(count, 'título', 'títulos')} · {reais(amountCents)} · {leftOutLabels[reason]}{' '}
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

function Sum({ label, total }: { label: string; total: Total }) {
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
