import type { CliContext } from './context';

/** A list: one JSON object a line with --json, else one text. */
export function printList(context: CliContext, rows: readonly unknown[], text: string): void {
  if (!context.json) context.print(null, text);
  else for (const row of rows) context.print(row, '');
}
