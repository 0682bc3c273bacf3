import type { Fixer } from '../domain/catalogue/entry';
import type { FailureKind } from '../domain/boleto/failure';
import type { ItemState } from '../domain/boleto/states';

/** Whatever of a snapshot comes from the carteira; what comes from the título is the rest. */
const ofCarteira = ['convenio', 'carteira', 'variation', 'especie', 'acceptance', 'rules', 'writeOffDays'];

/** Who can do something about a failure that the catalogue lacks: by the field that was named, else by its kind. */
export function whoFixes(failure: { state: ItemState; failureKind: string | null; field: string | null }): Fixer {
  const kind = failure.failureKind as FailureKind | null;
  if (kind === 'auth' || kind === 'config') return 'carteira';
  const isOfData = failure.state === 'rejected' || (failure.state === 'discarded' && kind === 'data');
  if (!isOfData) return 'bank';
  if (failure.field?.startsWith('payer')) return 'customer';
  if (ofCarteira.includes(failure.field?.split('.')[0] ?? '')) return 'carteira';
  return 'charge';
}
