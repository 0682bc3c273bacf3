import { useState } from 'preact/hooks';
import type { EarlierBoleto } from '../../../contract/receivable';
import { ask } from '../../api/ask';
import { ReasonDialog } from '../../parts/ReasonDialog';

interface EarlierBoletoNoteProps {
  receivableId: number;
  earlier: EarlierBoleto;
  mayAct: boolean;
  onDecided(): void;
}

/** The boleto of another system: it keeps the título out of every communication until a person says otherwise. */
export function EarlierBoletoNote({ receivableId, earlier, mayAct, onDecided }: EarlierBoletoNoteProps) {
  const [deciding, setDeciding] = useState(false);
  const { ourNumber, linhaDigitavel, chargeId, link, pixTxid, ignored, key } = earlier;
  const verb = ignored ? 'Deixar de fora' : 'Registrar mesmo assim';
  const decide = async (reason: string) => {
    const decision = ignored ? 'manter' : 'ignorar';
    await ask('POST /titulos/{id}/boleto-anterior', { params: { id: receivableId }, body: { decision, reason, key } });
    onDecided();
  };
  return (
    <section class="panel" aria-labelledby="boleto-anterior">
      <h2 id="boleto-anterior">Boleto de outro sistema</h2>
      <p>
        {ignored
          ? 'Alguém decidiu: este título é registrado mesmo assim, na próxima comunicação.'
          : 'Fica de fora das comunicações: com outro boleto, o cliente poderia pagar duas vezes.'}
      </p>
      <dl class="pairs">
        <Pair name="Nosso número anterior" value={ourNumber} />
        <Pair name="Linha digitável anterior" value={linhaDigitavel} />
        <Pair name="Número da cobrança anterior" value={chargeId} />
        <Pair name="Endereço do boleto anterior" value={link} />
        <Pair name="Txid do Pix anterior" value={pixTxid} />
      </dl>
      {mayAct ? (
        <button type="button" onClick={() => setDeciding(true)}>
          {verb}
        </button>
      ) : null}
      {deciding ? (
        <ReasonDialog
          title={`${verb}: cobrança ${receivableId}`}
          verb={ignored ? 'Confirmar que fica de fora' : 'Confirmar o registro'}
          danger={!ignored}
          reason="required"
          onConfirm={decide}
          onClose={() => setDeciding(false)}
        >
          <p>
            {ignored
              ? 'O título volta a ficar de fora de toda comunicação.'
              : 'A próxima comunicação dá ao título um boleto novo. Confira antes se o anterior está baixado no banco: enquanto não estiver, o cliente tem dois boletos que pode pagar.'}
          </p>
        </ReasonDialog>
      ) : null}
    </section>
  );
}

function Pair({ name, value }: { name: string; value: string | null }) {
  if (value === null) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd class="code">{value}</dd>
    </div>
  );
}
