import { type QueueView, WHAT_IF_LIMITS, type WhatIfDays } from '@centralita/contract';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { presentLanguage } from '../i18n/index.ts';
import { formatNumber } from '../ui/format.ts';
import { NumberField } from './number-field.tsx';
import { type Shape, SHAPES } from './what-if.view-model.ts';

/** What a question begins from: a real day, or a made-up one. */
export interface Beginning {
  readonly kind: 'real' | 'made-up';
  readonly date: string;
  readonly shape: Shape;
  readonly perDay: number;
}

interface BeginProps {
  readonly queue: QueueView;
  readonly queues: readonly QueueView[];
  readonly days: WhatIfDays['days'];
  readonly from: Beginning;
  readonly change: (from: Beginning) => void;
  readonly chooseQueue: (queueId: string) => void;
}

export function Begin({ queue, queues, days, from, change, chooseQueue }: BeginProps) {
  const { t } = useTranslation();
  const language = presentLanguage();
  const label = useId();
  const hasDays = days.some(({ calls }) => calls > 0);
  return (
    <>
      <label className="f">
        <span>{t('whatIf.queue')}</span>
        <select className="field" value={queue.queueId} onChange={(event) => chooseQueue(event.target.value)}>
          {queues.map(({ queueId, name }) => (
            <option key={queueId} value={queueId}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <div className="f" role="group" aria-labelledby={label}>
        <span id={label}>{t('whatIf.source.label')}</span>
        <div className="seg">
          <button type="button" aria-pressed={from.kind === 'real'} disabled={!hasDays} onClick={() => change({ ...from, kind: 'real' })}>
            {t('whatIf.source.real')}
          </button>
          <button type="button" aria-pressed={from.kind === 'made-up'} onClick={() => change({ ...from, kind: 'made-up' })}>
            {t('whatIf.source.madeUp')}
          </button>
        </div>
        {hasDays ? null : <p className="small muted">{t('whatIf.noDay')}</p>}
      </div>
      {from.kind === 'real' ? (
        <label className="f">
          <span>{t('whatIf.day')}</span>
          <select className="field" value={from.date} onChange={(event) => change({ ...from, date: event.target.value })}>
            {days.map(({ date, calls }) => (
              <option key={date} value={date}>
                {t('whatIf.dayOption', { date: dayName(date, language), count: calls, calls: formatNumber(calls, language) })}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <>
          <label className="f">
            <span>{t('whatIf.shape')}</span>
            <select className="field" value={from.shape} onChange={(event) => change({ ...from, shape: SHAPES.find((shape) => shape === event.target.value) ?? 'office' })}>
              {SHAPES.map((shape) => (
                <option key={shape} value={shape}>
                  {t(`whatIf.shapes.${shape}`)}
                </option>
              ))}
            </select>
          </label>
          <NumberField label={t('whatIf.callsPerDay')} value={from.perDay} min={1} max={WHAT_IF_LIMITS.callsPerDay} change={(perDay) => change({ ...from, perDay: Math.round(perDay) })} />
        </>
      )}
    </>
  );
}

/** A date belongs to the account's calendar: its noon in UTC, told in UTC, is that date. */
const dayName = (date: string, language: ReturnType<typeof presentLanguage>): string => new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(Date.parse(`${date}T12:00:00Z`));
