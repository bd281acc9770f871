export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'gateway-theme';
const THEMES: readonly string[] = ['auto', 'light', 'dark'] satisfies Theme[];

/** The person's choice in this browser; `auto`: the system's theme. */
export function readTheme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept !== null && THEMES.includes(kept) ? (kept as Theme) : 'auto';
}

export function applyTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  if (theme === 'auto') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  for (const listener of listeners) listener();
}

const listeners = new Set<() => void>();

/** Calls `listener` when the colours have changed, by the person or the system. @returns a function that stops it. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}
