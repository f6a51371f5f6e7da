import type { Language } from '@centralita/kernel';
import { createInstance, type TFunction } from 'i18next';
import { en } from '../i18n/en/index.ts';
import { es } from '../i18n/es/index.ts';

/** The real texts, without a page. */
export function texts(language: Language): TFunction {
  const instance = createInstance();
  // With its resources at hand and no backend, i18next is ready when `init` returns.
  void instance.init({ lng: language, resources: { es: { translation: es }, en: { translation: en } }, interpolation: { escapeValue: false }, fallbackLng: false, initAsync: false });
  return instance.t;
}
