import { useState } from 'preact/hooks';
import type { ChangedWebhook } from '../../../contract/webhook';
import { webhookEventLabels } from '../../../domain/webhooks';
import { ask } from '../../api/ask';
import type { ApiProblem } from '../../api/client';
import { asProblem, useLoad } from '../../api/useLoad';
import { ProblemNote } from '../../parts/ProblemNote';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { useTitle } from '../../parts/useTitle';
import { Link, navigate, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { filiaisText } from '../usuarios/AccessFields';
import { Deliveries } from './Deliveries';
import { SecretNote } from './SecretNote';
import { WebhookDialog } from './WebhookDialog';
import { webhookState } from './webhookState';

/** One receiver: what it is told, a test, and what became of each notice. */
export function WebhookScreen({ id }: { id: string }) {
  useTitle('Webhook');
  if (!useMayAct('administrador')) return <p class="note">Esta tela é do administrador.</p>;
  return <One id={id} />;
}

function One({ id }: { id: string }) {
  const { data, problem, reload } = useLoad((signal) => ask('GET /webhooks', { signal }), []);
  const [asking, setAsking] = useState<'change' | 'delete' | 'secret'>();
  const [changed, setChanged] = useState<ChangedWebhook>();
  const [refused, setRefused] = useState<ApiProblem>();
  const [turn, setTurn] = useState(0);
  const webhook = data?.items.find((each) => each.id === id);
  if (!webhook) return data ? <p class="note">Este webhook não existe.</p> : <ProblemNote problem={problem} />;

  const params = { id };
  const done = (answer: ChangedWebhook) => {
    setChanged(answer);
    reload();
  };
  const run = (work: Promise<unknown>) => {
    setRefused(undefined);
    work.then(
      () => {
        reload();
        setTurn((before) => before + 1);
      },
      (error: unknown) => setRefused(asProblem(error)),
    );
  };
  return (
    <>
      <h1>Webhook {webhook.name}</h1>
      <p>
        <Link to={places.webhooks}>Todos os webhooks</Link>
      </p>
      <dl class="pairs panel">
        {(
          [
            ['Endereço', webhook.url],
            ['Avisos', webhook.events.map((event) => webhookEventLabels[event]).join(' · ')],
            ['Filiais', filiaisText(webhook.filiais)],
            ['Situação', webhookState(webhook)],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="buttons">
        <button
          type="button"
          class="primary"
          disabled={!webhook.active}
          onClick={() => run(ask('POST /webhooks/{id}/teste', { params }))}
        >
          Mandar aviso de teste
        </button>
        <button type="button" onClick={() => setAsking('change')}>
          Mudar
        </button>
        <button
          type="button"
          onClick={() => run(ask('PATCH /webhooks/{id}', { params, body: { active: !webhook.active } }))}
        >
          {webhook.active ? 'Parar' : 'Ativar'}
        </button>
        <button type="button" onClick={() => setAsking('secret')}>
          Trocar o segredo
        </button>
        <button type="button" class="danger" onClick={() => setAsking('delete')}>
          Apagar
        </button>
      </div>
      <ProblemNote problem={refused} />
      {changed ? <SecretNote webhook={changed} /> : null}
      <Deliveries
        webhookId={id}
        turn={turn}
        onSettled={reload}
        onAgain={(delivery) =>
          run(ask('POST /webhooks/{id}/entregas/{entrega}/reenvio', { params: { id, entrega: delivery } }))
        }
      />
      {asking === 'change' ? (
        <WebhookDialog webhook={webhook} onDone={done} onClose={() => setAsking(undefined)} />
      ) : null}
      {asking === 'secret' ? (
        <ReasonDialog
          title="Trocar o segredo"
          verb="Trocar segredo"
          reason="none"
          onConfirm={async () => done(await ask('PATCH /webhooks/{id}', { params, body: { newSecret: true } }))}
          onClose={() => setAsking(undefined)}
        >
          <p>O segredo de agora ainda assina por 24 horas, ao lado do novo.</p>
        </ReasonDialog>
      ) : null}
      {asking === 'delete' ? (
        <ReasonDialog
          title={`Apagar ${webhook.name}`}
          verb="Apagar webhook"
          danger
          reason="none"
          onConfirm={async () => {
            await ask('DELETE /webhooks/{id}', { params });
            navigate(places.webhooks);
          }}
          onClose={() => setAsking(undefined)}
        >
          <p>O programa não é mais avisado, e a lista das suas entregas se apaga.</p>
        </ReasonDialog>
      ) : null}
    </>
  );
}
