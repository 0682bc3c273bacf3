import { useState } from 'preact/hooks';
import type { ApiToken } from '../../../contract/token';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { CopyButton } from '../../parts/CopyButton';
import { Field } from '../../parts/Field';
import { instant } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { ReasonDialog } from '../../parts/ReasonDialog';
import { Clipped } from '../../parts/Clipped';
import { AccessFields, filiaisText, readFiliais, roleLabels, type Access } from './AccessFields';

export function Tokens() {
  const { data, problem, reload } = useLoad((signal) => ask('GET /tokens', { signal }), []);
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken>();
  const [secret, setSecret] = useState('');
  return (
    <section class="panel" aria-labelledby="tokens">
      <div class="table-head">
        <h2 id="tokens">Tokens de programas</h2>
        <button type="button" onClick={() => setMaking(true)}>
          Novo token
        </button>
      </div>
      <p>
        O que um programa pode pedir, e o que recebe, está no <a href="/api/v1/openapi.json">documento OpenAPI</a>.
      </p>
      <ProblemNote problem={problem} />
      {secret ? (
        <div class="note note-good" role="status">
          <p>Guarde agora: este segredo não será mostrado de novo.</p>
          <p class="code">{secret}</p>
          <CopyButton text={secret} what="token" />
        </div>
      ) : null}
      <div class="table-wrap" tabIndex={0} role="region" aria-label="Tokens existentes">
        <table>
          <thead>
            <tr>
              <th scope="col">Nome</th>
              <th scope="col">Papel</th>
              <th scope="col">Filiais</th>
              <th scope="col">Usado</th>
              <th scope="col">Vence</th>
              <th scope="col">
                <span class="unseen">Ações</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {(data?.items ?? []).map((token) => (
              <tr key={token.id}>
                <td>
                  <Clipped text={token.name} />
                </td>
                <td>{roleLabels[token.role].split(':')[0]}</td>
                <td>{filiaisText(token.filiais)}</td>
                <td>{token.usedAt ? instant(token.usedAt) : 'nunca'}</td>
                <td>{token.revokedAt ? 'revogado' : instant(token.expiresAt)}</td>
                <td>
                  {token.revokedAt ? null : (
                    <button type="button" aria-label={`Revogar ${token.name}`} onClick={() => setRevoking(token)}>
                      Revogar
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {data?.items.length === 0 ? <p class="empty">Nenhum token.</p> : null}
      </div>
      {making ? (
        <TokenDialog
          onMade={(token) => {
            setSecret(token);
            reload();
          }}
          onClose={() => setMaking(false)}
        />
      ) : null}
      {revoking ? (
        <ReasonDialog
          title={`Revogar ${revoking.name}`}
          verb="Revogar token"
          danger
          reason="none"
          onConfirm={async () => {
            await ask('DELETE /tokens/{id}', { params: { id: revoking.id } });
            reload();
          }}
          onClose={() => setRevoking(undefined)}
        >
          <p>O programa que o usa perde o acesso na hora.</p>
        </ReasonDialog>
      ) : null}
    </section>
  );
}

function TokenDialog({ onMade, onClose }: { onMade(token: string): void; onClose(): void }) {
  const [name, setName] = useState('');
  const [days, setDays] = useState('90');
  const [access, setAccess] = useState<Access>({ role: 'consulta', filiais: '' });
  const make = async () => {
    const body = { name, role: access.role, filiais: readFiliais(access.filiais), expiresInDays: Number(days) };
    onMade((await ask('POST /tokens', { body })).token);
  };
  return (
    <ReasonDialog title="Novo token" verb="Criar token" reason="none" onConfirm={make} onClose={onClose}>
      <Field label="Nome do programa">
        {(id) => (
          <input {...{ id, value: name, required: true }} onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      <AccessFields access={access} onChange={setAccess} />
      <Field label="Validade em dias">
        {(id) => (
          <input
            {...{ id, value: days, type: 'number', min: 1, max: 366, required: true }}
            onInput={(event) => setDays(event.currentTarget.value)}
          />
        )}
      </Field>
    </ReasonDialog>
  );
}
