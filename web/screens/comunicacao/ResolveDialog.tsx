import { useState } from 'preact/hooks';
import type { Item } from '../../../contract/item';
import { lookAnswer } from '../../../domain/boleto/lastLook';
import { counted, instant } from '../../parts/format';
import { ReasonDialog } from '../../parts/ReasonDialog';

const decisions = {
  registered: ['Está registrado no banco', 'Vale se uma consulta já mostrou o boleto lá.'],
  absent: ['Não está no banco', 'Será enviado de novo, com o mesmo número. Confira antes no site do banco.'],
  newNumber: ['Dar outro número', 'O número de agora é abandonado, e o título recebe outro.'],
} as const;
type Decision = keyof typeof decisions;

interface ResolveDialogProps {
  items: readonly Item[];
  onConfirm(decision: Decision, reason: string): Promise<void>;
  onClose(): void;
}

/** A person decides what nobody could find out: once, for all that were chosen, with what the bank said of each. */
export function ResolveDialog({ items, onConfirm, onClose }: ResolveDialogProps) {
  const [decision, setDecision] = useState<Decision>('registered');
  const [only] = items;
  return (
    <ReasonDialog
      title={
        items.length === 1 && only
          ? `Resolver a cobrança ${only.erpKey ?? only.receivableId}`
          : `Resolver ${counted(items.length, 'título', 'títulos')}`
      }
      verb="Resolver"
      danger
      reason="required"
      onConfirm={(reason) => onConfirm(decision, reason)}
      onClose={onClose}
    >
      <div class="decided" tabIndex={0} role="region" aria-label="O que se sabe de cada um">
        <table class="narrow">
          <thead>
            <tr>
              <th scope="col">Cobrança</th>
              <th scope="col">Nosso número</th>
              <th scope="col">Última resposta do banco</th>
            </tr>
          </thead>
          <tbody>
            {items.map(({ receivableId, erpKey, ourNumber, lastLook }) => (
              <tr key={receivableId}>
                <td>{erpKey ?? receivableId}</td>
                <td>{ourNumber ?? '—'}</td>
                <td>{lastLook ? `${lookAnswer(lastLook)} (${instant(lastLook.at)})` : 'ainda não consultado'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <fieldset>
        <legend>{items.length === 1 ? 'Decisão' : 'Decisão, a mesma para todos'}</legend>
        {(Object.keys(decisions) as Decision[]).map((each) => (
          <label key={each} class="choice">
            <input type="radio" name="decisao" checked={decision === each} onChange={() => setDecision(each)} />
            <span>
              {decisions[each][0]} <small>{decisions[each][1]}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </ReasonDialog>
  );
}
