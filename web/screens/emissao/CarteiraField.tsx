import { useId, useState } from 'preact/hooks';
import type { CarteiraSummary } from '../../../contract/account';
import { ask } from '../../api/ask';
import { useLoad } from '../../api/useLoad';
import { useDebounced } from '../../parts/useDebounced';

const RESTS_MS = 200;
const SHOWN = 12;

interface CarteiraFieldProps {
  /** What is typed: an ID, or part of a name. */
  text: string;
  onText(text: string): void;
  /** Why this one cannot be communicated. */
  error?: string | undefined;
  required?: boolean;
}

/** The carteira by its ID, or found by its name in a list; what is chosen leaves its ID in the field. */
export function CarteiraField({ text, onText, error, required }: CarteiraFieldProps) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const wanted = useDebounced(text.trim(), RESTS_MS);
  const { data } = useLoad((signal) => ask('GET /carteiras', { query: { q: wanted }, signal }), [wanted]);
  const found = (data?.items ?? []).slice(0, SHOWN);
  const chosen = /^\d+$/.test(text.trim()) ? found.find((carteira) => carteira.id === Number(text)) : undefined;
  const choose = (carteira: CarteiraSummary) => {
    onText(String(carteira.id));
    setOpen(false);
    setActive(-1);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setOpen(true);
      setActive(Math.max(-1, Math.min(found.length - 1, active + step)));
    } else if (event.key === 'Enter') {
      // Enter takes a suggestion or ends the typing; what it never does is send a form.
      event.preventDefault();
      if (open && found[active]) choose(found[active]);
      else setOpen(false);
    } else if (event.key === 'Escape' && open) {
      event.stopPropagation();
      setOpen(false);
    }
  };
  // An ID that is one needs no suggestion, which would only cover what comes next.
  const shows = open && found.length > 0 && !chosen;
  return (
    <div class="field combo">
      <label for={id}>ID da Carteira de Cobrança</label>
      <input
        id={id}
        role="combobox"
        autocomplete="off"
        aria-autocomplete="list"
        aria-expanded={shows}
        aria-controls={`${id}-list`}
        aria-describedby={`${id}-hint ${id}-error`}
        aria-invalid={error !== undefined}
        {...(shows && active >= 0 ? { 'aria-activedescendant': `${id}-${active}` } : {})}
        aria-required={required ?? false}
        value={text}
        onInput={(event) => {
          onText(event.currentTarget.value);
          setOpen(true);
          setActive(-1);
        }}
        onFocus={() => setOpen(text.trim() === '')}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label="Sugestões" hidden={!shows}>
        {found.map((carteira, index) => (
          <li
            key={carteira.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            // Before the field loses the focus, which would close the list.
            onPointerDown={(event) => {
              event.preventDefault();
              choose(carteira);
            }}
          >
            {carteira.id} · {carteira.description}
          </li>
        ))}
      </ul>
      <small id={`${id}-hint`} class="hint" aria-live="polite">
        {error ? '' : hintOf(text.trim(), wanted, chosen, found.length, data !== undefined)}
      </small>
      {error ? (
        <small id={`${id}-error`} class="error" role="alert">
          {error}
        </small>
      ) : null}
    </div>
  );
}

function hintOf(
  text: string,
  asked: string,
  chosen: CarteiraSummary | undefined,
  found: number,
  answered: boolean,
): string {
  if (chosen) return chosen.gateway === null ? `${chosen.description}: sem conta de gateway` : chosen.description;
  if (text === '' || !answered || text !== asked) return 'O ID, ou parte do nome';
  if (/^\d+$/.test(text)) return `Não há carteira ${text}, ou não é da sua filial`;
  return found === 0 ? 'Nenhuma carteira com este nome' : 'Escolha uma da lista';
}
