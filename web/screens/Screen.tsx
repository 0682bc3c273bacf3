import { places, usePlace } from '../router';
import { Batches } from './comunicacoes/Batches';
import { BatchWindow } from './comunicacao/BatchWindow';
import { Emissao } from './emissao/Emissao';
import { Titulos } from './contas/Titulos';
import { TituloForm } from './contas/TituloForm';
import { History } from './contas/History';
import { Carteiras } from './carteiras/Carteiras';
import { CarteiraScreen } from './carteiras/CarteiraScreen';
import { Holidays } from './feriados/Holidays';
import { DueSoon } from './vencendo/DueSoon';
import { StillPayable } from './pagaveis/StillPayable';
import { Today } from './hoje/Today';
import { People } from './usuarios/People';
import { Audit } from './auditoria/Audit';
import { Confirmed } from './conta/Confirmed';
import { OwnAccount } from './conta/OwnAccount';
import { UnknownErrors } from './erros/UnknownErrors';
import { Webhooks } from './webhooks/Webhooks';
import { WebhookScreen } from './webhooks/WebhookScreen';

/** The screen of the present address. */
export function Screen() {
  const { path } = usePlace();
  const [room, id = '', part] = path.slice(1).split('/').map(decodeURIComponent);
  // Shown as it is: an address that changed by itself would close what was opened in the menu meanwhile.
  if (path === '/' || path === places.hoje) return <Today />;
  if (path === places.emissao) return <Emissao />;
  if (room === 'comunicacoes') return id ? <BatchWindow key={id} batchId={id} /> : <Batches />;
  if (room === 'contas-a-receber' && part === 'historia' && /^\d+$/.test(id))
    return <History key={id} receivableId={Number(id)} />;
  if (room === 'contas-a-receber' && id && part === undefined) return <TituloForm key={id} name={id} />;
  if (path === places.contas) return <Titulos />;
  if (room === 'carteiras') return /^\d+$/.test(id) ? <CarteiraScreen key={id} id={Number(id)} /> : <Carteiras />;
  if (path === places.feriados) return <Holidays />;
  if (path === places.vencendo) return <DueSoon />;
  if (path === places.pagaveis) return <StillPayable />;
  if (path === places.erros) return <UnknownErrors />;
  if (path === places.usuarios) return <People />;
  if (path === places.auditoria) return <Audit />;
  if (room === 'webhooks') return id ? <WebhookScreen key={id} id={id} /> : <Webhooks />;
  if (path === places.conta) return <OwnAccount />;
  if (path === places.confirmacao) return <Confirmed />;
  return (
    <>
      <h1>Esta tela não existe</h1>
      <p>Escolha outra no menu.</p>
    </>
  );
}
