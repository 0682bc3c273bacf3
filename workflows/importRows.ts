import { proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { ImportActivities } from '../activities';
import { importStateLabels, type ImportProgress, type ImportWorkflowInput } from '../domain/receivable/imports';

/** A body of 50,000 rows is minutes at worst. Run again it goes over the same rows and changes nothing twice. */
const { importRows: work } = proxyActivities<ImportActivities>({
  startToCloseTimeout: '1 h',
  heartbeatTimeout: '20 s',
  retry: { initialInterval: '1 s', backoffCoefficient: 2, maximumInterval: '1 min' },
});

/** Imports the rows that came over HTTP; the record has them, and what became of each. */
export async function importRows(input: ImportWorkflowInput): Promise<ImportProgress> {
  const progress = await work.executeWithOptions({ summary: 'Importar as linhas' }, [input]);
  setCurrentDetails(describeImport(input.importId, progress));
  return progress;
}

/** For the Temporal Web UI: counts, never a row. */
function describeImport(importId: string, progress: ImportProgress): string {
  return [
    `## ${importStateLabels[progress.state]}`,
    `Importação **${importId}** · linhas: ${progress.lines} · novas: ${progress.new} · alteradas: ${progress.changed} · sem mudança: ${progress.unchanged} · recusadas: ${progress.refused}`,
  ].join('\n\n');
}
