import { type RealDay, WHAT_IF_LIMITS } from '@centralita/contract';
import { useTranslation } from 'react-i18next';
import { presentLanguage } from '../i18n/index.ts';
import { formatNumber } from '../ui/format.ts';
import { useFigureText } from './figure-text.ts';
import { NumberField } from './number-field.tsx';
import type { Simulated } from './use-simulation.ts';
import { agentHours, agentsNeeded, type Draft, figuresShown, moreAgents, moreCalls, replaced, shownPlaces, timeOf } from './what-if.view-model.ts';

interface HalfHoursProps {
  readonly draft: Draft;
  readonly first: Draft;
  readonly last: Simulated | null;
  readonly day: RealDay | null;
  readonly change: (part: Partial<Draft>) => void;
}

/** The day in numbers, to be read and changed: what is asked on the left, what came of it on the right. */
export function HalfHours({ draft, first, last, day, change }: HalfHoursProps) {
  const { t } = useTranslation();
  const text = useFigureText();
  const shown = shownPlaces({ calls: draft.calls.map((calls, place) => calls + first.calls[place]!), agents: draft.agents.map((agents, place) => agents + first.agents[place]!) });
  const answer = last?.answer;
  const figures = figuresShown(answer?.queue, day);
  return (
    <section className="card half-hours" aria-labelledby="half-hours">
      <div className="head">
        <h2 id="half-hours">{t('whatIf.table.title')}</h2>
        <span className="small faint num">{t('whatIf.table.hours', { hours: formatNumber(agentHours(draft), presentLanguage(), 1) })}</span>
      </div>
      <div className="tools" role="group" aria-label={t('whatIf.tools.label')}>
        <button type="button" className="btn" onClick={() => change({ agents: moreAgents(draft, -1) })}>{t('whatIf.tools.fewer')}</button>
        <button type="button" className="btn" onClick={() => change({ agents: moreAgents(draft, 1) })}>{t('whatIf.tools.more')}</button>
        <button type="button" className="btn" disabled={!answer} onClick={() => answer && change({ agents: agentsNeeded(answer) })}>{t('whatIf.tools.needed')}</button>
        <button type="button" className="btn" onClick={() => change({ calls: moreCalls(draft, 0.9) })}>{t('whatIf.tools.lessCalls')}</button>
        <button type="button" className="btn" onClick={() => change({ calls: moreCalls(draft, 1.1) })}>{t('whatIf.tools.moreCalls')}</button>
        <button type="button" className="btn" onClick={() => change({ agents: first.agents, calls: first.calls })}>{t('whatIf.tools.asItWas')}</button>
      </div>
      <div className="wide">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('whatIf.table.time')}</th>
              <th scope="col">{t('whatIf.table.calls')}</th>
              <th scope="col">{t('whatIf.table.agents')}</th>
              <th scope="col" title={t('whatIf.table.neededHint')}>{t('whatIf.table.needed')}</th>
              {figures.map((name) => (
                <th key={name} scope="col">{t(`whatIf.figures.${name}`)}</th>
              ))}
              <th scope="col">{t('whatIf.table.erlangC')}</th>
              <th scope="col">{t('whatIf.table.erlangA')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((place) => {
              const time = timeOf(place);
              const theory = answer?.theory[place];
              const needed = theory?.agentsNeeded;
              return (
                <tr key={place}>
                  <th scope="row" className="num">{time}</th>
                  <td><NumberField bare label={t('whatIf.table.callsAt', { time })} value={draft.calls[place]!} min={0} max={WHAT_IF_LIMITS.callsPerHalfHour} step="any" change={(calls) => change({ calls: replaced(draft.calls, place, calls) })} /></td>
                  <td><NumberField bare label={t('whatIf.table.agentsAt', { time })} value={draft.agents[place]!} min={0} max={WHAT_IF_LIMITS.agents} change={(agents) => change({ agents: replaced(draft.agents, place, Math.round(agents)) })} /></td>
                  <td className={`num ${needed !== undefined && needed > draft.agents[place]! ? 'short' : ''}`}>{needed ?? '–'}</td>
                  {figures.map((name) => {
                    const figure = answer?.queue.halfHours[place]?.[name];
                    const was = day?.halfHours[place]?.[name] ?? null;
                    return (
                      <td key={name} className="num figure">
                        {figure && figure.value !== null ? (
                          <>
                            {text.value(name, figure.value)} <span className="small faint">{text.band(name, figure)}</span>
                          </>
                        ) : (
                          '–'
                        )}
                        {was !== null ? (
                          <span className="small was">
                            <i aria-hidden="true" />
                            <span className="sr">{t('whatIf.real')}: </span>
                            {text.value(name, was)}
                          </span>
                        ) : null}
                      </td>
                    );
                  })}
                  <td className="num">{!theory || last?.question.agents[place] === 0 ? '–' : theory.erlangC ? text.value('waitSeconds', theory.erlangC.waitSeconds) : t('whatIf.table.never')}</td>
                  <td className="num">{theory?.erlangA ? text.value('abandoned', theory.erlangA.abandoned) : '–'}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {answer ? <p className="small muted foot-note">{t('whatIf.theoryHint')}</p> : null}
    </section>
  );
}
