import type { ConversationRow } from '@centralita/contract';
import { IconAlertTriangle, IconArrowDownLeft, IconArrowsLeftRight, IconArrowUpRight, IconBell, IconPencil, IconPhone, IconPhoneCall } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useNow } from '../live/live.tsx';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { queryClient, usePlace, useSession } from '../session/session.tsx';
import { usePhone } from '../softphone/phone-provider.tsx';
import { dayKey, formatDay, formatDuration, formatTime } from '../ui/format.ts';
import { nameOfParty } from '../ui/party.ts';
import { formatPhoneNumber } from '../ui/phone-number.ts';
import { Failure, Skeleton } from '../ui/parts.tsx';
import { toast } from '../ui/toasts.tsx';
import { CALL_FILTERS, callKind, canCallBack, filterCalls, type CallFilter } from './calls.view-model.ts';
import type { Moment } from './moment.view-model.ts';
import { useMoment } from './use-moment.ts';

/** What is on now, and the calls before it (S2.16 to S2.18). */
export function MyCalls() {
  const { t } = useTranslation();
  const [filter, setFilter] = useState<CallFilter>('all');
  const { userId } = useSession();
  const { data, error, isPending, refetch } = useMyCalls();
  const rows = filterCalls(data?.items ?? [], filter, userId);
  return (
    <div className="my-calls">
      <NowEntry />
      <div className="group">
        <h2 className="eyebrow">{t('workspace.myCalls')}</h2>
      </div>
      <div className="seg" role="group" aria-label={t('workspace.calls.filterLabel')}>
        {CALL_FILTERS.map((option) => (
          <button key={option} type="button" aria-pressed={filter === option} onClick={() => setFilter(option)}>
            {t(`workspace.calls.filters.${option}`)}
          </button>
        ))}
      </div>
      {isPending ? (
        <div className="pad">
          <Skeleton lines={8} height={28} />
        </div>
      ) : error ? (
        <Failure title={t('workspace.calls.errorTitle')} text={errorText(error, t)} retry={() => void refetch()} />
      ) : rows.length === 0 ? (
        <p className="pad muted small">{data.items.length === 0 ? t('workspace.calls.empty') : t('workspace.calls.emptyFiltered')}</p>
      ) : (
        <ul className="calls">
          {rows.map((row) => (
            <CallEntry key={row.conversationId} row={row} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Asks again whenever a call of this person begins or ends. */
function useMyCalls() {
  const me = useMe();
  const life = [me.calls.map((call) => call.callId).join(), me.afterService?.afterServiceId ?? '', me.offer?.offerId ?? ''].join('|');
  useEffect(() => {
    // A little later: the list is a projection and follows the live state.
    const timer = setTimeout(() => void queryClient.invalidateQueries({ queryKey: ['my-calls'] }), 600);
    return () => clearTimeout(timer);
  }, [life]);
  return useQuery({ queryKey: ['my-calls'], queryFn: ({ signal }) => api.conversations({ mine: true, limit: 50 }, signal) });
}

const kindIcons = { missed: IconAlertTriangle, incoming: IconArrowDownLeft, outgoing: IconArrowUpRight, internal: IconArrowsLeftRight } as const;

function CallEntry({ row }: { readonly row: ConversationRow }) {
  const { t } = useTranslation();
  const { userId } = useSession();
  const place = usePlace();
  const now = useNow();
  const { state, phone } = usePhone();
  const kind = callKind(row, userId);
  const Icon = kindIcons[kind];
  const name = nameOfParty(row.customer, t);
  const today = dayKey(row.startedAt, place.timeZone) === dayKey(now, place.timeZone);
  const where = row.queueName ?? t(kind === 'internal' ? 'workspace.internal' : kind === 'outgoing' ? 'workspace.outgoing' : 'common.directions.inbound');
  const facts = kind === 'missed' ? [t('workspace.calls.missed'), where] : [where, row.talkMs === null ? null : formatDuration(row.talkMs), row.outcome].filter((fact) => fact !== null);
  return (
    <li className={kind === 'missed' ? 'miss' : undefined}>
      <Link to="/history/$conversationId" params={{ conversationId: row.conversationId }} title={t('workspace.calls.open', { name })}>
        <Icon className="i i-s" aria-hidden={true} />
        <b className="num">{name}</b>
        <time>{today ? formatTime(row.startedAt, place) : formatDay(row.startedAt, place)}</time>
        <span className="d num">{facts.join(' · ')}</span>
      </Link>
      <button
        type="button"
        className="btn plain icon call-back"
        disabled={!canCallBack(row) || state.call !== null || state.transport !== 'registered'}
        title={canCallBack(row) ? undefined : t('workspace.calls.cannotCallBack')}
        aria-label={t('workspace.calls.callBack', { name })}
        onClick={() => phone.dial(row.customer.number).catch((error: unknown) => toast(errorText(error, t)))}
      >
        <IconPhone className="i i-s" aria-hidden={true} />
      </button>
    </li>
  );
}

function NowEntry() {
  const { t } = useTranslation();
  const moment = useMoment();
  const now = useNow();
  const entry = nowEntry(moment);
  if (!entry) return null;
  const Icon = entry.tone === 'wait' ? IconBell : entry.tone === 'after' ? IconPencil : IconPhoneCall;
  const queue = entry.queue ?? t(entry.outbound ? 'workspace.outgoing' : 'workspace.internal');
  return (
    <>
      <div className="group">
        <h2 className="eyebrow">{t('workspace.now')}</h2>
      </div>
      <ul className="calls">
        <li>
          <div className={`now ${entry.tone}`} aria-current="true">
            <Icon className="i i-s" aria-hidden={true} />
            <b className="num">{entry.party ? nameOfParty(entry.party, t) : formatPhoneNumber(entry.number ?? '')}</b>
            <time>{entry.since === null ? '' : formatDuration(now - entry.since)}</time>
            <span className="d">{t(`workspace.nowLine.${entry.line}`, { queue })}</span>
          </div>
        </li>
      </ul>
    </>
  );
}

function nowEntry(moment: Moment) {
  switch (moment.kind) {
    case 'ringing':
      return { tone: 'wait', party: moment.offer.caller, number: null, since: moment.offer.offeredAt, queue: moment.offer.queueName, outbound: false, line: 'ringing' } as const;
    case 'direct':
      return { tone: 'wait', party: moment.caller, number: null, since: null, queue: null, outbound: false, line: 'direct' } as const;
    case 'call': {
      const { call } = moment;
      const line = call.state === 'dialing' || call.state === 'ringing' ? 'dialing' : call.state;
      return { tone: call.state === 'holding' ? 'held' : call.state === 'reconnecting' ? 'lost' : 'talk', party: call.other, number: null, since: call.answeredAt ?? call.since, queue: call.queueName, outbound: call.direction === 'outbound', line } as const;
    }
    case 'connecting':
      return moment.number === null ? null : ({ tone: 'talk', party: null, number: moment.number, since: null, queue: null, outbound: true, line: 'dialing' } as const);
    case 'after-service':
      return { tone: 'after', party: moment.afterService.caller, number: null, since: moment.afterService.startedAt, queue: moment.afterService.queueName, outbound: false, line: 'after-service' } as const;
    default:
      return null;
  }
}
