import { IconArrowDownLeft, IconArrowUpRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { wantMoreTexts } from '../i18n/index.ts';
import { useNow } from '../live/live.tsx';
import { api } from '../session/api.ts';
import { queryClient, usePlace } from '../session/session.tsx';
import { dayKey, formatDay, formatDuration, formatTime } from '../ui/format.ts';
import { Skeleton } from '../ui/parts.tsx';
import { conversationOf, type Moment } from './moment.view-model.ts';
import { useBefore } from './use-before.ts';

// With its words, which are not among those of the first screen.
const Timeline = lazy(async () => {
  const [{ Timeline: loaded }] = await Promise.all([import('../history/timeline.tsx'), wantMoreTexts()]);
  return { default: loaded };
});

/** The right panel: this call's timeline, and what was said before. */
export function ContextPanel({ moment }: { readonly moment: Moment }) {
  const { t } = useTranslation();
  const conversationId = conversationOf(moment);
  if (conversationId === null) return (
      <div className="side-empty">
        <h2 className="eyebrow">{t('workspace.context.title')}</h2>
        <p className="muted small">{t('workspace.context.empty')}</p>
      </div>
    );
  return (
    <>
      <ThisCall conversationId={conversationId} life={lifeOf(moment)} />
      <Before conversationId={conversationId} number={partyOf(moment)?.number ?? ''} />
    </>
  );
}

const partyOf = (moment: Moment) => (moment.kind === 'ringing' ? moment.offer.caller : moment.kind === 'call' ? moment.call.other : moment.kind === 'after-service' ? moment.afterService.caller : null);
const lifeOf = (moment: Moment): string => (moment.kind === 'call' ? `${moment.call.state}${moment.call.since}${moment.call.recording}` : moment.kind);

function ThisCall({ conversationId, life }: { readonly conversationId: string; readonly life: string }) {
  const { t } = useTranslation();
  const { data, isPending } = useQuery({ queryKey: ['conversation', conversationId], queryFn: ({ signal }) => api.conversation(conversationId, signal) });
  useEffect(() => {
    const timer = setTimeout(() => void queryClient.invalidateQueries({ queryKey: ['conversation', conversationId] }), 500);
    return () => clearTimeout(timer);
  }, [conversationId, life]);
  return (
    <section>
      <h2 className="eyebrow">{t('workspace.context.thisCall')}</h2>
      {isPending ? <Skeleton lines={5} /> : data && data.timeline.length > 0 ? <Suspense fallback={<Skeleton lines={5} />}><Timeline conversation={data} compact /></Suspense> : <p className="muted small">{t('workspace.context.noTimeline')}</p>}
    </section>
  );
}

function Before({ conversationId, number }: { readonly conversationId: string; readonly number: string }) {
  const { t } = useTranslation();
  const place = usePlace();
  const now = useNow();
  const rows = useBefore(conversationId, number);
  return (
    <section>
      <h2 className="eyebrow">{t('workspace.context.before')}</h2>
      {rows === null ? (
        <Skeleton lines={3} />
      ) : rows.length === 0 ? (
        <p className="muted small">{t(number === '' ? 'workspace.context.noNumber' : 'workspace.context.noBefore')}</p>
      ) : (
        <ul className="prev">
          {rows.map((row) => {
            const Icon = row.direction === 'outbound' ? IconArrowUpRight : IconArrowDownLeft;
            const today = dayKey(row.startedAt, place.timeZone) === dayKey(now, place.timeZone);
            return (
              <li key={row.conversationId}>
                <Link to="/history/$conversationId" params={{ conversationId: row.conversationId }}>
                  <Icon className="i" aria-hidden={true} />
                  <b>{row.agentName ?? row.queueName ?? t(`common.directions.${row.direction}`)}</b>
                  <time>{today ? t('common.todayAt', { time: formatTime(row.startedAt, place) }) : formatDay(row.startedAt, place)}</time>
                  <p>{[row.ending ? t(`common.endings.${row.ending}`) : t('common.endings.live'), row.talkMs === null ? null : formatDuration(row.talkMs), row.outcome].filter((fact) => fact !== null).join(' · ')}</p>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
