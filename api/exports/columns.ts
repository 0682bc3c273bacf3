import { formatDate } from '../../domain/dates';
import type { describedItem } from '../failureWords';

export type ExportedItem = ReturnType<typeof describedItem>;

interface ExportColumn {
  title: string;
  /** An amount is a number, in reais; everything else is text. */
  value(item: ExportedItem): string | number;
  width: number;
}

/** What an export of a communication has, in this order. */
export const exportColumns: readonly ExportColumn[] = [
  { title: 'ID da cobrança', value: (item) => String(item.receivableId), width: 16 },
  { title: 'Pagador', value: (item) => item.customerName, width: 36 },
  { title: 'Documento', value: (item) => item.document, width: 16 },
  { title: 'Vencimento', value: (item) => formatDate(item.dueDate), width: 12 },
  { title: 'Valor', value: (item) => item.amountCents / 100, width: 14 },
  { title: 'Situação', value: (item) => item.stateLabel, width: 24 },
  { title: 'Causa', value: (item) => item.cause ?? '', width: 48 },
  { title: 'Quem corrige', value: (item) => item.whoFixes ?? '', width: 20 },
  { title: 'Campo', value: (item) => item.fieldName ?? '', width: 18 },
  { title: 'O que fazer', value: (item) => item.advice ?? '', width: 48 },
  { title: 'Palavras do banco', value: (item) => item.bankWords ?? '', width: 48 },
  { title: 'Nosso número', value: (item) => item.ourNumber ?? '', width: 24 },
  { title: 'Linha digitável', value: (item) => item.linhaDigitavel ?? '', width: 52 },
];
