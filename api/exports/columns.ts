import type { describedItem } from '../failureWords';

export type ExportedItem = ReturnType<typeof describedItem>;

export interface ExportColumn {
  title: string;
  kind: 'text' | 'id' | 'date' | 'amount';
  /** An id is a number; a date `YYYY-MM-DD`; an amount a number, in reais. */
  value(item: ExportedItem): string | number;
  width: number;
}

/** What an export of a communication has, in this order. */
export const exportColumns: readonly ExportColumn[] = [
  { title: 'ID da cobrança', kind: 'id', value: (item) => item.receivableId, width: 16 },
  { title: 'Pagador', kind: 'text', value: (item) => item.customerName, width: 36 },
  { title: 'Documento', kind: 'text', value: (item) => item.document, width: 16 },
  { title: 'Vencimento', kind: 'date', value: (item) => item.dueDate, width: 12 },
  { title: 'Valor', kind: 'amount', value: (item) => item.amountCents / 100, width: 14 },
  { title: 'Situação', kind: 'text', value: (item) => item.stateLabel, width: 24 },
  { title: 'Causa', kind: 'text', value: (item) => item.cause ?? '', width: 48 },
  { title: 'Quem corrige', kind: 'text', value: (item) => item.whoFixes ?? '', width: 20 },
  { title: 'Campo', kind: 'text', value: (item) => item.fieldName ?? '', width: 18 },
  { title: 'O que fazer', kind: 'text', value: (item) => item.advice ?? '', width: 48 },
  { title: 'Palavras do banco', kind: 'text', value: (item) => item.bankWords ?? '', width: 48 },
  { title: 'Nosso número', kind: 'text', value: (item) => item.ourNumber ?? '', width: 24 },
  { title: 'Linha digitável', kind: 'text', value: (item) => item.linhaDigitavel ?? '', width: 52 },
  { title: 'Chave no ERP', kind: 'text', value: (item) => item.erpKey ?? '', width: 24 },
];
