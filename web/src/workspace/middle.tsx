import type { MeAfterService, MeCall, MeOffer, PartyView } from '@centralita/contract';
import { IconBell, IconHeadphones, IconPlayerPlay } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe, useNow } from '../live/live.tsx';
import { nameOfStatus, usePlace, useSession } from '../session/session.tsx';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { usePhone } from '../softphone/phone-provider.tsx';
import { dayKey, formatDay, formatDuration, formatTime } from '../ui/format.ts';
import { nameOfParty, numberOfParty } from '../ui/party.ts';
import { Chip, Empty, Face, Skeleton } from '../ui/parts.tsx';
import { toast } from '../ui/toasts.tsx';
import { FormCard } from './form-card.tsx';
import { endsSoon, type Moment } from './moment.view-model.ts';
import { useBefore } from './use-before.ts';
import { useCallActions } from './use-call-actions.ts';

/** The middle of the workspace: what this moment is about. */
export function Middle({ moment }: { readonly moment: Moment }) {
  const { t } = useTranslation();
  switch (moment.kind) {
    case 'ringing':
      return <RingCard offer={moment.offer} />;
    case 'direct':
      return <DirectCard caller={moment.caller} />;
    case 'call':
      return (
        <>
          <CallCard call={moment.call} />
          {moment.call.answeredAt === null ? null : <FormCard conversationId={moment.call.conversationId} />}
        </>
      );
    case 'after-service':
      return <AfterServiceCard afterService={moment.afterService} />;
    case 'connecting':
    case 'offline':
      return (
        <article className="card pad-16">
          <Skeleton lines={4} height={20} />
        </article>
      );
    case 'not-answering':
      return <NotAnswering />;
    case 'idle':
      return <Idle takesWork={moment.takesWork} />;
    default:
      return t('common.loading');
  }
}

function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}

function Who({ party, below }: { readonly party: PartyView; readonly below?: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className="id">
      <Face name={party.name} size="l" />
      <div>
        <h1 className="num">{nameOfParty(party, t)}</h1>
        {below ? <p className="muted">{below}</p> : null}
      </div>
    </div>
  );
}

type Fact = readonly [term: string, fact: string];

/** What is known of them at a glance: the number, and how the last time ended. */
function KnownFacts({ party, conversationId, more }: { readonly party: PartyView; readonly conversationId: string; readonly more?: Fact }) {
  const { t } = useTranslation();
  const place = usePlace();
  const now = useNow();
  const before = useBefore(conversationId, party.number);
  const last = before?.[0];
  const none = before === null ? '…' : '–';
  const today = last !== undefined && dayKey(last.startedAt, place.timeZone) === dayKey(now, place.timeZone);
  const when = last === undefined ? none : today ? t('common.todayAt', { time: formatTime(last.startedAt, place) }) : formatDay(last.startedAt, place);
  return (
    <Facts
      facts={[
        [t(party.number === '' ? 'workspace.facts.origin' : 'workspace.facts.phone'), numberOfParty(party, t)],
        ...(more ? [more] : []),
        [t('workspace.facts.last'), when],
        ...(more ? [] : ([[t('workspace.facts.lastAgent'), last?.agentName ?? none]] satisfies Fact[])),
        [t('workspace.facts.lastOutcome'), last?.outcome ?? (last?.ending ? t(`common.endings.${last.ending}`) : none)],
      ]}
    />
  );
}

function RingCard({ offer }: { readonly offer: MeOffer }) {
  const { t } = useTranslation();
  const path = offer.menuPath.join(', ');
  return (
    <>
      <article className="card lit amber ringcard cust" data-testid="incoming-card">
        <div className="why">
          <Chip tone="amber" icon={<IconBell className="i" aria-hidden={true} />}>
            {t('workspace.callingNow')}
          </Chip>
          <Chip>{t('workspace.queueChip', { queue: offer.queueName })}</Chip>
          <Chip>{t('workspace.waitedChip', { time: formatDuration(offer.waitedMs) })}</Chip>
          {path ? <Chip>{t('workspace.menuChip', { path })}</Chip> : null}
        </div>
        <Who party={offer.caller} below={t('workspace.earlierCalls', { count: offer.earlierCalls })} />
        <KnownFacts party={offer.caller} conversationId={offer.conversationId} />
      </article>
      <p className="quiet">
        <IconHeadphones className="i" aria-hidden={true} />
        <span>{t('workspace.afterAnswering')}</span>
      </p>
    </>
  );
}

function DirectCard({ caller }: { readonly caller: PartyView }) {
  const { t } = useTranslation();
  return (
    <article className="card lit amber ringcard cust" data-testid="incoming-card">
      <div className="why">
        <Chip tone="amber" icon={<IconBell className="i" aria-hidden={true} />}>
          {t('workspace.callingNow')}
        </Chip>
        <Chip>{t('workspace.internal')}</Chip>
      </div>
      <Who party={caller} below={numberOfParty(caller, t)} />
    </article>
  );
}

function CallCard({ call }: { readonly call: MeCall }) {
  const { t } = useTranslation();
  const place = usePlace();
  const actions = useCallActions();
  const name = nameOfParty(call.other, t);
  const lit = call.state === 'holding' ? 'violet' : call.state === 'reconnecting' ? 'red' : '';
  return (
    <article className={`card cust ${lit ? `lit ${lit}` : ''}`} data-testid="call-card">
      {call.state === 'holding' ? (
        <div className="notice violet">
          <p>
            <b>{t('workspace.held.title')}</b> {t('workspace.held.text', { name })}
          </p>
          <button type="button" className="btn" disabled={actions.whyNot(call, 'resume') !== null} onClick={() => actions.act(call, 'resume')}>
            <IconPlayerPlay className="i i-s" aria-hidden={true} />
            {t('workspace.held.resume')}
          </button>
        </div>
      ) : null}
      {call.state === 'reconnecting' ? (
        <div className="notice red" role="alert">
          <p>
            <b>{t('workspace.reconnecting.title', { name })}</b> {t('workspace.reconnecting.text')} {t('workspace.reconnecting.wait')}
          </p>
        </div>
      ) : null}
      <Who party={call.other} below={[call.queueName ? t('workspace.queueChip', { queue: call.queueName }) : null, t(`common.directions.${call.direction}`)].filter((part) => part !== null).join(' · ')} />
      <KnownFacts party={call.other} conversationId={call.conversationId} more={[t('workspace.facts.answered'), call.answeredAt === null ? '–' : formatTime(call.answeredAt, place)]} />
    </article>
  );
}

function AfterServiceCard({ afterService }: { readonly afterService: MeAfterService }) {
  const { t } = useTranslation();
  const now = useNow();
  const actions = useCallActions();
  const { startedAt, endsAt } = afterService;
  const soon = endsAt !== null && endsSoon(startedAt, endsAt, now);
  const gone = endsAt === null ? 0 : Math.min(1, Math.max(0, (now - startedAt) / (endsAt - startedAt)));
  return (
    <>
      <article className="card lit violet cust" data-testid="after-service-card">
        <div className="id">
          <Face name={afterService.caller.name} size="l" />
          <div>
            <h1>{t('workspace.afterService.title', { name: nameOfParty(afterService.caller, t) })}</h1>
            <p className="muted">
              {t('workspace.afterService.text')} {endsAt === null ? '' : t('workspace.afterService.forced')}
            </p>
          </div>
          <div className="end countdown">
            <span className={`num ${soon ? 'soon' : ''}`} role="timer" data-testid="after-service-left">
              {endsAt === null ? t('workspace.afterService.noLimit') : t('workspace.afterService.left', { time: formatDuration(endsAt - now + 999) })}
            </span>
          </div>
        </div>
        {endsAt === null ? null : (
          <div className="gauge" aria-hidden="true">
            <i className={soon ? 'bad' : 'after'} style={{ width: `${(1 - gone) * 100}%` }} />
          </div>
        )}
      </article>
      <FormCard conversationId={afterService.conversationId} focus>
        <div className="finish">
          <button type="button" className="btn primary" onClick={() => actions.finishAfterService(afterService)}>
            {t('workspace.afterService.finish')}
          </button>
        </div>
      </FormCard>
    </>
  );
}

function NotAnswering() {
  const { t } = useTranslation();
  const actions = useCallActions();
  return (
    <article className="card lit red" data-testid="not-answering-card">
      <Empty icon={<IconBell aria-hidden={true} />} title={t('workspace.notAnswering.title')}>
        <p className="muted">{t('workspace.notAnswering.text')}</p>
        <button type="button" className="btn primary" onClick={actions.returnToWork}>
          {t('workspace.notAnswering.back')}
        </button>
      </Empty>
    </article>
  );
}

function Idle({ takesWork }: { readonly takesWork: boolean }) {
  const { t } = useTranslation();
  const { statuses } = useSession();
  const { agent } = useMe();
  const { state } = usePhone();
  const status = statuses.find(({ statusId }) => statusId === agent?.statusId);
  const working = statuses.find((candidate) => candidate.takesQueueWork);
  if (takesWork || !status) {
    return (
      <Empty icon={<IconHeadphones aria-hidden={true} />} title={t('workspace.empty.title')}>
        <p className="muted">{state.transport === 'registered' ? t('workspace.empty.text') : t('workspace.empty.noPhone')}</p>
      </Empty>
    );
  }
  return (
    <Empty icon={<IconHeadphones aria-hidden={true} />} title={t('workspace.empty.away', { status: nameOfStatus(status) })}>
      <p className="muted">{t('workspace.empty.awayText')}</p>
      {working ? (
        <button type="button" className="btn primary" onClick={() => api.chooseStatus(working.statusId).catch((error: unknown) => toast(errorText(error, t)))}>
          {t('workspace.empty.becomeAvailable', { status: nameOfStatus(working) })}
        </button>
      ) : null}
    </Empty>
  );
}
