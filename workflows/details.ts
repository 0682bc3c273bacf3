import { actorLabels } from '../domain/kinds/actors';
import type { CauseCount } from '../domain/batch/batch';
import { formatDate, type LocalDate } from '../domain/kinds/dates';
import { phaseLabels } from '../domain/batch/phases';
import { itemLabels, itemStates } from '../domain/boleto/states';
import type { BatchState } from './batchState';

type Shown = Omit<BatchState, 'acted' | 'corrected' | 'recordedPhase'>;

/** The current details in the Temporal Web UI: CommonMark and GFM tables, for an operator who never saw the code. */
export function describeBatch(batch: Shown): string {
  return [heading(batch), attention(batch), counts(batch), causes(batch), nextStep(batch)]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Says also what the batch is: a new run keeps neither the summary nor the details of its start. */
function heading(batch: Shown): string {
  const facts = [`Comunicação de boletos **${batch.batchId}**`, `carteira de cobrança ${batch.carteiraId}`];
  if (batch.gateway) facts.push(`gateway ${batch.gateway}`);
  facts.push(`rodada ${batch.round}`, `pedida por ${actorLabels[batch.by] ?? batch.by}`);
  const lines = [
    `## ${phaseLabels[batch.phase]}`,
    facts.join(' · '),
    `Os filtros e os pagadores estão no registro: na tela da comunicação, ou com ${code(`boletos comunicacao ${batch.batchId}`)}.`,
  ];
  if (batch.selection) {
    const { selected, leftOut } = batch.selection;
    lines.push(`Selecionados: ${selected} · deixados de fora, com o motivo no relatório: ${leftOut}`);
  }
  return lines.join('\n\n');
}

const pauseReasons: Record<string, string> = {
  operator: 'pedido de uma pessoa',
  config: 'o banco recusou a configuração da carteira ou as credenciais da conta; nenhum boleto tem culpa',
  numbering: 'o banco tem números deste convênio que este registro não deu; confira o banco antes de retomar',
  sliceFailed: 'um grupo de boletos não pôde ser comunicado; o erro está no histórico deste workflow',
};

/** What stops the batch or presses, one line each. */
function attention(batch: Shown): string {
  const lines: string[] = [];
  if (batch.pauseReason !== null && batch.phase !== 'paused') lines.push('Pausando: os envios em andamento terminam.');
  if (batch.pauseReason !== null) {
    lines.push(`Motivo da pausa: ${pauseReasons[batch.pauseReason] ?? code(batch.pauseReason)}.`);
  }
  if (batch.concluding && batch.phase !== 'concluded') {
    lines.push('Concluindo: nada mais é enviado; os resultados incertos são procurados no banco.');
  }
  if (batch.conclusionAbandoned) {
    lines.push(
      `Não foi possível concluir: ${batch.counts?.unresolved ?? 0} boleto(s) com resultado incerto. ` +
        'Decida cada um com `resolve`, ou consulte de novo com `reexamine`, e conclua outra vez.',
    );
  }
  const dueDate = batch.analysis?.nearestDueDate;
  if (batch.alertedOn !== null && dueDate && batch.phase !== 'concluded') {
    lines.push(`Vencimento próximo: há boleto sem registro que vence em ${formatDate(dueDate as LocalDate)}.`);
  }
  return lines.map((line) => `> **Atenção.** ${line}`).join('\n>\n');
}

function counts({ counts, selection }: Shown): string {
  if (selection?.selected === 0) {
    return 'Nenhum título atende aos filtros, ou todos foram deixados de fora. Confira os filtros e inicie outra comunicação.';
  }
  if (!counts) return '';
  const rows = itemStates
    .filter((state) => counts.byState[state] > 0)
    .map((state) => `| ${itemLabels[state]} | ${counts.byState[state]} |`);
  const remarks: string[] = [];
  if (counts.corrected > 0) remarks.push(`Já corrigidos, prontos para comunicar de novo: ${counts.corrected}.`);
  if (counts.reconciled > 0) remarks.push(`Confirmados por consulta, sem novo envio: ${counts.reconciled}.`);
  return [
    ['| Situação | Boletos |', '|---|---:|', ...rows, `| **Total** | **${counts.total}** |`].join('\n'),
    ...remarks,
  ].join('\n\n');
}

function causes({ analysis }: Shown): string {
  if (!analysis || analysis.causes.length === 0) return '';
  const row = ({ state, cause, count, receivableIds }: CauseCount) =>
    `| ${count} | ${itemLabels[state]} | ${code(cause)} | ${receivableIds.join(', ')}${count > receivableIds.length ? ' …' : ''} |`;
  return [
    '### Falhas por causa',
    ['| Boletos | Situação | Causa | IDs da cobrança |', '|:-:|---|---|---|', ...analysis.causes.map(row)].join('\n'),
    'As palavras do banco e quem corrige cada uma estão no relatório da comunicação.',
  ].join('\n\n');
}

function nextStep(batch: Shown): string {
  switch (batch.phase) {
    case 'awaitingAdjustments':
      return steps([
        ...(has(batch, 'rejected')
          ? [
              [
                'Corrija os títulos no Contas a Receber e comunique de novo só os corrigidos',
                'recommunicate',
                '"scope":"corrected"',
              ],
            ]
          : []),
        ...(has(batch, 'unconfirmed') || has(batch, 'conflict')
          ? [
              ['Consulte de novo os resultados incertos', 'reexamine', ''],
              [
                'Ou decida alguns deles, depois de conferir no banco',
                'resolve',
                '"receivableIds":[101],"decision":"registered","reasonCode":"conferido-no-banco"',
              ],
            ]
          : []),
        ['Ou tire títulos desta comunicação', 'discard', '"receivableIds":[101],"reasonCode":"cliente-cancelou"'],
        ['Ou encerre', 'conclude', ''],
      ]);
    case 'paused':
      return steps([
        ['Resolva o motivo da pausa e retome', 'resume', ''],
        ['Ou encerre', 'conclude', ''],
      ]);
    case 'communicating':
      return batch.concluding || batch.pauseReason !== null
        ? ''
        : steps([['Se precisar parar os envios', 'pause', '']]);
    case 'concluded':
      return batch.report
        ? `Registrados: ${batch.report.registered} · rejeitados: ${batch.report.rejected} · descartados: ${batch.report.discarded} · ` +
            `não enviados: ${batch.report.skipped + batch.report.notSent} · com resultado incerto: ${batch.report.unconfirmed} · rodadas: ${batch.report.rounds}`
        : '';
    default:
      return '';
  }
}

function has({ counts }: Shown, state: 'rejected' | 'unconfirmed' | 'conflict'): boolean {
  return counts !== null && counts.byState[state] > 0;
}

/** Each step with the update to send from the Temporal Web UI or the `temporal` CLI. */
function steps(all: string[][]): string {
  const lines = all.map(
    ([what, update, rest]) =>
      `- ${what}: \`${update}\` com \`{"by":"op-7","actionId":"acao-001"${rest ? `,${rest}` : ''}}\``,
  );
  return ['### O que fazer agora', lines.join('\n'), 'Use um `actionId` novo em cada ação.'].join('\n\n');
}

/** A bank's code as it is, without what would break the table. */
function code(text: string): string {
  return `\`${text.replaceAll(/[`|\s]+/g, ' ').slice(0, 80)}\``;
}
