import { Dialog } from '../../parts/Dialog';

const keys: readonly (readonly [string, string])[] = [
  [
    'Enter',
    'Salva e vai para a próxima falha. Se a prévia ainda recusa, diz por quê; Enter de novo salva assim mesmo.',
  ],
  ['Page Down', 'Pula esta falha, sem salvar.'],
  ['Page Up', 'Volta à falha anterior.'],
  ['Tab', 'Vai ao campo seguinte.'],
  ['Esc', 'Volta os campos ao que está gravado.'],
  ['?', 'Mostra estas teclas.'],
];

export function Keys({ onClose }: { onClose(): void }) {
  return (
    <Dialog title="Teclas da correção" onClose={onClose}>
      <dl class="keys">
        {keys.map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="primary" onClick={onClose}>
        Fechar
      </button>
    </Dialog>
  );
}
