import { useSyncExternalStore } from 'react';
import { readPreference, writePreference } from './preferences.ts';

export const DENSITIES = ['comfortable', 'compact'] as const;
export type Density = (typeof DENSITIES)[number];

const listeners = new Set<() => void>();

export const presentDensity = (): Density => (readPreference('density') === 'compact' ? 'compact' : 'comfortable');

/** How tightly lists are set; `before.js` does the same before the first paint. */
export function chooseDensity(density: Density): void {
  writePreference('density', density === 'comfortable' ? null : density);
  if (density === 'comfortable') delete document.documentElement.dataset['density'];
  else document.documentElement.dataset['density'] = density;
  for (const listener of listeners) listener();
}

const listen = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
const present = (): Density => (document.documentElement.dataset['density'] === 'compact' ? 'compact' : 'comfortable');

/** For lists that must know how high their rows are. */
export const useDensity = (): Density => useSyncExternalStore(listen, present);
