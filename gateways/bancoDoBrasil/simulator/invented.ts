import { addDays, localDate, saoPauloDate } from '../../../domain/kinds/dates';
import { cents, toDecimal } from '../../../domain/kinds/money';
import type { Invented, SimulatedAccount } from '../../simulator/bank';
import type { LedgerEntry } from '../../simulator/ledger';
import { bankDate } from '../wire';
import { codesOf } from './misprints';

/** Entries as a registration by a call leaves them, without the call. @param now wall-clock milliseconds */
export function invented(what: Invented, accounts: readonly SimulatedAccount[], now: number): LedgerEntry[] {
  const { convenio, count, account = accounts[0]?.clientId ?? '', firstSequence = 1, firstReference } = what;
  const registeredOn = what.registeredOn ? localDate(what.registeredOn) : saoPauloDate(new Date(now));
  const dueDate = localDate(what.dueDate ?? addDays(registeredOn, 30));
  const { amountCents = 9_990, payerDocument = '52998224725' } = what;
  const value = Number(toDecimal(cents(amountCents)));
  // The same for all of them, and shared: books of 100,000 fit in memory.
  const common = {
    numeroContratoCobranca: 19_581_316,
    codigoTipoTituloCobranca: 2,
    codigoModalidadeTitulo: 1,
    codigoAceiteTituloCobranca: 'N',
    dataEmissaoTituloCobranca: bankDate(registeredOn),
    dataRegistroTituloCobranca: bankDate(registeredOn),
    dataVencimentoTituloCobranca: bankDate(dueDate),
    valorOriginalTituloCobranca: value,
    valorAtualTituloCobranca: value,
    codigoTipoInscricaoSacado: payerDocument.length === 11 ? 1 : 2,
    numeroInscricaoSacadoCobranca: payerDocument,
    nomeSacadoCobranca: 'PAGADOR INVENTADO',
  };
  return Array.from({ length: count }, (_, index): LedgerEntry => {
    const sequence = firstSequence + index;
    const number = `000${convenio}${String(sequence).padStart(10, '0')}`;
    const ownReference = firstReference === undefined ? `OUTRO ${sequence}` : String(firstReference + index);
    const { line, barcode } = codesOf({ convenio, number, amountCents, dueDate });
    return {
      ...{ at: now, account, convenio, number, ownReference, payerDocument, amountCents, dueDate },
      boleto: {
        codigoLinhaDigitavel: line,
        textoCodigoBarrasTituloCobranca: barcode,
        codigoEstadoTituloCobranca: 1,
        numeroTituloCedenteCobranca: ownReference,
        ...common,
      },
    };
  });
}
