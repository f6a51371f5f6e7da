import type { QueueView, RealDay, WhatIfDays } from '@centralita/contract';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
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
  const begin = <Begin queue={queue} queues={queues} days={days.days} from={from} change={setFrom} chooseQueue={chooseQueue} />;
  if (from.kind === 'made-up') return <Planner key={`${from.shape} ${from.perDay}`} queue={queue} begin={begin} day={null} first={madeUpDraft(from.shape, from.perDay, queue)} />;
  if (day.isPending) return <Waiting begin={begin} />;
  if (day.error)
    return (
      <div className="plan">
        <section className="card controls">{begin}</section>
        <section className="card">
          <Failure title={t('whatIf.errorTitle')} text={errorText(day.error, t)} retry={() => void day.refetch()} />
        </section>
      </div>
    );
  return <Planner key={from.date} queue={queue} begin={begin} day={day.data satisfies RealDay} first={draftOfDay(day.data, queue)} />;
}

function Waiting({ begin }: { readonly begin?: React.ReactNode }) {
  return (
    <div className="plan">
      <section className="card controls">{begin ?? <Skeleton lines={8} height={28} />}</section>
      <section className="card pad-16">
        <Skeleton lines={8} height={48} />
      </section>
    </div>
  );
}
