import { useState } from 'preact/hooks';
import { ReasonDialog } from '../../parts/ReasonDialog';

const decisions = {
  registered: ['Está registrado no banco', 'Vale se uma consulta já mostrou o boleto lá.'],
  absent: ['Não está no banco', 'Será enviado de novo, com o mesmo número. Confira antes no site do banco.'],
  newNumber: ['Dar outro número', 'O número de agora é abandonado, e o título recebe outro.'],
} as const;
type Decision = keyof typeof decisions;

interface ResolveDialogProps {
  receivableId: number;
  onConfirm(decision: Decision, reason: string): Promise<void>;
  onClose(): void;
}

/** A person decides what nobody could find out. */
export function ResolveDialog({ receivableId, onConfirm, onClose }: ResolveDialogProps) {
  const [decision, setDecision] = useState<Decision>('registered');
  return (
    <ReasonDialog
      title={`Resolver a cobrança ${receivableId}`}
      verb="Resolver"
      danger
      reason="required"
      onConfirm={(reason) => onConfirm(decision, reason)}
      onClose={onClose}
    >
      <fieldset>
        <legend>Decisão</legend>
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
