import { ownCodes } from '../../domain/catalogue/ownCodes';
import { previaRows } from '../../domain/catalogue/previa';

/** Refused by the prévia, before anything was sent. */
export const isOurs = (code: string | null) => code !== null && Object.hasOwn(previaRows, code);

/** A refusal of ours has words of ours; everything else is told as the bank told it. */
export function BankWords({ code, message }: { code: string | null; message: string | null }) {
  const ofPrevia = isOurs(code);
  // A code of ours is for programs: the cause has said it in words already. The bank's is what its support asks for.
  const isHidden = code !== null && (ofPrevia || ownCodes.includes(code));
  if (!message && (!code || isHidden)) return null;
  return (
    <p class="bank-words">
      {ofPrevia ? 'Recusado antes do envio:' : 'Palavras do banco:'} {message ? <q>{message}</q> : null}{' '}
      {code && !isHidden ? <code>{code}</code> : null}
    </p>
  );
}
