import type { BoardQueue } from '@centralita/contract';
import { IconAlertTriangle } from '@tabler/icons-react';
import { memo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { presentLanguage } from '../../i18n/index.ts';
import { formatNumber, formatPercent } from '../../ui/format.ts';
import { Elapsed } from '../elapsed.tsx';
import { useNowInSteps } from '../live.tsx';
import { queueTone, sortQueues, waitsLong, type QueueTone } from './board.view-model.ts';

const AT_FIRST = 12;

/** One tile per queue; those that need somebody come first. */
export function QueueTiles({ queues }: { readonly queues: readonly BoardQueue[] }) {
  const { t } = useTranslation();
  // A tile moves when its queue changes or, at the latest, five seconds after its wait became long.
  const now = useNowInSteps(5_000);
  const [all, setAll] = useState(false);
  if (queues.length === 0) {
    return (
      <section className="card pad-16" aria-label={t('board.queues.label')}>
        <p className="muted">{t('board.queues.empty')}</p>
      </section>
    );
  }
  const sorted = sortQueues(queues, now);
  const shown = all ? sorted : sorted.slice(0, AT_FIRST);
  return (
    <>
      <section className="queues" aria-label={t('board.queues.label')}>
        {shown.map((queue) => (
          <Tile key={queue.queueId} queue={queue} tone={queueTone(queue, now)} long={waitsLong(queue, now)} />
        ))}
      </section>
      {queues.length > AT_FIRST ? (
        <p className="more small muted">
          {all ? null : t('board.queues.more', { count: queues.length - AT_FIRST })}
          <button type="button" className="link" onClick={() => setAll(!all)}>
            {all ? t('board.queues.showFewer') : t('board.queues.showAll')}
          </button>
        </p>
      ) : null}
    </>
  );
}

const Tile = memo(function Tile({ queue, tone, long }: { readonly queue: BoardQueue; readonly tone: QueueTone; readonly long: boolean }) {
  const { t } = useTranslation();
  const language = presentLanguage();
  const missed = queue.serviceLevel !== null && queue.serviceLevel < queue.serviceLevelTarget;
  return (
    <article className={`card q ${tone === '' ? '' : `lit ${tone}`}`}>
      <div className="head">
        <h2>{queue.name}</h2>
        {missed ? (
          <span className="chip red" title={t('board.queues.breach')}>
            <IconAlertTriangle className="i" aria-hidden={true} />
            <span className="sr">{t('board.queues.breach')}</span>
          </span>
        ) : null}
        <span className="end small faint num">{t('board.queues.free', { count: queue.agentsFree, total: queue.agentsSignedIn })}</span>
      </div>
      <div className="nums">
        <div>
          <b className={queue.waiting > 0 ? 'a' : 'zero'}>{formatNumber(queue.waiting, language)}</b>
          <span>{t('board.queues.waiting')}</span>
        </div>
        <div>
          <b className={queue.longestWaitSince === null ? 'zero' : long ? 'bad' : ''}>{queue.longestWaitSince === null ? '00:00' : <Elapsed since={queue.longestWaitSince} />}</b>
          <span>{t('board.queues.longest')}</span>
        </div>
        <div className="r">
          <b className={queue.serviceLevel === null ? 'zero' : missed ? 'bad' : 'ok'}>{queue.serviceLevel === null ? '–' : `${formatPercent(queue.serviceLevel, language)} %`}</b>
          <span>{queue.serviceLevel === null ? t('board.queues.noServiceLevel') : t('board.queues.serviceLevel', { seconds: queue.serviceLevelThresholdMs / 1_000, target: formatPercent(queue.serviceLevelTarget, language) })}</span>
        </div>
      </div>
    </article>
  );
});
