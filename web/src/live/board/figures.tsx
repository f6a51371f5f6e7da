import type { BoardQueue, BoardTotals } from '@centralita/contract';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { presentLanguage } from '../../i18n/index.ts';
import { formatDuration, formatNumber, formatPercent } from '../../ui/format.ts';
import { Elapsed } from '../elapsed.tsx';
import { busyOf, commonTarget } from './board.view-model.ts';

interface FigureProps {
  readonly name: string;
  readonly value: string | null;
  readonly unit?: string;
  readonly tone?: 'wait' | 'bad' | '';
  /** 0 to 1; null draws an empty gauge. */
  readonly gauge: number | null;
  readonly gaugeTone?: 'wait' | 'bad' | 'flat' | '';
  readonly mark?: number | null;
  readonly below: ReactNode;
  readonly target?: string | null;
}

function Figure({ name, value, unit, tone = '', gauge, gaugeTone = '', mark = null, below, target }: FigureProps) {
  const { t } = useTranslation();
  return (
    <div className={`fig ${tone}`}>
      <p className="k">{name}</p>
      <p className="v">
        {value ?? '–'}
        {value !== null && unit ? <small>{unit}</small> : null}
      </p>
      <div className="gauge" aria-hidden="true">
        {gauge === null ? null : <i className={gaugeTone} style={{ width: `${Math.min(100, gauge * 100)}%` }} />}
        {mark === null ? null : <b style={{ left: `${mark * 100}%` }} />}
      </div>
      <p className="g">
        <span>{value === null ? t('board.figures.noData') : below}</span>
        <span>{target}</span>
      </p>
    </div>
  );
}

function Longest({ since }: { readonly since: number }) {
  const { t } = useTranslation();
  return (
    <>
      {t('board.figures.longest')} <Elapsed since={since} />
    </>
  );
}

/** The strip: six figures, each with what it counts and its target where there is one. */
export function Figures({ totals, queues }: { readonly totals: BoardTotals; readonly queues: readonly BoardQueue[] }) {
  const { t } = useTranslation();
  const language = presentLanguage();
  const target = commonTarget(queues);
  const missed = totals.serviceLevel !== null && target !== null && totals.serviceLevel < target;
  const abandoned = totals.offeredToday === 0 ? null : totals.abandonedToday / totals.offeredToday;
  const { busy, signedIn } = busyOf(totals);
  return (
    <section className="card strip" aria-label={t('board.figures.label')}>
      <Figure
        name={t('board.figures.serviceLevel')}
        value={totals.serviceLevel === null ? null : formatPercent(totals.serviceLevel, language)}
        unit="%"
        tone={missed ? 'bad' : ''}
        gauge={totals.serviceLevel}
        gaugeTone={missed ? 'bad' : ''}
        mark={target}
        below={totals.serviceLevelThresholdMs === null ? '' : t('board.figures.within', { count: totals.serviceLevelThresholdMs / 1_000 })}
        target={target === null ? null : t('board.figures.target', { value: `${formatPercent(target, language)} %` })}
      />
      <Figure
        name={t('board.figures.waiting')}
        value={formatNumber(totals.waiting, language)}
        tone={totals.waiting > 0 ? 'wait' : ''}
        gauge={Math.min(1, totals.waiting / 10)}
        gaugeTone="wait"
        below={totals.longestWaitSince === null ? t('board.figures.nobodyWaits') : <Longest since={totals.longestWaitSince} />}
      />
      <Figure
        name={t('board.figures.abandoned')}
        value={abandoned === null ? null : formatPercent(abandoned, language, 1)}
        unit="%"
        gauge={abandoned === null ? null : Math.min(1, abandoned * 10)}
        gaugeTone="flat"
        below={t('board.figures.ofOffered', { part: formatNumber(totals.abandonedToday, language), total: formatNumber(totals.offeredToday, language) })}
      />
      <Figure
        name={t('board.figures.handleTime')}
        value={totals.averageHandleMs === null ? null : formatDuration(totals.averageHandleMs)}
        gauge={totals.averageHandleMs === null ? null : totals.averageHandleMs / 600_000}
        gaugeTone="flat"
        below={t('board.figures.answered', { count: totals.answeredToday })}
      />
      <Figure name={t('board.figures.occupancy')} value={totals.occupancy === null ? null : formatPercent(totals.occupancy, language)} unit="%" gauge={totals.occupancy} below={t('board.figures.busy', { busy, total: signedIn })} />
      <Figure
        name={t('board.figures.lines')}
        value={formatNumber(totals.linesInUse, language)}
        unit={totals.lineLimit === null ? '' : t('board.figures.ofLimit', { limit: formatNumber(totals.lineLimit, language) })}
        gauge={totals.lineLimit === null ? null : totals.linesInUse / totals.lineLimit}
        gaugeTone={totals.lineLimit !== null && totals.linesInUse >= totals.lineLimit ? 'bad' : 'flat'}
        below={t('board.figures.linesDetail', { inbound: totals.linesInbound, outbound: totals.linesOutbound })}
      />
    </section>
  );
}
