import { useState } from 'preact/hooks';
import type { BoletoView } from '../../../contract/receivable';
import { ask } from '../../api/ask';
import { CopyButton } from '../../parts/CopyButton';
import { Download } from '../../parts/Download';
import { instant } from '../../parts/format';
import { Qr } from '../../parts/Qr';

interface BoletoPanelProps {
  receivableId: number;
  boleto: BoletoView;
  due: string;
  amount: string;
  mayAct: boolean;
}

/** What the payer needs of a registered boleto. Before the bank has it, there is nothing to hand out. */
export function BoletoPanel({ receivableId, boleto, due, amount, mayAct }: BoletoPanelProps) {
  const { ourNumber, linhaDigitavel, pixEmv, registeredAt, link } = boleto;
  if (!linhaDigitavel)
    return ourNumber ? <p class="facts">Nosso número {ourNumber}, ainda sem registro no banco</p> : null;
  return (
    <section class="panel boleto" aria-labelledby="boleto">
      <h2 id="boleto">Boleto registrado</h2>
      <p class="facts">
        <span>Nosso número {ourNumber}</span>
        <span>{amount}</span>
        <span>vence em {due}</span>
        <span>registrado em {instant(registeredAt)}</span>
      </p>
      <h3>Linha digitável</h3>
      <p class="code">{formatLine(linhaDigitavel)}</p>
      <div class="buttons">
        <CopyButton text={linhaDigitavel} what="linha digitável" />
        <Download class="button" path={`/titulos/${receivableId}/documento`}>
          PDF
        </Download>
        {link ? (
          <a class="button" href={link} target="_blank" rel="noreferrer">
            No site do banco
          </a>
        ) : null}
      </div>
      {pixEmv ? (
        <>
          <h3>Pix copia e cola</h3>
          <div class="pix">
            <Qr text={pixEmv} label="QR do Pix" />
            <div>
              <p class="code">{pixEmv}</p>
              <CopyButton text={pixEmv} what="Pix" />
            </div>
          </div>
        </>
      ) : (
        <MissingPix {...{ receivableId, boleto, mayAct }} />
      )}
    </section>
  );
}

/** Its carteira asks for a Pix, and the bank gave none: it is fetched by itself, and a person can ask anew. */
function MissingPix({ receivableId, boleto, mayAct }: Pick<BoletoPanelProps, 'receivableId' | 'boleto' | 'mayAct'>) {
  const [asked, setAsked] = useState<'not' | 'asking' | 'asked' | 'refused'>('not');
  if (!boleto.withoutPix) return <p class="hint">Sem Pix.</p>;
  const { pixFetch } = boleto;
  const again = () => {
    setAsked('asking');
    ask('POST /titulos/{id}/pix', { params: { id: receivableId } }).then(
      () => setAsked('asked'),
      () => setAsked('refused'),
    );
  };
  const givenUp = pixFetch !== null && pixFetch.dueAt === null;
  return (
    <>
      <h3>Registrado sem Pix</h3>
      <p>
        A carteira pede Pix, e o banco ainda não o deu.{' '}
        {givenUp ? 'Já não é pedido sozinho.' : 'Ele é pedido de novo sozinho.'}
        {pixFetch?.message ? ` Na última tentativa: ${pixFetch.message}` : ''}
      </p>
      {mayAct && asked !== 'asked' ? (
        <button type="button" disabled={asked === 'asking'} onClick={again}>
          Pedir o Pix de novo
        </button>
      ) : null}
      <p role="status">
        {asked === 'asked' ? 'Pedido ao banco: aparece aqui quando vier.' : ''}
        {asked === 'refused' ? 'O pedido não foi aceito: recarregue a tela e tente de novo.' : ''}
      </p>
    </>
  );
}

/** As banks print it: 5.5 5.6 5.6 1 14. */
function formatLine(digits: string): string {
  return digits.replace(/^(\d{5})(\d{5})(\d{5})(\d{6})(\d{5})(\d{6})(\d)(\d{14})$/, '$1.$2 $3.$4 $5.$6 $7 $8');
}
