import { useState } from 'preact/hooks';
import type { ChangedWebhook, Webhook } from '../../../contract/webhook';
import { webhookEventLabels, webhookEvents, type WebhookEvent } from '../../../domain/webhooks';
import { ask } from '../../api/ask';
import { Field } from '../../parts/Field';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { readFiliais } from '../usuarios/AccessFields';

interface WebhookDialogProps {
  /** null = a new one. */
  webhook: Webhook | null;
  onDone(webhook: ChangedWebhook): void;
  onClose(): void;
}

export function WebhookDialog({ webhook, onDone, onClose }: WebhookDialogProps) {
  const [name, setName] = useState(webhook?.name ?? '');
  const [url, setUrl] = useState(webhook?.url ?? '');
  const [filiais, setFiliais] = useState(webhook?.filiais?.join(', ') ?? '');
  const [events, setEvents] = useState<WebhookEvent[]>(webhook?.events ?? [...webhookEvents]);
  const save = async () => {
    const body = { name, url, events, filiais: readFiliais(filiais) };
    onDone(
      webhook
        ? await ask('PATCH /webhooks/{id}', { params: { id: webhook.id }, body })
        : await ask('POST /webhooks', { body }),
    );
  };
  const toggle = (event: WebhookEvent) =>
    setEvents(events.includes(event) ? events.filter((each) => each !== event) : [...events, event]);
  return (
    <ReasonDialog
      title={webhook ? `Mudar ${webhook.name}` : 'Novo webhook'}
      verb="Salvar webhook"
      reason="none"
      onConfirm={save}
      onClose={onClose}
    >
      <Field label="Nome do programa">
        {(id) => (
          <input {...{ id, value: name, required: true }} onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      <Field label="Endereço" hint="https://…, alcançável pela internet">
        {(id, aria) => (
          <input
            {...{ id, ...aria, value: url, required: true, inputMode: 'url' }}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        )}
      </Field>
      <fieldset class="choices">
        <legend>Avisar quando</legend>
        {webhookEvents.map((event) => (
          <label key={event} class="choice">
            <input type="checkbox" checked={events.includes(event)} onChange={() => toggle(event)} />
            <span>{webhookEventLabels[event]}</span>
          </label>
        ))}
      </fieldset>
      <Field label="Filiais" hint="IDs separados por vírgula; vazio = todas">
        {(id, aria) => (
          <input
            {...{ id, ...aria, pattern: '[\\d\\s,;]*', value: filiais }}
            onInput={(event) => setFiliais(event.currentTarget.value)}
          />
        )}
      </Field>
    </ReasonDialog>
  );
}
