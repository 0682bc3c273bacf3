import type { ChangedWebhook } from '../../../contract/webhook';
import { CopyButton } from '../../parts/CopyButton';

/** The secret with which the receiver checks signatures: this once. */
export function SecretNote({ webhook: { name, secret } }: { webhook: ChangedWebhook }) {
  if (!secret) return null;
  return (
    <div class="note note-good" role="status">
      <p>Segredo de {name}. Guarde agora: ele não será mostrado de novo.</p>
      <p class="code">{secret}</p>
      <CopyButton text={secret} what="segredo" />
    </div>
  );
}
