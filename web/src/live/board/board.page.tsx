import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../session/api.ts';
import { errorText } from '../../session/error-text.view-model.ts';
import { may, queryClient, usePlace, useSession } from '../../session/session.tsx';
import { formatClock } from '../../ui/format.ts';
import { Failure, Skeleton } from '../../ui/parts.tsx';
import { toast } from '../../ui/toasts.tsx';
import { useFeedConnected, useFollowed } from '../live.tsx';
import { AgentsTable } from './agents-table.tsx';
import { readBoard } from './board.view-model.ts';
import { Figures } from './figures.tsx';
import { QueueTiles } from './queue-tiles.tsx';
import './board.css';

/** The center as it is now (S4.12 to S4.14); the board of the live demo looks the same and says that it is simulated. */
export function BoardPage() {
  const { t } = useTranslation();
  const { liveDemo } = useSession();
  const [shown, setShown] = useState<'board' | 'demo-board'>('board');
  useEffect(() => {
    document.title = `${t('board.title')} · ${t('common.productName')}`;
  }, [t]);
  // A demo that was switched off has nothing to show.
  const topic = liveDemo.running ? shown : 'board';
  return (
    <main className="board" id="content" tabIndex={-1}>
      <BoardOf key={topic} topic={topic} choose={setShown} />
    </main>
  );
}

function BoardOf({ topic, choose }: { readonly topic: 'board' | 'demo-board'; readonly choose: (topic: 'board' | 'demo-board') => void }) {
  const { t } = useTranslation();
  const { state, status, refusal, updatedAt } = useFollowed(topic);
  const board = useMemo(() => readBoard(state), [state]);
  const simulated = board.totals?.simulated ?? topic === 'demo-board';
  return (
    <>
      <Title topic={topic} choose={choose} updatedAt={updatedAt} simulated={simulated} />
      {status === 'refused' ? (
        <Failure title={t('board.states.refusedTitle')} text={t(refusal === 'not-found' ? 'errors.not-found' : 'errors.forbidden')} />
      ) : board.totals === null ? (
        <section className="card pad-24" aria-label={t('board.states.loadingTitle')}>
          <Skeleton lines={12} height={28} />
        </section>
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

function Title({ topic, choose, updatedAt, simulated }: { readonly topic: 'board' | 'demo-board'; readonly choose: (topic: 'board' | 'demo-board') => void; readonly updatedAt: number; readonly simulated: boolean }) {
  const { t } = useTranslation();
  const place = usePlace();
  const connected = useFeedConnected();
  const session = useSession();
  return (
    <div className="title">
      <h1>{t('board.title')}</h1>
      {simulated ? <span className="chip violet">{t('board.simulatedBadge')}</span> : null}
      {updatedAt === 0 ? null : connected ? (
        <span className="small faint num live">{t('board.updated', { time: formatClock(updatedAt, place) })}</span>
      ) : (
        <span className="small bad-text num" role="status">
          {t('board.states.lostText', { time: formatClock(updatedAt, place) })}
        </span>
      )}
      <div className="end">
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
