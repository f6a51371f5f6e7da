import { useMutation } from '@tanstack/react-query';
import { IconHistory } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../session/api.ts';
import { errorText } from '../../session/error-text.view-model.ts';
import { may, queryClient, usePlace, useSession } from '../../session/session.tsx';
import { formatClock } from '../../ui/format.ts';
import { Failure, Skeleton } from '../../ui/parts.tsx';
import { toast } from '../../ui/toasts.tsx';
import { useFeedConnected, useFollowed, useLive } from '../live.tsx';
import { AgentsTable } from './agents-table.tsx';
import { readBoard } from './board.view-model.ts';
import { Figures } from './figures.tsx';
import { QueueTiles } from './queue-tiles.tsx';
import './board.css';

/** Its code comes when somebody looks back. */
const PastBoard = lazy(async () => ({ default: (await import('./past/past-board.tsx')).PastBoardView }));
/** Where looking back begins. */
const JUST_BEFORE_MS = 10_000;
const wholeSecond = (at: number): number => Math.floor(at / 1_000) * 1_000;

/** The center as it is now (S4.12 to S4.14); the board of the live demo looks the same and says that it is simulated. */
export function BoardPage() {
  const { t } = useTranslation();
  const { liveDemo } = useSession();
  const { at } = useSearch({ from: '/signed-in/live' });
  const navigate = useNavigate();
  const goTo = (moment: number | null): void => void navigate({ to: '/live', search: moment === null ? {} : { at: moment }, replace: at !== undefined && moment !== null });
  const [shown, setShown] = useState<'board' | 'demo-board'>('board');
  const past = at !== undefined;
  useEffect(() => {
    document.title = `${past ? `${t('board.past.badge')} · ` : ''}${t('board.title')} · ${t('common.productName')}`;
  }, [t, past]);
  // A demo that was switched off has nothing to show.
  const topic = liveDemo.running ? shown : 'board';
  return (
    <main className={past ? 'board past' : 'board'} id="content" tabIndex={-1}>
      {past ? (
        <>
          <Title topic={topic} choose={setShown} updatedAt={0} simulated={topic === 'demo-board'} past={true} goTo={goTo} />
          <Suspense fallback={<Loading />}>
            <PastBoard key={topic} topic={topic} at={at} goTo={goTo} />
          </Suspense>
        </>
      ) : (
        <BoardOf key={topic} topic={topic} choose={setShown} goTo={goTo} />
      )}
    </main>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <section className="card pad-24" aria-label={t('board.states.loadingTitle')}>
      <Skeleton lines={12} height={28} />
    </section>
  );
}

interface Choosing {
  readonly topic: 'board' | 'demo-board';
  readonly choose: (topic: 'board' | 'demo-board') => void;
  /** To a moment of the past, or back to now. */
  readonly goTo: (at: number | null) => void;
}

function BoardOf({ topic, choose, goTo }: Choosing) {
  const { t } = useTranslation();
  const { state, status, refusal, updatedAt } = useFollowed(topic);
  const board = useMemo(() => readBoard(state), [state]);
  const simulated = board.totals?.simulated ?? topic === 'demo-board';
  return (
    <>
      <Title topic={topic} choose={choose} updatedAt={updatedAt} simulated={simulated} past={false} goTo={goTo} />
      {status === 'refused' && refusal === 'overloaded' ? (
        <Failure title={t('board.states.pausedTitle')} text={t('board.states.pausedText')} />
      ) : status === 'refused' ? (
        <Failure title={t('board.states.refusedTitle')} text={t(refusal === 'not-found' ? 'errors.not-found' : 'errors.forbidden')} />
      ) : board.totals === null ? (
        <Loading />
      ) : (
        <>
          <Figures totals={board.totals} queues={board.queues} />
          <QueueTiles queues={board.queues} />
          <AgentsTable agents={board.agents} statuses={board.statuses} />
        </>
      )}
    </>
  );
}

function Title({ topic, choose, updatedAt, simulated, past, goTo }: Choosing & { readonly updatedAt: number; readonly simulated: boolean; readonly past: boolean }) {
  const { t } = useTranslation();
  const place = usePlace();
  const connected = useFeedConnected();
  const session = useSession();
  const { feed } = useLive();
  return (
    <div className="title">
      <h1>{past ? t('board.past.title') : t('board.title')}</h1>
      {simulated ? <span className="chip violet">{t('board.simulatedBadge')}</span> : null}
      {updatedAt === 0 ? null : connected ? (
        <span className="small faint num live">{t('board.updated', { time: formatClock(updatedAt, place) })}</span>
      ) : (
        <span className="small bad-text num" role="status">
          {t('board.states.lostText', { time: formatClock(updatedAt, place) })}
        </span>
      )}
      <div className="end">
        {past ? null : (
          <button type="button" className="btn" title={t('board.past.openHint')} onClick={() => goTo(wholeSecond(feed.clock.now()) - JUST_BEFORE_MS)}>
            <IconHistory className="i i-s" aria-hidden={true} />
            {t('board.past.open')}
          </button>
        )}
        {session.liveDemo.running ? (
          <div className="seg" role="group" aria-label={t('board.demoView')}>
            <button type="button" aria-pressed={topic === 'board'} onClick={() => choose('board')}>
              {session.account.name}
            </button>
            <button type="button" aria-pressed={topic === 'demo-board'} onClick={() => choose('demo-board')}>
              {t('board.demoSimulated')}
            </button>
          </div>
        ) : null}
        {session.liveDemo.available && may(session, 'demo:switch') ? <DemoSwitch choose={choose} /> : null}
      </div>
    </div>
  );
}

function DemoSwitch({ choose }: { readonly choose: (topic: 'board' | 'demo-board') => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const run = useMutation({
    mutationFn: (running: boolean) => api.runDemo(running),
    onSuccess: (liveDemo) => {
      queryClient.setQueryData(['session'], { ...session, liveDemo });
      choose(liveDemo.running ? 'demo-board' : 'board');
    },
    onError: (error) => toast(errorText(error, t)),
  });
  const running = run.isPending ? run.variables : session.liveDemo.running;
  return (
    <button type="button" role="switch" aria-checked={running} className="sw" title={t('board.demoHint')} onClick={() => run.isPending || run.mutate(!running)}>
      <i aria-hidden="true" />
      {t('board.demo')}
    </button>
  );
}
