import { LANGUAGES } from '@centralita/kernel';
import { useTranslation } from 'react-i18next';
import { chooseLanguage, presentLanguage } from '../i18n/index.ts';

/** For pages without a session; inside, the status menu has it. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  return (
    <div className="lang seg" role="group" aria-label={t('common.language')}>
      {LANGUAGES.map((language) => (
        <button key={language} type="button" lang={language} aria-pressed={presentLanguage() === language} onClick={() => void chooseLanguage(language)}>
          {t(`common.languages.${language}`)}
        </button>
      ))}
    </div>
  );
}
