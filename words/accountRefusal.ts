import type { Obstacle } from '../record/accounts/accountChange';
import { count, counted, instant } from './text';

export interface RefusalWords {
  code: string;
  /** Without the capital and the full stop of a sentence. */
  message: string;
  /** What to do. */
  hint: string;
}

type Refused = Obstacle | { kind: 'changedSince'; by: string; at: Date | null };

/**
 * Why an account may not be changed now, for terminal and API.
 * @param identity what makes the account this one, by its gateway: `endereço, clientId e convênio`
 * @param named batches by their ids; otherwise they may be of somebody else's filial
 */
export function accountRefusal(refused: Refused, identity: string, named: boolean): RefusalWords {
  switch (refused.kind) {
    case 'unresolvedAttempts':
      return unresolved(refused, identity, named);
    case 'liveBatch':
      return live(refused, identity, named);
    case 'changedSince':
      return {
        code: 'conta_mudou',
        message: `${refused.by} mudou esta conta${refused.at ? ` em ${instant(refused.at)}` : ''}, depois que você a leu: nada foi alterado`,
        hint: 'Recarregue a carteira, veja como está agora e repita o que ainda falta.',
      };
  }
}

function unresolved(
  { count: boletos, batchIds }: Obstacle & { kind: 'unresolvedAttempts' },
  identity: string,
  named: boolean,
): RefusalWords {
  const where = named ? ` (${batchIds.length === 1 ? 'comunicação' : 'comunicações'} ${batchIds.join(', ')})` : '';
  return {
    code: 'resultados_incertos',
    message: `${counted(boletos, 'boleto', 'boletos')} da conta ${boletos === 1 ? 'tem' : 'têm'} resultado incerto ou divergente${where}: ${identity} não podem mudar, porque só o banco de antes sabe o que foi feito deles`,
    hint: `Espere as respostas, ou reexamine e resolva ${boletos === 1 ? 'esse boleto' : `esses ${count(boletos)}`} antes. Para trocar só o segredo, mantenha ${identity}.`,
  };
}

function live({ batchId, secrets }: Obstacle & { kind: 'liveBatch' }, identity: string, named: boolean): RefusalWords {
  const which = named ? `a comunicação ${batchId}` : 'uma comunicação';
  const code = 'comunicacao_em_andamento';
  return secrets
    ? {
        code,
        message: `${which} está enviando com esta conta: as credenciais não podem mudar agora`,
        hint: 'Pause-a, mude as credenciais e retome.',
      }
    : {
        code,
        message: `${which} está em andamento com esta conta: ${identity} não podem mudar agora`,
        hint: 'Conclua-a antes. Só uma comunicação que a própria configuração pausou deixa corrigi-la.',
      };
}
