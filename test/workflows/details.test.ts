import type { Analysis, BatchCounts } from '../../domain/batch/batch';
import { batchPhases } from '../../domain/batch/phases';
import { itemStates, type ItemState } from '../../domain/boleto/states';
import { startingState, type BatchState } from '../../workflows/batchState';
import { describeBatch } from '../../workflows/details';

function counts(byState: Partial<Record<ItemState, number>>): BatchCounts {
  const all = Object.fromEntries(itemStates.map((state) => [state, byState[state] ?? 0])) as Record<ItemState, number>;
  const total = Object.values(all).reduce((sum, count) => sum + count, 0);
  return { total, byState: all, corrected: 2, reconciled: 1, unresolved: byState.unconfirmed ?? 0 };
}

function batch(changes: Partial<BatchState>): BatchState {
  const known = counts({ registered: 780, rejected: 18, unconfirmed: 2 });
  const analysis: Analysis = {
    counts: known,
    causes: [
      { state: 'rejected', cause: 'data/4874902', count: 18, receivableIds: [101, 102, 103, 104, 105] },
      { state: 'unconfirmed', cause: 'ambiguous/timeout', count: 2, receivableIds: [201, 202] },
    ],
    needsAdjustments: true,
    nearestDueDate: '2026-03-09',
    alertInMs: 0,
  };
  return {
    ...startingState({ batchId: 'b-1', carteiraId: 10, filters: {}, by: 'op-1' }),
    gateway: 'banco-do-brasil',
    selection: { selected: 800, leftOut: 3, nearestDueDate: '2026-03-09' },
    phase: 'awaitingAdjustments',
    counts: known,
    analysis,
    ...changes,
  };
}

test('a waiting batch shows counts, causes and what to send next', () => {
  expect(describeBatch(batch({}))).toBe(
    `## Aguardando ajustes

Comunicação de boletos **b-1** · carteira de cobrança 10 · gateway banco-do-brasil · rodada 1 · pedida por op-1

Os filtros e os pagadores estão no registro: na tela da comunicação, ou com \`boletos comunicacao b-1\`.

Selecionados: 800 · deixados de fora, com o motivo no relatório: 3

| Situação | Boletos |
|---|---:|
| Resultado incerto | 2 |
| Registrado | 780 |
| Rejeitado (dados) | 18 |
| **Total** | **800** |

Já corrigidos, prontos para comunicar de novo: 2.

Confirmados por consulta, sem novo envio: 1.

### Falhas por causa

| Boletos | Situação | Causa | IDs da cobrança |
|:-:|---|---|---|
| 18 | Rejeitado (dados) | \`data/4874902\` | 101, 102, 103, 104, 105 … |
| 2 | Resultado incerto | \`ambiguous/timeout\` | 201, 202 |

As palavras do banco e quem corrige cada uma estão no relatório da comunicação.

### O que fazer agora

- Corrija os títulos no Contas a Receber e comunique de novo só os corrigidos: \`recommunicate\` com \`{"by":"op-7","actionId":"acao-001","scope":"corrected"}\`
- Consulte de novo os resultados incertos: \`reexamine\` com \`{"by":"op-7","actionId":"acao-001"}\`
- Ou decida alguns deles, depois de conferir no banco: \`resolve\` com \`{"by":"op-7","actionId":"acao-001","receivableIds":[101],"decision":"registered","reasonCode":"conferido-no-banco"}\`
- Ou tire títulos desta comunicação: \`discard\` com \`{"by":"op-7","actionId":"acao-001","receivableIds":[101],"reasonCode":"cliente-cancelou"}\`
- Ou encerre: \`conclude\` com \`{"by":"op-7","actionId":"acao-001"}\`

Use um \`actionId\` novo em cada ação.`,
  );
});

test('a bank code cannot break the table', () => {
  const { analysis } = batch({});
  const causes = [{ state: 'rejected' as const, cause: 'data/a|b`c\nd', count: 1, receivableIds: [1] }];
  expect(describeBatch(batch({ analysis: { ...analysis!, causes } }))).toContain(
    '| 1 | Rejeitado (dados) | `data/a b c d` | 1 |',
  );
});

test.each([
  ['a pause', { phase: 'paused', pauseReason: 'config' }, 'Motivo da pausa: o banco recusou a configuração'],
  [
    'a pause under way',
    { phase: 'communicating', pauseReason: 'operator' },
    'Pausando: os envios em andamento terminam',
  ],
  ['a conclusion', { phase: 'communicating', concluding: { until: 0 } }, 'Concluindo: nada mais é enviado'],
  ['a conclusion given up', { conclusionAbandoned: true }, 'Não foi possível concluir: 2 boleto(s)'],
  ['a due date', { alertedOn: '2026-03-07' }, 'Vencimento próximo: há boleto sem registro que vence em 09/03/2026'],
] as [string, Partial<BatchState>, string][])('%s is told', (_what, changes, line) => {
  expect(describeBatch(batch(changes))).toContain(`> **Atenção.** ${line}`);
});

test.each(batchPhases)('the details fit in Temporal while %s, at any size', (phase) => {
  const { analysis } = batch({});
  const causes = Array.from({ length: 20 }, (_, index) => ({
    state: 'rejected' as const,
    cause: `data/${'9'.repeat(60)}${index}`,
    count: 1_000_000,
    receivableIds: Array(5).fill(Number.MAX_SAFE_INTEGER) as number[],
  }));
  const text = describeBatch(batch({ phase, analysis: { ...analysis!, causes } }));
  expect(Buffer.byteLength(text)).toBeLessThan(20_000);
});
