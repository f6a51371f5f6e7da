import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useLive } from '../live/live.tsx';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { may, useSession } from '../session/session.tsx';
import { Empty, Failure, Skeleton } from '../ui/parts.tsx';
import { filterOf, isFiltered, namesIn, readSearch, writeSearch, type HistorySearch } from './history.view-model.ts';
import { HistoryFilters } from './history-filters.tsx';
import { listAgents, listQueues } from './history-api.ts';
import { HistoryTable } from './history-table.tsx';
import './history.css';

export function HistoryPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const raw = useSearch({ from: '/signed-in/history' });
  const search = useMemo(() => readSearch(raw), [raw]);
  const { timeZone } = useSession();
  const { feed } = useLive();
  const list = useInfiniteQuery({
    queryKey: ['conversations', search],
    queryFn: ({ pageParam, signal }) => api.conversations({ ...filterOf(search, feed.clock.now(), timeZone), limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  });
  useEffect(() => {
    document.title = `${t('history.title')} · ${t('common.productName')}`;
  }, [t]);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const names = useNames(rows);
  const change = (next: HistorySearch) => void navigate({ to: '/history', search: writeSearch(next), replace: true });
  return (
    <main className="page history" id="content" tabIndex={-1}>
      <div className="hd">
        <h1>{t('history.title')}</h1>
        {list.data ? <span className="small faint num">{t(list.hasNextPage ? 'history.countMore' : 'history.count', { count: rows.length })}</span> : null}
      </div>
      <HistoryFilters search={search} change={change} queues={names.queues} agents={names.agents} />
      <section className="card list" aria-label={t('history.title')} aria-busy={list.isFetching}>
        {list.isPending ? (
          <div className="pad-16">
            <Skeleton lines={12} height={24} />
          </div>
        ) : list.error && rows.length === 0 ? (
          <Failure title={t('history.errorTitle')} text={errorText(list.error, t)} retry={() => void list.refetch()} />
        ) : rows.length === 0 ? (
          <Empty icon={<IconHistory aria-hidden={true} />} title={isFiltered(search) ? t('history.emptyFiltered') : t('history.empty')}>
            {isFiltered(search) ? (
              <button type="button" className="btn" onClick={() => change(readSearch({}))}>
                {t('history.filters.clear')}
              </button>
            ) : (
              <p className="muted">{t('history.emptyHint')}</p>
            )}
          </Empty>
        ) : (
          <HistoryTable rows={rows} />
        )}
      </section>
      {rows.length > 0 ? (
        <div className="more">
          {list.hasNextPage ? (
            <button type="button" className="btn" disabled={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {list.isFetchingNextPage ? t('history.loadingMore') : t('history.loadMore')}
            </button>
          ) : (
            <p className="small faint">{t('history.end')}</p>
          )}
        </div>
      ) : null}
    </main>
  );
}

/** Names to filter by: the lists where the role may read them, and whatever was met in the rows. */
function useNames(rows: Parameters<typeof namesIn>[0]) {
  const session = useSession();
  const queues = useQuery({ queryKey: ['queues'], queryFn: ({ signal }) => listQueues(signal), enabled: may(session, 'queues:read'), staleTime: 300_000 });
  const agents = useQuery({ queryKey: ['agents'], queryFn: ({ signal }) => listAgents(signal), enabled: may(session, 'agents:edit-skills'), staleTime: 300_000 });
  const met = namesIn(rows);
  return {
    queues: [...new Map([...met.queues, ...(queues.data?.items ?? []).map(({ queueId, name }) => [queueId, name] as const)])],
    agents: [...new Map([...met.agents, ...(agents.data?.items ?? []).map(({ userId, name }) => [userId, name] as const)])],
  };
}
