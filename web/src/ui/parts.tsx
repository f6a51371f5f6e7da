import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import { initials } from './format.ts';

export type Tone = 'green' | 'violet' | 'amber' | 'red' | 'petrol' | 'grey';

export function Chip({ tone = 'grey', icon, children }: { readonly tone?: Tone; readonly icon?: ReactNode; readonly children: ReactNode }) {
  return (
    <span className={`chip num ${tone}`}>
      {icon}
      {children}
    </span>
  );
}

export function Face({ name, size = 'm' }: { readonly name: string | null; readonly size?: 's' | 'm' | 'l' }) {
  return (
    <span className={`face ${size}`} aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** Three bars; the word beside it says the same. */
export function Signal({ level }: { readonly level: 'good' | 'fair' | 'poor' | 'unknown' }) {
  return (
    <span className={`signal ${level}`} aria-hidden="true">
      <i />
      <i />
      <i />
    </span>
  );
}

/** Keeps the layout while something loads. */
export function Skeleton({ lines = 3, height = 16 }: { readonly lines?: number; readonly height?: number }) {
  const { t } = useTranslation();
  return (
    <div className="skeletons" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton" style={{ height, width: `${[92, 74, 84, 66][index % 4]}%` }} />
      ))}
    </div>
  );
}

export function Empty({ icon, title, children }: { readonly icon?: ReactNode; readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      {icon ? <span className="empty-icon">{icon}</span> : null}
      <p className="empty-title">{title}</p>
      {children}
    </div>
  );
}

export function Failure({ title, text, retry }: { readonly title: string; readonly text: string; readonly retry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <div className="empty failure" role="alert">
      <span className="empty-icon">
        <IconAlertTriangle aria-hidden="true" />
      </span>
      <p className="empty-title">{title}</p>
      <p className="muted">{text}</p>
      {retry ? (
        <button type="button" className="btn" onClick={retry}>
          <IconRefresh className="i i-s" aria-hidden="true" />
          {t('common.retry')}
        </button>
      ) : null}
    </div>
  );
}
