import type { RealDay, WhatIfAnswer, WhatIfFigure, WhatIfQuestion } from '@centralita/contract';
import { IconAdjustmentsHorizontal, IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { type ComponentProps, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { presentLanguage } from '../i18n/index.ts';
import { formatNumber } from '../ui/format.ts';
import { Empty } from '../ui/parts.tsx';
import { Chart, Legend } from './chart.tsx';
import type { Simulated } from './use-simulation.ts';
import { type Draft, figuresShown, shownPlaces, timeOf, verdict } from './what-if.view-model.ts';

interface ResultsProps {
  readonly last: Simulated | null;
  readonly day: RealDay | null;
  readonly draft: Draft;
  readonly running: boolean;
  readonly stale: boolean;
}

/** The figures as charts with one cursor; on the whole day while it stands at its beginning. */
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
      <Charts queue={last?.answer.queue ?? null} day={day} shown={shown} at={at} choose={setCursor} target={target} />
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
      {last?.answer.secondQueue ? (
        <section className="other" aria-labelledby="other-queue">
          <h2 id="other-queue">{t('whatIf.second.title')}</h2>
          <Charts queue={last.answer.secondQueue} day={null} shown={shown} at={at} choose={setCursor} target={target} />
        </section>
      ) : null}
      {last ? <p className="small muted">{t('whatIf.bandHint')}</p> : null}
    </section>
  );
}

type ChartsProps = Pick<ComponentProps<typeof Chart>, 'queue' | 'day' | 'shown' | 'at' | 'choose'> & { readonly target: WhatIfQuestion['target'] };

function Charts({ target, ...rest }: ChartsProps) {
  return (
    <div className="charts" onPointerLeave={() => rest.choose(null)}>
      {figuresShown(rest.queue, rest.day).map((name) => (
        <Chart key={name} name={name} target={name === 'serviceLevel' ? target : null} seconds={target.withinSeconds} {...rest} />
      ))}
    </div>
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
