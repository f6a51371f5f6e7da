import { LANGUAGES, type Language } from '@centralita/kernel';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { readPreference, writePreference } from '../ui/preferences.ts';

// Each language is a chunk of its own: nobody downloads the other one.
const load: Record<Language, () => Promise<object>> = {
  es: async () => (await import('./es/index.ts')).es,
  en: async () => (await import('./en/index.ts')).en,
};

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
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await load[language]() } },
    fallbackLng: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  document.documentElement.lang = language;
}

export async function chooseLanguage(language: Language, remember = true): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) i18next.addResourceBundle(language, 'translation', await load[language]());
  if (remember) writePreference('language', language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export const presentLanguage = (): Language => (i18next.language === 'en' ? 'en' : 'es');
export const hasChosenLanguage = (): boolean => isLanguage(readPreference('language'));
