import type { BoardAgent, BoardStatus } from '@centralita/contract';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconBell, IconCircle, IconCircleDashed, IconHeadset, IconPencil, IconPhone, IconPhoneCalling, IconPlayerPause, IconSearch } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useMemo, useRef, useState, type ComponentType, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration, formatNumber } from '../../ui/format.ts';
import { presentLanguage } from '../../i18n/index.ts';
import { StatusIcon } from '../../shell/status-icon.tsx';
import { useDensity } from '../../ui/density.ts';
import { nameOfParty } from '../../ui/party.ts';
import { Empty, Face } from '../../ui/parts.tsx';
import { readPreference, writePreference } from '../../ui/preferences.ts';
import { Elapsed } from '../elapsed.tsx';
import { useIsNow, useNowInSteps } from '../live.tsx';
import { AGENT_FILTERS, AGENT_SORTS, countByFilter, fits, isAway, isLate, searchAgents, sortAgents, type AgentFilter, type AgentSort } from './board.view-model.ts';

const ROW_PX = { comfortable: 39, compact: 31 } as const;
const CARD_PX = 98;

/** Limits that run out are looked at every five seconds, or the rows would dance under the pointer. */
const STEP_MS = 5_000;

/** One row per agent. Only the rows in sight exist, so that 2,000 agents cost what 20 do. */
/** On a board of the past, who somebody was with leads to that conversation. */
type ShownAgent = BoardAgent & { readonly conversationId?: string | null };

export const AgentsTable = memo(function AgentsTable({ agents, statuses }: { readonly agents: readonly ShownAgent[]; readonly statuses: ReadonlyMap<string, BoardStatus> }) {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<AgentFilter>('all');
  const [sort, setSort] = useState<AgentSort>(() => AGENT_SORTS.find((known) => known === readPreference('board-sort')) ?? 'attention');
  const [search, setSearch] = useState('');
  const coarse = useNowInSteps(STEP_MS) + STEP_MS;
  const counts = useMemo(() => countByFilter(agents, coarse), [agents, coarse]);
  const rows = useMemo<readonly ShownAgent[]>(() => sortAgents(searchAgents(agents.filter((agent) => fits(agent, filter, coarse)), search), sort, coarse), [agents, filter, search, sort, coarse]);
  return (
    <section className="card people" aria-label={t('board.agents.label')}>
      <div className="head">
        <h2>{t('board.agents.label')}</h2>
        <div className="seg" role="group" aria-label={t('board.agents.filter')}>
          {AGENT_FILTERS.filter((option) => option !== 'offline' || counts.offline > 0).map((option) => (
            <button key={option} type="button" aria-pressed={filter === option} onClick={() => setFilter(option)}>
              {t(`board.agents.filters.${option}`)}
              <span className="n">{formatNumber(counts[option], presentLanguage())}</span>
            </button>
          ))}
        </div>
        <div className="end">
          <label className="find">
            <IconSearch className="i i-s" aria-hidden={true} />
            <input type="search" aria-label={t('board.agents.search')} placeholder={t('board.agents.search')} value={search} onChange={(event) => setSearch(event.target.value)} />
          </label>
          <select
            className="field sort"
            aria-label={t('board.agents.sort')}
            value={sort}
            onChange={(event) => {
              const chosen = AGENT_SORTS.find((known) => known === event.target.value) ?? 'attention';
              setSort(chosen);
              writePreference('board-sort', chosen);
            }}
          >
            {AGENT_SORTS.map((option) => (
              <option key={option} value={option}>
                {t(`board.agents.sorts.${option}`)}
              </option>
            ))}
          </select>
        </div>
      </div>
      {agents.length === 0 ? (
        <Empty icon={<IconHeadset aria-hidden={true} />} title={t('board.agents.emptyTitle')}>
          <p className="muted">{t('board.agents.empty')}</p>
        </Empty>
      ) : rows.length === 0 ? (
        <Empty icon={<IconSearch aria-hidden={true} />} title={t('board.agents.emptyFiltered')}>
          <button
            type="button"
            className="btn"
            onClick={() => {
              setFilter('all');
              setSearch('');
            }}
          >
            {t('board.agents.clear')}
          </button>
        </Empty>
      ) : (
        <Rows rows={rows} statuses={statuses} />
      )}
    </section>
  );
});

const COLUMNS = ['agent', 'extension', 'state', 'time', 'limit', 'with', 'queue', 'answered', 'average'] as const;

function Rows({ rows, statuses }: { readonly rows: readonly ShownAgent[]; readonly statuses: ReadonlyMap<string, BoardStatus> }) {
  const { t } = useTranslation();
  const narrow = useMediaQuery('(max-width: 719px)', false, { getInitialValueInEffect: false });
  const density = useDensity();
  const scroller = useRef<HTMLDivElement>(null);
  const height = narrow ? CARD_PX : ROW_PX[density];
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => height, overscan: 8 });
  useEffect(() => virtual.measure(), [virtual, height]);
  return (
    <div ref={scroller} className="rows" role="table" aria-label={t('board.agents.label')} aria-rowcount={rows.length + 1} tabIndex={0}>
      <div role="rowgroup" className="rows-head">
        <div role="row" className="tr" aria-rowindex={1}>
          {COLUMNS.map((column) => (
            <span key={column} role="columnheader" className={`c-${column}`}>
              {t(`board.agents.columns.${column}`)}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="rows-body" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const agent = rows[item.index]!;
          // By place, not by person: when the order changes, rows change their words instead of being made anew.
          return <Row key={item.index} agent={agent} status={statuses.get(agent.statusId)} index={item.index + 2} top={item.start} />;
        })}
      </div>
    </div>
  );
}

type Look = readonly [tone: 'green' | 'amber' | 'violet' | 'red' | 'grey', icon: ComponentType<{ className?: string; 'aria-hidden'?: boolean }>];
const looks: Readonly<Record<BoardAgent['activity'], Look>> = {
  talking: ['green', IconPhone],
  holding: ['green', IconPlayerPause],
  dialing: ['green', IconPhoneCalling],
  idle: ['green', IconCircle],
  offered: ['amber', IconBell],
  'after-service': ['violet', IconPencil],
  'not-answering': ['red', IconAlertTriangle],
  offline: ['grey', IconCircleDashed],
};

interface RowProps {
  readonly agent: ShownAgent;
  readonly status: BoardStatus | undefined;
  readonly index: number;
  readonly top: number;
}

/** Rendered again only when its agent changed, or ran over the limit; the time ticks by itself. */
const Row = memo(function Row({ agent, status, index, top }: RowProps) {
  const { t } = useTranslation();
  const late = useIsNow((now) => isLate(agent, now));
  const who = agent.with === null ? (agent.activity === 'not-answering' ? t('board.agents.returned') : '') : nameOfParty(agent.with, t);
  return (
    <div role="row" aria-rowindex={index} className={late ? 'tr late' : 'tr'} style={{ transform: `translateY(${top}px)` }}>
      <span role="cell" className="c-agent who">
        <Face name={agent.name} size="s" />
        <span>{agent.name}</span>
      </span>
      <span role="cell" className="c-extension faint">
        {agent.extension}
      </span>
      <State agent={agent} status={status}>
        {late ? <span className="sr">{t('board.agents.late')}</span> : null}
      </State>
      <span role="cell" className="c-time time">
        {agent.activity === 'offline' ? '' : <Elapsed since={agent.since} />}
      </span>
      <span role="cell" className="c-limit lim">
        {agent.limitMs === null ? '' : formatDuration(agent.limitMs)}
      </span>
      <span role="cell" className="c-with">
        <Conversation id={agent.conversationId}>{agent.activity === 'after-service' && who ? t('board.agents.after', { name: who }) : who}</Conversation>
      </span>
      <span role="cell" className="c-queue muted">
        {agent.queueName}
      </span>
      <span role="cell" className="c-answered">
        {agent.answeredToday}
      </span>
      <span role="cell" className="c-average">
        {agent.averageHandleMs === null ? '–' : formatDuration(agent.averageHandleMs)}
      </span>
    </div>
  );
});

function Conversation({ id, children }: { readonly id: string | null | undefined; readonly children: ReactNode }) {
  if (!id) return children;
  return (
    <Link to="/history/$conversationId" params={{ conversationId: id }}>
      {children}
    </Link>
  );
}

/** What the agent does; while nothing goes on in a status that takes no work, that status, in the language of the screen. */
function State({ agent, status, children }: { readonly agent: BoardAgent; readonly status: BoardStatus | undefined; readonly children: ReactNode }) {
  const { t } = useTranslation();
  const [tone, Icon] = looks[agent.activity];
  if (isAway(agent)) {
    return (
      <span role="cell" className="c-state st violet">
        <StatusIcon icon={status?.icon ?? 'away'} takesWork={false} />
        {status?.names[presentLanguage()] ?? agent.statusName}
        {children}
      </span>
    );
  }
  return (
    <span role="cell" className={`c-state st ${tone}`}>
      <Icon className="i" aria-hidden={true} />
      {t(`common.activities.${agent.activity}`)}
      {children}
    </span>
  );
}
