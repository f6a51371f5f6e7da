import { useTranslation } from 'react-i18next';

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="alone">
      <div className="empty">
        <h1 className="empty-title">{t('shell.notFoundTitle')}</h1>
        <p className="muted">{t('shell.notFoundText')}</p>
        <a className="btn primary" href="/workspace">
          {t('shell.goToWorkspace')}
        </a>
      </div>
    </main>
  );
}

/** A screen that threw: what was kept, and the way out. */
export function Crashed() {
  const { t } = useTranslation();
  return (
    <main className="alone">
      <div className="empty failure" role="alert">
        <h1 className="empty-title">{t('shell.crashedTitle')}</h1>
        <p className="muted">{t('shell.crashedText')}</p>
        <button type="button" className="btn primary" onClick={() => location.reload()}>
          {t('shell.reload')}
        </button>
      </div>
    </main>
  );
}
