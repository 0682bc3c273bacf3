export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];
export const themeLabels: Record<Theme, string> = { auto: 'do sistema', light: 'claro', dark: 'escuro' };

const KEY = 'boletos.tema';

export function storedTheme(): Theme {
  try {
    const stored = localStorage.getItem(KEY);
    return themes.find((theme) => theme === stored) ?? 'auto';
  } catch {
    return 'auto';
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing: the theme lasts as long as the page.
  }
}
