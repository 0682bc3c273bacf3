import type { Carteira } from '../../../contract/account';
import { describeTerms } from '../../../domain/account/carteiraTerms';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { instant } from '../../parts/format';
import { ProblemNote } from '../../parts/ProblemNote';
import { useTitle } from '../../parts/useTitle';
import { Link, places } from '../../router';
import { useMayAct } from '../../shell/session';
import { AccountForm } from './AccountForm';
import { AccountTest } from './AccountTest';
import { GuardSection } from './GuardSection';
import { BankReview } from './BankReview';
import { LimitsForm } from './LimitsForm';

/** One carteira: its rules, its account at the gateway and how healthy that is. */
export function CarteiraScreen({ id }: { id: number }) {
  useTitle(`Carteira ${id}`);
  const {
    data: carteira,
    problem,
    reload,
  } = useLoad((signal) => ask('GET /carteiras/{id}', { params: { id }, signal }), [id]);
  const administrator = useMayAct('administrador');
  const operator = useMayAct('operador');
  if (!carteira) return problem ? <ProblemNote problem={problem} /> : <p class="waiting">Carregando…</p>;
  const { account } = carteira;
  const terms = describeTerms(carteira);
  return (
    <>
      <h1>
        Carteira {carteira.id} · {carteira.description}
      </h1>
      <p>
        <Link to={`${places.emissao}?carteira=${id}`}>Emitir boletos desta carteira</Link>
        {' · '}
        <Link to={`${places.comunicacoes}?carteira=${id}`}>Comunicações desta carteira</Link>
      </p>
      <section class="panel" aria-labelledby="regras">
        <h2 id="regras">Cadastro</h2>
        <dl class="pairs">
          <Pair name="Convênio">{carteira.convenio || '—'}</Pair>
          <Pair name="Carteira no banco">{carteira.code || '—'}</Pair>
          <Pair name="Variação">{carteira.variation || '—'}</Pair>
          <Pair name="Agência e conta">
            {carteira.agency && carteira.bankAccount ? `${carteira.agency} / ${carteira.bankAccount}` : '—'}
          </Pair>
          <Pair name="Espécie">{carteira.especie}</Pair>
          <Pair name="Juros">{terms.interest}</Pair>
          <Pair name="Multa">{terms.fine}</Pair>
          <Pair name="Desconto">{terms.discount}</Pair>
          <Pair name="Depois do vencimento">{terms.writeOff}</Pair>
          <Pair name="Pix">{carteira.pix ? 'sim' : 'não'}</Pair>
          <Pair name="Ambiente">{carteira.homologation ? 'homologação: sem valor' : 'produção'}</Pair>
          <Pair name="Endereço do boleto">{carteira.addressSource === 'main' ? 'o do cadastro' : 'o de cobrança'}</Pair>
          <Pair name="Espera pela resposta do banco">{carteira.timeoutSeconds} s</Pair>
        </dl>
      </section>
      <section class="panel" aria-labelledby="conta">
        <h2 id="conta">Conta de gateway</h2>
        {account ? (
          <>
            <dl class="pairs">
              <Pair name="Gateway">{carteira.gateway}</Pair>
              <Pair name="Endereço">{account.baseUrl}</Pair>
              <Pair name="Autenticação">{account.authUrl ?? 'não dá token'}</Pair>
              <Pair name="Credenciais">
                {account.health.credentialsReadable
                  ? 'guardadas, cifradas'
                  : 'ilegíveis: cifradas com outra SECRETS_KEY'}
              </Pair>
              <Pair name="Certificado">
                {account.health.certificateExpiresAt
                  ? `vence em ${instant(account.health.certificateExpiresAt)}`
                  : 'não usa'}
              </Pair>
              <Pair name="Token">{tokenText(account.health.token)}</Pair>
              <Pair name="Próximo número">{account.nextNumber ?? '—'}</Pair>
              <Pair name="Carteiras da conta">{account.carteiras.join(', ')}</Pair>
            </dl>
            {operator ? <AccountTest id={id} /> : null}
            <LimitsForm id={id} limits={account.limits} mayChange={administrator} onDone={reload} />
          </>
        ) : (
          <p>Sem conta: nada pode ser comunicado.</p>
        )}
        {administrator ? <AccountForm carteira={carteira} onDone={reload} /> : null}
      </section>
      <GuardSection id={id} mayChange={administrator} />
      {account ? <BankReview carteira={carteira} mayStart={operator} onDone={reload} /> : null}
    </>
  );
}

function Pair({ name, children }: { name: string; children: string | number | null | (string | number)[] }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

type Token = NonNullable<Carteira['account']>['health']['token'];
function tokenText(token: Token): string {
  if (!token) return 'nenhum pedido ainda';
  if (token.refusedInARow > 0) return `recusado ${token.refusedInARow} vezes seguidas: teste a conta`;
  return token.usableUntil ? `vale até ${instant(token.usableUntil)}` : 'recusado pelo banco: teste a conta';
}
