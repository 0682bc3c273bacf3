import { previaRows } from '../../domain/catalogue/previa';

/** A refusal of ours has words of ours; everything else is told as the bank told it. */
export function BankWords({ code, message }: { code: string | null; message: string | null }) {
  if (!message && !code) return null;
  const isOurs = code !== null && Object.hasOwn(previaRows, code);
  return (
    <p class="bank-words">
      {isOurs ? 'Recusado antes do envio:' : 'Palavras do banco:'} {message ? <q>{message}</q> : null}{' '}
      {code ? <code>{code}</code> : null}
    </p>
  );
}
