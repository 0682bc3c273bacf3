import type { FailureKind } from '../domain/failure';
import type { ItemState } from '../domain/states';

/** Where the person who must act works. */
export const fixers = {
  customer: 'cadastro do cliente',
  charge: 'cobrança',
  carteira: 'carteira',
  bank: 'banco',
} as const;
export type Fixer = keyof typeof fixers;

/** Whatever of a snapshot comes from the carteira; what comes from the título is the rest. */
const ofCarteira = ['convenio', 'carteira', 'variation', 'especie', 'acceptance', 'rules', 'writeOffDays'];

/** Who can do something about a failure: by the field that was named, else by the kind of the failure. */
export function whoFixes(failure: { state: ItemState; failureKind: string | null; field: string | null }): Fixer {
  const kind = failure.failureKind as FailureKind | null;
  if (kind === 'auth' || kind === 'config') return 'carteira';
  if (failure.state !== 'rejected') return 'bank';
  if (failure.field?.startsWith('payer')) return 'customer';
  if (ofCarteira.includes(failure.field?.split('.')[0] ?? '')) return 'carteira';
  return 'charge';
}
