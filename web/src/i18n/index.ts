import { LANGUAGES, type Language } from '@centralita/kernel';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { readPreference, writePreference } from '../ui/preferences.ts';

// A chunk per language and part: nobody downloads the other language, nor the words of screens that are not opened.
const parts = {
  first: { es: async () => (await import('./es/first.ts')).first, en: async () => (await import('./en/first.ts')).first },
  more: { es: async () => (await import('./es/more.ts')).more, en: async () => (await import('./en/more.ts')).more },
} satisfies Record<string, Record<Language, () => Promise<object>>>;
type Part = keyof typeof parts;

const wanted = new Set<Part>(['first']);
const loaded = new Set<string>();

/** What was chosen in this browser; else the browser's language where we have it; else Spanish. */
export function initialLanguage(browserLanguages: readonly string[] = navigator.languages): Language {
  const chosen = readPreference('language');
  if (isLanguage(chosen)) return chosen;
  const first = browserLanguages[0]?.slice(0, 2).toLowerCase();
  return isLanguage(first) ? first : 'es';
}

const isLanguage = (value: string | null | undefined): value is Language => LANGUAGES.some((language) => language === value);

export async function startTexts(): Promise<void> {
  const language = initialLanguage();
  await i18next.use(initReactI18next).init({ lng: language, resources: {}, fallbackLng: false, interpolation: { escapeValue: false }, returnNull: false });
  await loadParts(language);
  document.documentElement.lang = language;
}

/** For the routes of the other screens: their words come with their code. */
export async function wantMoreTexts(): Promise<void> {
  wanted.add('more');
  await loadParts(presentLanguage());
}

async function loadParts(language: Language): Promise<void> {
  await Promise.all(
    [...wanted].map(async (part) => {
      const key = `${language} ${part}`;
      if (loaded.has(key)) return;
      i18next.addResourceBundle(language, 'translation', await parts[part][language](), true);
      loaded.add(key);
    }),
  );
}

export async function chooseLanguage(language: Language, remember = true): Promise<void> {
  await loadParts(language);
  if (remember) writePreference('language', language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export const presentLanguage = (): Language => (i18next.language === 'en' ? 'en' : 'es');
export const hasChosenLanguage = (): boolean => isLanguage(readPreference('language'));
