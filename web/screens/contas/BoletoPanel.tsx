import type { BoletoView } from '../../api/types';
import { CopyButton } from '../../parts/CopyButton';
import { Download } from '../../parts/Download';
import { instant } from '../../parts/format';
import { Qr } from '../../parts/Qr';

interface BoletoPanelProps {
  receivableId: number;
  boleto: BoletoView;
  due: string;
  amount: string;
}

/** What the payer needs of a registered boleto. Before the bank has it, there is nothing to hand out. */
export function BoletoPanel({ receivableId, boleto, due, amount }: BoletoPanelProps) {
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
        <p class="hint">Sem Pix.</p>
      )}
    </section>
  );
}

/** As banks print it: 5.5 5.6 5.6 1 14. */
function formatLine(digits: string): string {
  return digits.replace(/^(\d{5})(\d{5})(\d{5})(\d{6})(\d{5})(\d{6})(\d)(\d{14})$/, '$1.$2 $3.$4 $5.$6 $7 $8');
}
