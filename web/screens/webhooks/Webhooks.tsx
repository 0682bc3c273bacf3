import { useState } from 'preact/hooks';
import type { ChangedWebhook } from '../../../contract/webhook';
import { webhookEventLabels } from '../../../domain/webhooks';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { filiaisText } from '../usuarios/AccessFields';
import { SecretNote } from './SecretNote';
import { WebhookDialog } from './WebhookDialog';
import { Clipped } from '../../parts/Clipped';
import { webhookState } from './webhookState';

/** Other programs that are told what happens. */
export function Webhooks() {
  useTitle('Webhooks');
  if (!useMayAct('administrador')) return <p class="note">Esta tela é do administrador.</p>;
  return <List />;
}

function List() {
  const { data, problem, reload } = useLoad((signal) => ask('GET /webhooks', { signal }), []);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<ChangedWebhook>();
  return (
    <>
      <div class="headline">
        <h1>Webhooks</h1>
        <button type="button" onClick={() => setMaking(true)}>
          Novo webhook
        </button>
      </div>
      <p>Programas que são avisados do que acontece: cada aviso é uma chamada assinada ao endereço deles.</p>
      <ProblemNote problem={problem} />
      {made ? <SecretNote webhook={made} /> : null}
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Webhooks existentes">
        <table>
          <thead>
            <tr>
              <th scope="col">Nome</th>
              <th scope="col">Endereço</th>
              <th scope="col">Avisos</th>
              <th scope="col">Filiais</th>
              <th scope="col">Situação</th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((webhook) => (
              <tr key={webhook.id}>
                <td>
                  <Link to={places.webhook(webhook.id)}>{webhook.name}</Link>
                </td>
                <td>
                  <Clipped text={webhook.url} />
                </td>
                <td>{webhook.events.map((event) => webhookEventLabels[event]).join(' · ')}</td>
                <td>{filiaisText(webhook.filiais)}</td>
                <td>{webhookState(webhook)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.items.length === 0 ? <p class="empty">Nenhum programa é avisado.</p> : null}
      </div>
      {making ? (
        <WebhookDialog
          webhook={null}
          onDone={(webhook) => {
            setMade(webhook);
            reload();
          }}
          onClose={() => setMaking(false)}
        />
      ) : null}
    </>
  );
}
