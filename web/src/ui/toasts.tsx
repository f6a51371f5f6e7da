import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';

interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

const STAY_MS = 7_000;
const MOST = 4;
let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

/** Says in passing what became of an action. Refusals stay longer on purpose: they carry the way out. */
export function toast(text: string, tone: Toast['tone'] = 'bad'): void {
  const id = next++;
  toasts = [...toasts.filter((present) => present.text !== text), { id, tone, text }].slice(-MOST);
  setTimeout(() => dismiss(id), tone === 'bad' ? STAY_MS : STAY_MS / 2);
  tell();
}

function dismiss(id: number): void {
  toasts = toasts.filter((present) => present.id !== id);
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}

export function Toasts() {
  const { t } = useTranslation();
  const present = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status" aria-live="polite">
      {present.map(({ id, tone, text }) => (
        <div key={id} className={`toast ${tone}`}>
          {tone === 'bad' ? <IconAlertTriangle className="i" aria-hidden="true" /> : <IconCheck className="i" aria-hidden="true" />}
          <span>{text}</span>
          <button type="button" className="btn plain icon" aria-label={t('common.close')} onClick={() => dismiss(id)}>
            <IconX className="i i-s" aria-hidden="true" />
          </button>
        </div>
      ))}
    </div>
  );
}
