import type { RealDay, WhatIfAnswer, WhatIfQuestion } from '@centralita/contract';
import { useTranslation } from 'react-i18next';
import { useFigureText } from './figure-text.ts';
import { band, type FigureName, realOf, seriesOf, simulatedOf, stepLine, timeOf } from './what-if.view-model.ts';

interface ChartProps {
  readonly name: FigureName;
  readonly shown: readonly number[];
  readonly queue: WhatIfAnswer['queue'] | null;
  readonly day: RealDay | null;
  readonly at: number | null;
  readonly choose: (place: number | null) => void;
  readonly target: WhatIfQuestion['target'] | null;
  readonly seconds: number;
}

/** One figure through the day: a band and a line for what was simulated, dashes for what happened. The table says the same in numbers. */
export function Chart({ name, shown, queue, day, at, choose, target, seconds }: ChartProps) {
  const { t } = useTranslation();
  const text = useFigureText();
  const { simulated, real, top } = seriesOf(name, shown, queue, day);
  const now = simulatedOf(queue, at)?.[name];
  const was = realOf(day, at)?.[name];
  const title = t(`whatIf.figures.${name}`);
  const place = at === null ? -1 : shown.indexOf(at);
  return (
    <figure className="chart">
      <figcaption>
        <h3>{title}</h3>
        <p className="small faint">{t(`whatIf.explain.${name}`, { seconds })}</p>
        <p className="now num">
          {queue ? <b>{text.value(name, now?.value)}</b> : null}
          {now ? <span className="small muted">{text.band(name, now)}</span> : null}
          {day ? (
            <span className="was small">
              <i aria-hidden="true" />
              <span className="sr">{t('whatIf.real')}: </span>
              {text.value(name, was)}
            </span>
          ) : null}
        </p>
      </figcaption>
      <div
        className="plot"
        role="img"
        aria-label={t('whatIf.chart', { figure: title, simulated: text.value(name, queue?.whole[name].value), real: text.value(name, day?.whole[name]) })}
        onPointerMove={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          choose(shown[Math.max(0, Math.min(shown.length - 1, Math.floor(((event.clientX - left) / width) * shown.length)))] ?? null);
        }}
      >
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
          {[0, 50, 100].map((y) => (
            <path key={y} className="grid" d={`M0 ${y}H100`} />
          ))}
          {place >= 0 ? <rect className="here" x={(100 * place) / shown.length} y="0" width={100 / shown.length} height="100" /> : null}
          <path className="band" d={band(simulated, top)} />
          {target ? <path className="target" d={`M0 ${100 - (100 * target.share) / top}H100`} /> : null}
          <path className="real" d={stepLine(real, top)} />
          <path className="line" d={stepLine(simulated.map((one) => one?.value ?? null), top)} />
        </svg>
        <span className="top small faint num">{text.value(name, top)}</span>
      </div>
      <p className="hours small faint num" aria-hidden="true">
        {shown.map((half, index) => (half % 4 === 0 && index < shown.length - 2 ? <span key={half} style={{ left: `${(100 * index) / shown.length}%` }}>{timeOf(half)}</span> : null))}
      </p>
    </figure>
  );
}

export function Legend({ simulated, real }: { readonly simulated: boolean; readonly real: boolean }) {
  const { t } = useTranslation();
  return (
    <ul className="legend small">
      {simulated ? (
        <li>
          <i className="is-line" aria-hidden="true" />
          {t('whatIf.simulated')}
        </li>
      ) : null}
      {real ? (
        <li>
          <i className="is-real" aria-hidden="true" />
          {t('whatIf.real')}
        </li>
      ) : null}
      <li>
        <i className="is-target" aria-hidden="true" />
        {t('whatIf.targetLine')}
      </li>
    </ul>
  );
}
