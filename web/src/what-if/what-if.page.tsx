import type { QueueView, WhatIfDays } from '@centralita/contract';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { errorText } from '../session/error-text.view-model.ts';
import { Empty, Failure, Skeleton } from '../ui/parts.tsx';
import { Begin, type Beginning } from './begin.tsx';
import { Planner } from './planner.tsx';
import { listDays, listQueues, readDay } from './what-if-api.ts';
import { draftOfDay, madeUpDraft } from './what-if.view-model.ts';
import './what-if.css';

export function WhatIfPage() {
  const { t } = useTranslation();
  const queues = useQuery({ queryKey: ['queues'], queryFn: ({ signal }) => listQueues(signal), staleTime: 300_000 });
  useEffect(() => {
    document.title = `${t('whatIf.title')} · ${t('common.productName')}`;
  }, [t]);
  return (
    <main className="page what-if" id="content" tabIndex={-1}>
      <div className="hd">
        <h1>{t('whatIf.title')}</h1>
        <p className="muted">{t('whatIf.lead')}</p>
      </div>
      {queues.isPending ? (
        <Waiting />
      ) : queues.error ? (
        <section className="card">
          <Failure title={t('whatIf.errorTitle')} text={errorText(queues.error, t)} retry={() => void queues.refetch()} />
        </section>
      ) : queues.data.items.length === 0 ? (
        <section className="card">
          <Empty icon={<IconAdjustmentsHorizontal aria-hidden={true} />} title={t('whatIf.empty.title')}>
            <p className="muted">{t('whatIf.empty.text')}</p>
          </Empty>
        </section>
      ) : (
        <OfQueues queues={queues.data.items} />
      )}
    </main>
  );
}

function OfQueues({ queues }: { readonly queues: readonly QueueView[] }) {
  const { t } = useTranslation();
  const [queueId, setQueueId] = useState(queues[0]!.queueId);
  const queue = queues.find((one) => one.queueId === queueId) ?? queues[0]!;
  const days = useQuery({ queryKey: ['what-if days', queue.queueId], queryFn: ({ signal }) => listDays(queue.queueId, signal) });
  if (days.isPending) return <Waiting />;
  if (days.error)
    return (
      <section className="card">
        <Failure title={t('whatIf.errorTitle')} text={errorText(days.error, t)} retry={() => void days.refetch()} />
      </section>
    );
  return <OfDays key={queue.queueId} queue={queue} queues={queues} days={days.data} chooseQueue={setQueueId} />;
}

interface OfDaysProps {
  readonly queue: QueueView;
  readonly queues: readonly QueueView[];
  readonly days: WhatIfDays;
  readonly chooseQueue: (queueId: string) => void;
}

/** Real when the week had calls, from its last day that did. */
function OfDays({ queue, queues, days, chooseQueue }: OfDaysProps) {
  const { t } = useTranslation();
  const last = days.days.findLast(({ calls }) => calls > 0)?.date;
  const [from, setFrom] = useState<Beginning>({ kind: last === undefined ? 'made-up' : 'real', date: last ?? days.days.at(-1)!.date, shape: 'office', perDay: 300 });
  const day = useQuery({ queryKey: ['what-if day', queue.queueId, from.date], queryFn: ({ signal }) => readDay(queue.queueId, from.date, signal), enabled: from.kind === 'real', staleTime: 300_000 });
  const madeUp = useMemo(() => madeUpDraft(from.shape, from.perDay, queue), [from.shape, from.perDay, queue]);
  const asItWas = useMemo(() => (day.data ? draftOfDay(day.data, queue) : null), [day.data, queue]);
  return (
    <div className="plan">
      <section className="card controls" aria-label={t('whatIf.source.label')}>
        <Begin queue={queue} queues={queues} days={days.days} from={from} change={setFrom} chooseQueue={chooseQueue} />
      </section>
      {from.kind === 'made-up' ? (
        <Planner key="made-up" queue={queue} day={null} first={madeUp} />
      ) : day.error ? (
        <section className="card shown">
          <Failure title={t('whatIf.errorTitle')} text={errorText(day.error, t)} retry={() => void day.refetch()} />
        </section>
      ) : asItWas && day.data ? (
        <Planner key={from.date} queue={queue} day={day.data} first={asItWas} />
      ) : (
        <section className="card pad-16 shown">
          <Skeleton lines={8} height={48} />
        </section>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <div className="plan">
      <section className="card controls">
        <Skeleton lines={8} height={28} />
      </section>
      <section className="card pad-16 shown">
        <Skeleton lines={8} height={48} />
      </section>
    </div>
  );
}
