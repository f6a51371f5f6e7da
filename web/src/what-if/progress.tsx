import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { readProgress } from './what-if-api.ts';

/** A simulated day takes 50 ms to 5 s: often enough to be seen moving. */
const ASK_EVERY_MS = 500;

/** How far the simulation that runs now is; empty until its process has begun. Mount it anew for each, so that nothing of the one before shows. */
export function Progress() {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: ['what-if progress'], queryFn: ({ signal }) => readProgress(signal), refetchInterval: ASK_EVERY_MS, gcTime: 0 });
  const days = data?.days ?? null;
  const text = days ? t('whatIf.progress.days', { done: days.done, of: days.of }) : t('whatIf.progress.starting');
  return (
    <div className="progress">
      <div role="progressbar" aria-label={t('whatIf.progress.label')} aria-valuemin={0} aria-valuemax={days?.of ?? 1} aria-valuenow={days?.done} aria-valuetext={text}>
        <i style={{ width: days ? `${(100 * days.done) / days.of}%` : 0 }} />
      </div>
      <span className="small muted num" aria-hidden="true">
        {text}
      </span>
    </div>
  );
}
