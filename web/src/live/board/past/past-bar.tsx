import { IconChevronLeft, IconChevronRight, IconChevronsLeft, IconChevronsRight, IconHistory, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlace } from '../../../session/session.tsx';
import { dayKey, formatClock, formatLongDay } from '../../../ui/format.ts';
import { useLive } from '../../live.tsx';
import { keyMoves, played, reachOf, type Speed, SPEEDS, typedMoment, within } from './past.view-model.ts';

interface PastBarProps {
  /** The moment that is wanted, and the one whose board is shown; they differ while it is being made. */
  readonly at: number;
  readonly shownAt: number | null;
  readonly firstAt: number | null;
  readonly goTo: (at: number | null) => void;
}

/** Says which moment is shown, and moves it: by dragging, typing, stepping, or letting time run. */
export function PastBar({ at, shownAt, firstAt, goTo }: PastBarProps) {
  const { t } = useTranslation();
  const place = usePlace();
  const timeZone = place.timeZone ?? 'UTC';
  const { feed } = useLive();
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const reach = reachOf(at, timeZone, feed.clock.now(), firstAt);
  const last = (): number => Math.floor(feed.clock.now() / 1_000) * 1_000 - 1_000;
  // What is typed may be a moment that is not kept, and is told so; steps and dragging end where the journal begins.
  const typed = (to: number): void => goTo(Math.min(to, last()));
  const move = (to: number): void => typed(firstAt === null ? to : Math.max(to, Math.ceil(firstAt / 1_000) * 1_000));
  usePlaying(playing && shownAt === at, () => {
    const next = played(at, speed, last());
    if (next.ended) setPlaying(false);
    goTo(next.at);
  });
  const onKey = (event: KeyboardEvent): void => {
    const by = keyMoves(event.key, event.shiftKey);
    if (by === null) return;
    event.preventDefault();
    if (by === 'play') setPlaying(!playing);
    else move(by === 'from' ? reach.from : by === 'to' ? reach.to : at + by);
  };
  return (
    <section className="past-bar" aria-label={t('board.past.label')} aria-busy={shownAt !== at}>
      <p className="past-when">
        <IconHistory className="i" aria-hidden={true} />
        <b>{t('board.past.badge')}</b>
        <span className="num" role="status">
          {t('board.past.shown')}: {formatLongDay(at, place)}, {formatClock(at, place)}
          {shownAt === at ? null : <span className="sr"> {t('board.past.making')}</span>}
        </span>
        <span className="past-making" aria-hidden="true" data-on={shownAt !== at} />
        <button type="button" className="past-key wide" onClick={() => goTo(null)}>
          {t('board.past.toNow')}
        </button>
      </p>
      <div className="past-keys">
        <Typed at={at} timeZone={timeZone} time={formatClock(at, place)} go={typed} />
        <span className="past-steps">
          <Step name={t('board.past.minuteBack')} act={() => move(at - 60_000)} icon={<IconChevronsLeft aria-hidden={true} />} />
          <Step name={t('board.past.secondBack')} act={() => move(at - 1_000)} icon={<IconChevronLeft aria-hidden={true} />} />
          <Step name={playing ? t('board.past.pause') : t('board.past.play')} act={() => setPlaying(!playing)} icon={playing ? <IconPlayerPause aria-hidden={true} /> : <IconPlayerPlay aria-hidden={true} />} />
          <Step name={t('board.past.secondOn')} act={() => move(at + 1_000)} icon={<IconChevronRight aria-hidden={true} />} />
          <Step name={t('board.past.minuteOn')} act={() => move(at + 60_000)} icon={<IconChevronsRight aria-hidden={true} />} />
          <select className="past-field" aria-label={t('board.past.speed')} value={speed} onChange={(event) => setSpeed(SPEEDS.find((known) => String(known) === event.target.value) ?? 1)}>
            {SPEEDS.map((known) => (
              <option key={known} value={known}>
                × {known}
              </option>
            ))}
          </select>
        </span>
      </div>
      <div className="past-track">
        <input
          type="range"
          className="past-slider"
          aria-label={t('board.past.slider')}
          aria-valuetext={formatClock(at, place)}
          title={t('board.past.keys')}
          min={reach.from}
          max={reach.to}
          step={1_000}
          value={within(at, reach)}
          onChange={(event) => move(Number(event.target.value))}
          onKeyDown={onKey}
        />
      </div>
    </section>
  );
}

/** A second after the last board has come: a slow one holds time back instead of falling behind. */
function usePlaying(running: boolean, step: () => void): void {
  useEffect(() => {
    if (!running) return undefined;
    const timer = setTimeout(step, 1_000);
    return () => clearTimeout(timer);
  });
}

function Step({ name, act, icon }: { readonly name: string; readonly act: () => void; readonly icon: ReactNode }) {
  return (
    <button type="button" className="past-key" aria-label={name} title={name} onClick={act}>
      {icon}
    </button>
  );
}

/** Day and time as fields; what is typed holds until it is a whole moment. */
function Typed({ at, timeZone, time, go }: { readonly at: number; readonly timeZone: string; readonly time: string; readonly go: (at: number) => void }) {
  const { t } = useTranslation();
  const day = dayKey(at, timeZone);
  const [typed, setTyped] = useState<{ readonly day?: string; readonly time?: string }>({});
  const take = (next: typeof typed): void => {
    const moment = typedMoment(next.day ?? day, next.time ?? time, timeZone);
    setTyped(moment === null ? next : {});
    if (moment !== null) go(moment);
  };
  return (
    <span className="past-typed">
      <input type="date" className="past-field" aria-label={t('board.past.day')} value={typed.day ?? day} onChange={(event) => take({ ...typed, day: event.target.value })} />
      <input type="time" step={1} className="past-field" aria-label={t('board.past.time')} value={typed.time ?? time} onChange={(event) => take({ ...typed, time: event.target.value })} />
    </span>
  );
}
