import { useState } from 'preact/hooks';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { Differences } from '../../parts/Differences';
import { instant } from '../../parts/format';
import { Pager, usePages } from '../../parts/Pager';
import { personWords } from '../../parts/personWords';
import { ProblemNote } from '../../parts/ProblemNote';
import { useDebounced } from '../../parts/useDebounced';
import { useTitle } from '../../parts/useTitle';
import { usePlace } from '../../router';
import { useMayAct } from '../../shell/session';
import { EntityLink } from './EntityLink';
import { actionWords, entityLabels, fieldWords, valueWords } from './words';

const PAGE = 50;
const RESTS_MS = 300;

/** Who did what, when, what it was before and after; nothing here can be changed or deleted. */
export function Audit() {
  useTitle('Auditoria');
  if (!useMayAct('administrador')) return <p class="note">Esta tela é do administrador.</p>;
  return <Entries />;
}

function Entries() {
  const { query } = usePlace();
  const [actor, setActor] = useState(query.get('actor') ?? '');
  const [entity, setEntity] = useState(query.get('entity') ?? '');
  const [text, setText] = useState(query.get('entityId') ?? '');
  const entityId = useDebounced(text.trim(), RESTS_MS);
  const filter = { actor, entity, entityId };
  const { cursor, ...pager } = usePages(JSON.stringify(filter));
  const { data, problem, loading } = useLoad(
    (signal) => ask('GET /auditoria', { query: { ...filter, cursor, limit: PAGE }, signal }),
    [JSON.stringify(filter), cursor],
  );
  return (
    <>
      <h1>Auditoria</h1>
      <div class="search" role="search">
        <label>
          <span>Quem</span>
          <People value={actor} onChange={setActor} />
        </label>
        <label>
          <span>O quê</span>
          <select value={entity} onChange={(event) => setEntity(event.currentTarget.value)}>
            <option value="">tudo</option>
            {Object.entries(entityLabels).map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>ID</span>
          <input
            type="search"
            class="short"
            value={text}
            placeholder="da cobrança…"
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
      </div>
      <ProblemNote problem={problem} />
      <ol class="story panel" aria-label="Registros" aria-busy={loading}>
        {(data?.items ?? []).map((entry) => (
          <li key={entry.id}>
            <p>
              <time dateTime={entry.at}>{instant(entry.at)}</time> <b>{actionWords(entry.action)}</b>{' '}
              {entry.entity === 'user' && entry.entityId === entry.actor ? null : <EntityLink entry={entry} />}{' '}
              <span class="hint">{personWords(entry.actorName, entry.actor)}</span>
            </p>
            {entry.reason ? <p>Motivo: {valueWords(entry.reason, 'reason')}</p> : null}
            <Differences before={entry.before} after={entry.after} label={fieldWords} words={valueWords} />
          </li>
        ))}
        {data?.items.length === 0 ? <li class="empty">Nada com estes filtros.</li> : null}
      </ol>
      <Pager {...pager} next={data?.next ?? null} />
    </>
  );
}

/** Those who may have acted: people, programs, and somebody who did not get in. */
function People({ value, onChange }: { value: string; onChange(actor: string): void }) {
  const users = useLoad((signal) => ask('GET /usuarios', { signal }), []);
  const tokens = useLoad((signal) => ask('GET /tokens', { signal }), []);
  const known = [
    ...(users.data?.items ?? []).map(({ id, login, name }) => [id, `${name} (${login})`] as const),
    ...(tokens.data?.items ?? []).map(({ id, name }) => [id, `${name} (programa)`] as const),
    ['desconhecido', 'quem não entrou'] as const,
  ];
  return (
    <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">todos</option>
      {value !== '' && !known.some(([id]) => id === value) ? <option value={value}>{value}</option> : null}
      {known.map(([id, words]) => (
        <option key={id} value={id}>
          {words}
        </option>
      ))}
    </select>
  );
}
