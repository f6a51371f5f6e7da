import { readPreference, writePreference } from './preferences.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export function presentTheme(): Theme {
  const chosen = readPreference('theme');
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

/** `before.js` does the same before the first paint. */
export function chooseTheme(theme: Theme): void {
  writePreference('theme', theme === 'system' ? null : theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}
