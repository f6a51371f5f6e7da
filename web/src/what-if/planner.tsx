import type { QueueView, RealDay } from '@centralita/contract';
import { IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../session/api-client.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { HalfHours } from './half-hours.tsx';
import { NumberField } from './number-field.tsx';
import { Progress } from './progress.tsx';
import { Results } from './results.tsx';
import { useSimulation } from './use-simulation.ts';
import { type Draft, faultsOf, isField, timeOf } from './what-if.view-model.ts';

interface PlannerProps {
  readonly queue: QueueView;
  readonly day: RealDay | null;
  readonly first: Draft;
}

export function Planner({ queue, day, first }: PlannerProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(first);
  const [begun, setBegun] = useState(first);
  // Another made-up day begins anew; what was simulated stays until the next answer.
  if (begun !== first) {
    setBegun(first);
    setDraft(first);
  }
  const { running, last, error, run, cancel } = useSimulation();
  const question = { queueId: queue.queueId, ...draft };
  const stale = last !== null && JSON.stringify(last.question) !== JSON.stringify(question);
  return (
    <>
      <section className="card controls" aria-label={t('whatIf.people')}>
        <People draft={draft} change={(part) => setDraft({ ...draft, ...part })} />
        <div className="go">
          {running ? (
            <button type="button" className="btn" onClick={cancel}>
              <IconX className="i i-s" aria-hidden={true} />
              {t('whatIf.cancel')}
            </button>
          ) : (
            <button type="button" className="btn primary" onClick={() => run(question)}>
              <IconPlayerPlay className="i i-s" aria-hidden={true} />
              {t('whatIf.run')}
            </button>
          )}
          {running ? <Progress /> : null}
          <p className={running ? 'sr' : 'small muted'} role="status">
            {running ? t('whatIf.running') : stale ? t('whatIf.stale') : ''}
          </p>
          {error ? <Refused error={error} /> : null}
        </div>
      </section>
      <div className="shown">
        <Results last={last} day={day} draft={draft} running={running} stale={stale} />
        <HalfHours draft={draft} first={first} last={last} day={day} change={(part) => setDraft({ ...draft, ...part })} />
      </div>
    </>
  );
}

/** Where trying begins. */
const OTHERS_AFTER_SECONDS = 30;

function People({ draft, change }: { readonly draft: Draft; readonly change: (part: Partial<Draft>) => void }) {
  const { t } = useTranslation();
  const { skill, secondQueue, target } = draft;
  return (
    <>
      <div className="pair">
        <NumberField label={t('whatIf.talk')} value={draft.talkSeconds} min={1} max={3_600} change={(talkSeconds) => change({ talkSeconds })} />
        <NumberField label={t('whatIf.afterService')} value={draft.afterServiceSeconds} min={0} max={1_800} change={(afterServiceSeconds) => change({ afterServiceSeconds })} />
        <NumberField label={t('whatIf.targetShare')} value={Math.round(target.share * 1_000) / 10} min={1} max={99.9} step="any" change={(percent) => change({ target: { ...target, share: percent / 100 } })} />
        <NumberField label={t('whatIf.targetSeconds')} value={target.withinSeconds} min={1} max={3_600} change={(seconds) => change({ target: { ...target, withinSeconds: Math.round(seconds) } })} />
      </div>
      <NumberField label={t('whatIf.patience')} hint={t('whatIf.patienceHint')} value={draft.patienceSeconds ?? 7_200} min={5} max={7_200} change={(patienceSeconds) => change({ patienceSeconds })} />
      <label className="check">
        <input type="checkbox" checked={skill !== null} onChange={(event) => change({ skill: event.target.checked ? { agentsShare: 0.5, othersAfterSeconds: null } : null })} />
        {t('whatIf.skill.use')}
      </label>
      {skill ? (
        <div className="second">
          <NumberField label={t('whatIf.skill.agents')} value={Math.round(skill.agentsShare * 100)} min={1} max={100} change={(percent) => change({ skill: { ...skill, agentsShare: percent / 100 } })} />
          <label className="check">
            <input type="checkbox" checked={skill.othersAfterSeconds !== null} onChange={(event) => change({ skill: { ...skill, othersAfterSeconds: event.target.checked ? OTHERS_AFTER_SECONDS : null } })} />
            {t('whatIf.skill.others')}
          </label>
          {skill.othersAfterSeconds === null ? null : (
            <NumberField label={t('whatIf.skill.after')} value={skill.othersAfterSeconds} min={1} max={3_600} change={(seconds) => change({ skill: { ...skill, othersAfterSeconds: Math.round(seconds) } })} />
          )}
        </div>
      ) : null}
      <label className="check">
        <input type="checkbox" checked={secondQueue !== null} onChange={(event) => change({ secondQueue: event.target.checked ? { callsRatio: 0.5, agentsShare: 0.5, goesFirst: false } : null })} />
        {t('whatIf.second.use')}
      </label>
      {secondQueue ? (
        <div className="second">
          <div className="pair">
            <NumberField label={t('whatIf.second.calls')} value={Math.round(secondQueue.callsRatio * 100)} min={1} max={300} change={(percent) => change({ secondQueue: { ...secondQueue, callsRatio: percent / 100 } })} />
            <NumberField label={t('whatIf.second.agents')} value={Math.round(secondQueue.agentsShare * 100)} min={1} max={100} change={(percent) => change({ secondQueue: { ...secondQueue, agentsShare: percent / 100 } })} />
          </div>
          <label className="check">
            <input type="checkbox" checked={secondQueue.goesFirst} onChange={(event) => change({ secondQueue: { ...secondQueue, goesFirst: event.target.checked } })} />
            {t('whatIf.second.first')}
          </label>
        </div>
      ) : null}
    </>
  );
}

/** What the server would not do, and where. */
function Refused({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  const faults = faultsOf(error instanceof ApiError ? error.problem : null);
  return (
    <div className="refused" role="alert">
      <p className="bad-text">
        <b>{t('whatIf.failed')}.</b> {errorText(error, t)}
      </p>
      {faults.length > 0 ? (
        <ul className="small">
          {faults.map(({ field, place, detail }) => {
            const name = isField(field) ? t(`whatIf.fields.${field}`) : field;
            return (
              <li key={`${field} ${place}`}>
                {place === null ? name : t('whatIf.faultAt', { field: name, time: timeOf(place) })}: {detail}
              </li>
            );
          })}
        </ul>
      ) : null}
    </div>
  );
}
