import { boletos } from '../../domain/catalogue/boletos';
import { previaRows } from '../../domain/catalogue/previa';

/** Of calls that got no answer, of looks and of decisions: the cause has said it in words already. */
const ours: ReadonlySet<string> = new Set(boletos.flatMap(({ codes }) => codes));

/** A refusal of ours has words of ours; everything else is told as the bank told it. */
export function BankWords({ code, message }: { code: string | null; message: string | null }) {
  const isOurs = code !== null && Object.hasOwn(previaRows, code);
  const isHidden = code !== null && (isOurs || ours.has(code));
  // A code of ours is for programs; the bank's is what its support asks for.
  if (!message && (!code || isHidden)) return null;
  return (
    <p class="bank-words">
      {isOurs ? 'Recusado antes do envio:' : 'Palavras do banco:'} {message ? <q>{message}</q> : null}{' '}
      {code && !isHidden ? <code>{code}</code> : null}
    </p>
  );
}
