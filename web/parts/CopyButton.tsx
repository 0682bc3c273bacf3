import { useState } from 'preact/hooks';

/** Copies a text; where the browser does not let us, the text is there to be selected. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [told, setTold] = useState('');
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setTold('Copiado.'),
      () => setTold('O navegador não deixou copiar: selecione o texto.'),
    );
  };
  return (
    <>
      <button type="button" onClick={copy}>
        Copiar {what}
      </button>
      <span role="status">{told}</span>
    </>
  );
}
