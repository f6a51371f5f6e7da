import type { RealDay, WhatIfAnswer, WhatIfFigure } from '@centralita/contract';
import { IconAdjustmentsHorizontal, IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { presentLanguage } from '../i18n/index.ts';
import { formatNumber } from '../ui/format.ts';
import { Empty } from '../ui/parts.tsx';
import { Chart, Legend } from './chart.tsx';
import { useFigureText } from './figure-text.ts';
import type { Simulated } from './use-simulation.ts';
import { type Draft, FIGURES, shownPlaces, timeOf, verdict } from './what-if.view-model.ts';

interface ResultsProps {
  readonly last: Simulated | null;
  readonly day: RealDay | null;
  readonly draft: Draft;
  readonly running: boolean;
  readonly stale: boolean;
}

/** The four figures as charts with one cursor; on the whole day while it stands at its beginning. */
export function Results({ last, day, draft, running, stale }: ResultsProps) {
  const { t } = useTranslation();
  const [cursor, setCursor] = useState<number | null>(null);
  const shown = shownPlaces(last?.question ?? draft);
  const at = cursor !== null && shown.includes(cursor) ? cursor : null;
  if (last === null && day === null)
    return (
      <section className="card" aria-busy={running}>
        <Empty icon={<IconAdjustmentsHorizontal aria-hidden={true} />} title={t('whatIf.before')}>
          <p className="muted">{t('whatIf.beforeHint')}</p>
        </Empty>
      </section>
    );
  const target = (last?.question ?? draft).target;
  return (
    <section className={`card results ${running || stale ? 'old' : ''}`} aria-busy={running} aria-label={t('whatIf.title')}>
      <div className="head">
        <h2 className="num">{at === null ? t('whatIf.wholeDay') : t('whatIf.at', { time: timeOf(at) })}</h2>
        <Legend simulated={last !== null} real={day !== null} />
      </div>
      {last ? <Verdict figure={last.answer.queue.whole.serviceLevel} target={target.share} answer={last.answer} /> : <p className="small muted">{t('whatIf.before')}</p>}
      <div className="charts" onPointerLeave={() => setCursor(null)}>
        {FIGURES.map((name) => (
          <Chart key={name} name={name} shown={shown} queue={last?.answer.queue ?? null} day={day} at={at} choose={setCursor} target={name === 'serviceLevel' ? target : null} seconds={target.withinSeconds} />
        ))}
      </div>
      <label className="cursor small">
        <span className="muted">{t('whatIf.cursor')}</span>
        <input
          type="range"
          min={-1}
          max={shown.length - 1}
          value={at === null ? -1 : shown.indexOf(at)}
          aria-valuetext={at === null ? t('whatIf.wholeDay') : t('whatIf.at', { time: timeOf(at) })}
          title={t('whatIf.cursorHint')}
          onChange={(event) => setCursor(shown[Number(event.target.value)] ?? null)}
        />
      </label>
      {last?.answer.secondQueue ? <SecondQueue queue={last.answer.secondQueue} /> : null}
      {last ? <p className="small muted">{t('whatIf.bandHint')}</p> : null}
    </section>
  );
}

const VERDICTS = { kept: IconCircleCheck, sometimes: IconAlertTriangle, missed: IconCircleX } as const;

function Verdict({ figure, target, answer }: { readonly figure: WhatIfFigure; readonly target: number; readonly answer: WhatIfAnswer }) {
  const { t } = useTranslation();
  const found = verdict(figure, target);
  if (found === null) return null;
  const Icon = VERDICTS[found];
  return (
    <p className={`verdict ${found}`}>
      <Icon className="i" aria-hidden={true} />
      <b>{t(`whatIf.verdict.${found}`)}</b>
      <span className="small faint num">{t('whatIf.days', { count: answer.simulatedDays, calls: formatNumber(answer.simulatedCalls, presentLanguage()) })}</span>
    </p>
  );
}

function SecondQueue({ queue }: { readonly queue: NonNullable<WhatIfAnswer['secondQueue']> }) {
  const { t } = useTranslation();
  const text = useFigureText();
  return (
    <div className="other">
      <h3>{t('whatIf.second.title')}</h3>
      <dl>
        {FIGURES.map((name) => (
          <div key={name}>
            <dt>{t(`whatIf.figures.${name}`)}</dt>
            <dd className="num">
              {text.value(name, queue.whole[name].value)} <span className="small muted">{text.band(name, queue.whole[name])}</span>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
