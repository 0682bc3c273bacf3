import { join } from 'node:path';
import { createExplain, errorTable, OURS, type ErrorTable } from '../domain/catalogue/catalogue';
import { previaEntries } from '../domain/catalogue/previa';
import { readErrorRows, readErrorTable } from './core/errorTable';
import { manifests } from './index';

/** Banks of which only the errors are known here so far. Of Itaú and Santander nothing is published that could be a row. */
const withoutAdapter = ['inter', 'sicoob', 'sicredi', 'asaas', 'efi', 'caixa', 'bradesco', 'c6', 'iugu'];

/** What every gateway's errors mean, and our own, by name; docs/failures.md is made from it. No transport is loaded. */
export const catalogue: Readonly<Record<string, ErrorTable>> = {
  ...Object.fromEntries(Object.values(manifests).map(({ name, codec }) => [name, codec.errors])),
  ...Object.fromEntries(withoutAdapter.map((name) => [name, readErrorTable(join(__dirname, name, 'errors.tsv'))])),
  [OURS]: errorTable([...readErrorRows(join(__dirname, 'core', 'errors.tsv')), ...previaEntries]),
};

export const explain = createExplain(catalogue);
