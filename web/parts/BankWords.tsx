import { previaRows } from '../../domain/catalogue/previa';

/** A refusal of ours has words of ours; everything else is told as the bank told it. */
export function BankWords({ code, message }: { code: string | null; message: string | null }) {
  const isOurs = code !== null && Object.hasOwn(previaRows, code);
  // A code of ours is for programs; the bank's is what its support asks for.
  if (!message && (!code || isOurs)) return null;
  return (
    <p class="bank-words">
      {isOurs ? 'Recusado antes do envio:' : 'Palavras do banco:'} {message ? <q>{message}</q> : null}{' '}
      {code && !isOurs ? <code>{code}</code> : null}
    </p>
  );
}
