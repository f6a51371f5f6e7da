import { CONVERSATION_ENDINGS, DIRECTIONS } from '@centralita/kernel';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { isFiltered, PERIODS, readSearch, type HistorySearch } from './history.view-model.ts';

type Names = readonly (readonly [string, string])[];

export function HistoryFilters({ search, change, queues, agents }: { readonly search: HistorySearch; readonly change: (search: HistorySearch) => void; readonly queues: Names; readonly agents: Names }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const set = (part: Partial<HistorySearch>) => change({ ...search, ...part });
  return (
    <div className={`filters ${open ? 'open' : ''}`} role="search" aria-label={t('history.filters.label')}>
      <NumberFilter value={search.number} change={(number) => set({ number })} />
      <button type="button" className="btn only-phone" aria-expanded={open} onClick={() => setOpen(!open)}>
        <IconAdjustmentsHorizontal className="i i-s" aria-hidden={true} />
        {open ? t('history.filters.fewer') : t('history.filters.more')}
      </button>
      <Choice label={t('history.filters.period')} value={search.period} change={(period) => set({ period: PERIODS.find((known) => known === period) ?? 'any' })}>
        {PERIODS.map((period) => (
          <option key={period} value={period}>
            {t(`history.filters.periods.${period}`)}
          </option>
        ))}
      </Choice>
      {search.period === 'custom' ? (
        <>
          <label className="f">
            <span>{t('history.filters.from')}</span>
            <input type="date" className="field" value={search.from} max={search.to || undefined} onChange={(event) => set({ from: event.target.value })} />
          </label>
          <label className="f">
            <span>{t('history.filters.to')}</span>
            <input type="date" className="field" value={search.to} min={search.from || undefined} onChange={(event) => set({ to: event.target.value })} />
          </label>
        </>
      ) : null}
      <Choice label={t('history.filters.queue')} value={search.queue} change={(queue) => set({ queue })}>
        <NamedOptions any={t('history.filters.anyF')} names={queues} />
      </Choice>
      <Choice label={t('history.filters.agent')} value={search.agent} change={(agent) => set({ agent })}>
        <NamedOptions any={t('history.filters.any')} names={agents} />
      </Choice>
      <Choice label={t('history.filters.ending')} value={search.ending} change={(ending) => set({ ending })}>
        <NamedOptions any={t('history.filters.any')} names={CONVERSATION_ENDINGS.map((ending) => [ending, t(`common.endings.${ending}`)])} />
      </Choice>
      <Choice label={t('history.filters.direction')} value={search.direction} change={(direction) => set({ direction })}>
        <NamedOptions any={t('history.filters.any')} names={DIRECTIONS.map((direction) => [direction, t(`common.directions.${direction}`)])} />
      </Choice>
      {isFiltered(search) ? (
        <button type="button" className="btn plain clear" onClick={() => change(readSearch({}))}>
          {t('history.filters.clear')}
        </button>
      ) : null}
    </div>
  );
}

function Choice({ label, value, change, children }: { readonly label: string; readonly value: string; readonly change: (value: string) => void; readonly children: ReactNode }) {
  return (
    <label className="f">
      <span>{label}</span>
      <select className="field" value={value} onChange={(event) => change(event.target.value)}>
        {children}
      </select>
    </label>
  );
}

function NamedOptions({ any, names }: { readonly any: string; readonly names: Names }) {
  return (
    <>
      <option value="">{any}</option>
      {names.map(([id, name]) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </>
  );
}

/** Asks a little after the last key, not at each. */
function NumberFilter({ value, change }: { readonly value: string; readonly change: (value: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => change(typed), 350);
    return () => clearTimeout(timer);
  }, [typed, value, change]);
  return (
    <label className="f number">
      <span>{t('history.filters.number')}</span>
      <input className="field num" type="search" inputMode="tel" maxLength={32} placeholder={t('history.filters.numberPlaceholder')} value={typed} onChange={(event) => setTyped(event.target.value)} />
    </label>
  );
}
