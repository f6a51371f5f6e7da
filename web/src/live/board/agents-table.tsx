import type { BoardAgent } from '@centralita/contract';
import { useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle, IconBell, IconCircle, IconCircleDashed, IconCoffee, IconPencil, IconPhone, IconPhoneCalling, IconPlayerPause, IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useDeferredValue, useMemo, useRef, useState, type ComponentType } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../ui/format.ts';
import { nameOfParty } from '../../ui/party.ts';
import { Face } from '../../ui/parts.tsx';
import { readPreference, writePreference } from '../../ui/preferences.ts';
import { useNow } from '../live.tsx';
import { AGENT_FILTERS, AGENT_SORTS, countByFilter, fits, isAway, isLate, searchAgents, sortAgents, type AgentFilter, type AgentSort } from './board.view-model.ts';

const ROW_PX = 39;
const CARD_PX = 98;

/** One row per agent. Only the rows in sight exist, so that 2,000 agents cost what 20 do. */
export function AgentsTable({ agents: present }: { readonly agents: readonly BoardAgent[] }) {
  const { t } = useTranslation();
  // A burst of 500 changed rows is sorted when the browser has time for it; typing and scrolling go first.
  const agents = useDeferredValue(present);
  const now = useNow();
  const [filter, setFilter] = useState<AgentFilter>('all');
  const [sort, setSort] = useState<AgentSort>(() => AGENT_SORTS.find((known) => known === readPreference('board-sort')) ?? 'attention');
  const [search, setSearch] = useState('');
  const counts = useMemo(() => countByFilter(agents, now), [agents, now]);
  // Order follows limits that run out: looked at every five seconds, or the rows would dance under the pointer.
  const coarse = Math.floor(now / 5_000) * 5_000 + 5_000;
  const rows = useMemo(() => sortAgents(searchAgents(agents.filter((agent) => fits(agent, filter, coarse)), search), sort, coarse), [agents, filter, search, sort, coarse]);
  return (
    <section className="card people" aria-label={t('board.agents.label')}>
      <div className="head">
        <h2>{t('board.agents.label')}</h2>
        <div className="seg" role="group" aria-label={t('board.agents.filter')}>
          {AGENT_FILTERS.filter((option) => option !== 'offline' || counts.offline > 0).map((option) => (
            <button key={option} type="button" aria-pressed={filter === option} onClick={() => setFilter(option)}>
              {t(`board.agents.filters.${option}`)}
              <span className="n">{counts[option]}</span>
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
      {rows.length === 0 ? (
        <div className="empty">
          <p className="muted">{agents.length === 0 ? t('board.agents.empty') : t('board.agents.emptyFiltered')}</p>
          {agents.length === 0 ? null : (
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
          )}
        </div>
      ) : (
        <Rows rows={rows} now={now} />
      )}
    </section>
  );
}

function Rows({ rows, now }: { readonly rows: readonly BoardAgent[]; readonly now: number }) {
  const { t } = useTranslation();
  const narrow = useMediaQuery('(max-width: 719px)', false, { getInitialValueInEffect: false });
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => (narrow ? CARD_PX : ROW_PX), getItemKey: (index) => rows[index]!.userId, overscan: 8 });
  const columns = ['agent', 'extension', 'state', 'time', 'limit', 'with', 'queue', 'answered', 'average'] as const;
  return (
    <div ref={scroller} className="rows" role="table" aria-label={t('board.agents.label')} aria-rowcount={rows.length + 1} tabIndex={0} key={narrow ? 'cards' : 'rows'}>
      <div role="rowgroup" className="rows-head">
        <div role="row" className="tr" aria-rowindex={1}>
          {columns.map((column) => (
            <span key={column} role="columnheader" className={`c-${column}`}>
              {t(`board.agents.columns.${column}`)}
            </span>
          ))}
        </div>
      </div>
      <div role="rowgroup" className="rows-body" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const agent = rows[item.index]!;
          return <Row key={agent.userId} agent={agent} index={item.index + 2} top={item.start} now={agent.activity === 'offline' ? 0 : now} />;
        })}
      </div>
    </div>
  );
}

type Look = readonly [tone: 'green' | 'violet' | 'amber' | 'red' | 'grey', icon: ComponentType<{ className?: string; 'aria-hidden'?: boolean }>];
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
const awayLook: Look = ['violet', IconCoffee];

const Row = memo(function Row({ agent, index, top, now }: { readonly agent: BoardAgent; readonly index: number; readonly top: number; readonly now: number }) {
  const { t } = useTranslation();
  const away = isAway(agent);
  const [tone, Icon] = away ? awayLook : looks[agent.activity];
  const late = isLate(agent, now);
  const who = agent.with === null ? (agent.activity === 'not-answering' ? t('board.agents.returned') : '') : nameOfParty(agent.with, t);
  return (
    <div role="row" aria-rowindex={index} className={`tr ${late ? 'late' : ''}`} style={{ transform: `translateY(${top}px)` }}>
      <span role="cell" className="c-agent who">
        <Face name={agent.name} size="s" />
        {agent.name}
      </span>
      <span role="cell" className="c-extension faint">
        {agent.extension}
      </span>
      <span role="cell" className={`c-state st ${tone}`}>
        <Icon className="i" aria-hidden={true} />
        {away ? agent.statusName : t(`common.activities.${agent.activity}`)}
        {late ? <span className="sr">{t('board.agents.late')}</span> : null}
      </span>
      <span role="cell" className="c-time time">
        {agent.activity === 'offline' ? '' : formatDuration(now - agent.since)}
      </span>
      <span role="cell" className="c-limit lim">
        {agent.limitMs === null ? '' : formatDuration(agent.limitMs)}
      </span>
      <span role="cell" className="c-with">
        {agent.activity === 'after-service' && who ? t('board.agents.after', { name: who }) : who}
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
