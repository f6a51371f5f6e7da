/** Choices that belong to this browser alone. A browser without storage simply does not remember. */
type Preference = 'language' | 'theme' | 'microphone' | 'speaker' | 'phone-panel' | 'board-sort' | 'density' | 'skip-silences';

export function readPreference(name: Preference): string | null {
  try {
    return localStorage.getItem(`centralita.${name}`);
  } catch {
    // Storage blocked by the browser's settings: there is nothing to read and nothing to repair.
    return null;
  }
}

export function writePreference(name: Preference, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`centralita.${name}`);
    else localStorage.setItem(`centralita.${name}`, value);
  } catch {
    // As above: the choice lasts until the page is closed.
    return;
  }
}
