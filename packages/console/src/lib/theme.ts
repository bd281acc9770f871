export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'gateway-theme';
const THEMES: readonly string[] = ['auto', 'light', 'dark'] satisfies Theme[];

/** As the person chose it in this browser; `auto`: as the system has it. */
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

/** Calls back whenever colours have changed, by the person or by the system. @returns what ends that. */
export function onThemeChange(listener: () => void): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  listeners.add(listener);
  system.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    system.removeEventListener('change', listener);
  };
}
