import { useState } from 'preact/hooks';

/** Longer than this it pushes the columns beside it away. */
const LONGEST = 48;

/** A text that may be long: cut, and whole when somebody asks for it, by mouse or by keyboard. */
export function Clipped({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (text.length <= LONGEST) return <span class="whole">{text}</span>;
  return (
    <button
      type="button"
      class={whole ? 'clip whole' : 'clip'}
      aria-expanded={whole}
      title={whole ? '' : text}
      onClick={() => setWhole(!whole)}
    >
      {text}
    </button>
  );
}
