import { useState } from 'preact/hooks';
import { applyTheme, storedTheme, themeLabels, themes, type Theme } from '../../shell/theme';

/** Light or dark: of this browser, not of the person. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme);
  const choose = (chosen: Theme) => {
    applyTheme(chosen);
    setTheme(chosen);
  };
  return (
    <section class="panel" aria-labelledby="tela">
      <h2 id="tela">Tela</h2>
      <label class="theme">
        <span>Tema neste navegador</span>
        <select value={theme} onChange={(event) => choose(event.currentTarget.value as Theme)}>
          {themes.map((each) => (
            <option key={each} value={each}>
              {themeLabels[each]}
            </option>
          ))}
        </select>
      </label>
    </section>
  );
}
