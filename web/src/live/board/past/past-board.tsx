import type { PastBoard } from '@centralita/contract';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../../../session/error-text.view-model.ts';
import { usePlace } from '../../../session/session.tsx';
import { formatClock, formatDuration, formatLongDay } from '../../../ui/format.ts';
import { nameOfParty } from '../../../ui/party.ts';
import { Failure, Skeleton } from '../../../ui/parts.tsx';
import { AtInstant } from '../../live.tsx';
import { AgentsTable } from '../agents-table.tsx';
import { Figures } from '../figures.tsx';
import { QueueTiles } from '../queue-tiles.tsx';
import { PastBar } from './past-bar.tsx';
import './past.css';
import { usePastBoard } from './use-past-board.ts';

export interface PastBoardProps {
  readonly topic: 'board' | 'demo-board';
  readonly at: number;
  readonly goTo: (at: number | null) => void;
}

/** The board as it was at a moment. Nothing in it ticks, and the bar above it says so. */
export function PastBoardView({ topic, at, goTo }: PastBoardProps) {
  const { t } = useTranslation();
  const place = usePlace();
  const { board, error } = usePastBoard(topic, at);
  const firstAt = board?.firstAt ?? null;
  return (
    <>
      <PastBar at={at} shownAt={error === null ? (board?.at ?? null) : at} firstAt={firstAt} goTo={goTo} />
      {error !== null ? (
        <section className="card">
          <Failure title={t('board.past.failedTitle')} text={[errorText(error, t), firstAt === null ? '' : t('board.past.begins', { day: formatLongDay(firstAt, place), time: formatClock(firstAt, place) })].join(' ').trim()} />
        </section>
      ) : board === null ? (
        <section className="card pad-24" aria-label={t('board.states.loadingTitle')}>
          <Skeleton lines={12} height={28} />
        </section>
      ) : (
        <AtInstant at={board.at}>
          <Shown board={topic === 'board' ? board : withoutConversations(board)} linked={topic === 'board'} />
        </AtInstant>
      )}
    </>
  );
}

/** What the account that lives by itself said to whom is in its own history, which nobody reads. */
const withoutConversations = (board: PastBoard): PastBoard => ({ ...board, agents: board.agents.map((agent) => ({ ...agent, conversationId: null })) });

function Shown({ board, linked }: { readonly board: PastBoard; readonly linked: boolean }) {
  const statuses = useMemo(() => new Map(board.statuses.map((status) => [status.statusId, status])), [board.statuses]);
  return (
    <>
      <Figures totals={board.totals} queues={board.queues} />
      <QueueTiles queues={board.queues} />
      <WhoWaited board={board} linked={linked} />
      <AgentsTable agents={board.agents} statuses={statuses} />
    </>
  );
}

/** Each leads to what came of it: why somebody waited so long is in that conversation's timeline. */
function WhoWaited({ board: { at, waiting }, linked }: { readonly board: PastBoard; readonly linked: boolean }) {
  const { t } = useTranslation();
  return (
    <section className="card who-waited" aria-labelledby="who-waited">
      <h2 id="who-waited">{t('board.past.waiting')}</h2>
      {waiting.length === 0 ? (
        <p className="muted">{t('board.past.nobody')}</p>
      ) : (
        <ul>
          {waiting.map(({ waitingId, conversationId, customer, queueName, queuedAt }) => (
            <li key={waitingId}>
              {linked ? (
                <Link to="/history/$conversationId" params={{ conversationId }}>
                  {nameOfParty(customer, t)}
                </Link>
              ) : (
                <b>{nameOfParty(customer, t)}</b>
              )}
              <span className="muted">{queueName}</span>
              <span className="num">{t('board.past.waited', { time: formatDuration(at - queuedAt) })}</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
