import type { MeCall, MeOffer, PartyView } from '@centralita/contract';
import { IconGridDots, IconMicrophone, IconMicrophoneOff, IconPhone, IconPlayerPause, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useNow } from '../live/live.tsx';
import type { KeypadPopoverProps } from '../softphone/keypad-popover.tsx';
import { qualityLevel } from '../softphone/dial.view-model.ts';
import { usePhone } from '../softphone/phone-provider.tsx';
import { formatDuration, formatNumber, formatPercent, secondsLeft } from '../ui/format.ts';
import { nameOfParty, numberOfParty } from '../ui/party.ts';
import { formatPhoneNumber } from '../ui/phone-number.ts';
import { Signal } from '../ui/parts.tsx';
import { presentLanguage } from '../i18n/index.ts';
import { endsSoon, ringProgress, type Moment } from '../workspace/moment.view-model.ts';
import { useCallActions, type CallActions } from '../workspace/use-call-actions.ts';
import { useMoment } from '../workspace/use-moment.ts';
import { onIntent } from '../ui/on-intent.tsx';
import { StatusButton } from './status-button.tsx';

const StatusMenu = onIntent<object>(async () => (await import('./status-menu.tsx')).StatusMenu);
const KeypadPopover = onIntent<KeypadPopoverProps>(async () => (await import('../softphone/keypad-popover.tsx')).KeypadPopover);

/** Never leaves while a call or after-service lives. */
export function CallBar() {
  const { t } = useTranslation();
  const moment = useMoment();
  const actions = useCallActions();
  const label = moment.kind === 'ringing' || moment.kind === 'direct' ? t('shell.incomingCallBar') : moment.kind === 'call' ? t('shell.liveCallBar') : t('shell.callBar');
  return (
    <header className={`bar is-${moment.kind} ${moment.kind === 'ringing' ? 'ringing' : ''}`} aria-label={label}>
      <Contents moment={moment} actions={actions} />
      <span className="spring not-phone" />
      <span className="bar-status">
        <StatusMenu closed={(press) => <StatusButton aria-haspopup="menu" aria-expanded={false} onClick={press} />} />
      </span>
    </header>
  );
}

function Contents({ moment, actions }: { readonly moment: Moment; readonly actions: CallActions }) {
  const { t } = useTranslation();
  switch (moment.kind) {
    case 'ringing':
      return <Ringing offer={moment.offer} phone={moment.phone} actions={actions} />;
    case 'direct':
      return <Direct caller={moment.caller} answering={moment.answering} actions={actions} />;
    case 'call':
      return <LiveCall call={moment.call} here={moment.here} actions={actions} />;
    case 'connecting':
      return <Connecting number={moment.number} actions={actions} />;
    case 'after-service':
      return <AfterService moment={moment} actions={actions} />;
    case 'not-answering':
      return <NotAnswering since={moment.since} actions={actions} />;
    case 'idle':
      return (
        <p className="bar-idle">
          <span className="lamp" aria-hidden="true" />
          {moment.takesWork ? t('shell.idleBar') : t('shell.idleBarAway')}
        </p>
      );
    case 'offline':
      return (
        <p className="bar-idle">
          <span className="lamp" aria-hidden="true" />
          {t('shell.idleBarOffline')}
        </p>
      );
  }
}

function Ringing({ offer, phone, actions }: { readonly offer: MeOffer; readonly phone: 'here' | 'answering' | 'elsewhere'; readonly actions: CallActions }) {
  const { t } = useTranslation();
  const now = useNow();
  useAltKey('KeyA', () => actions.answer(offer.offerId));
  return (
    <>
      <div className="call">
        <span className="lamp ring" aria-hidden="true" />
        <div className="call-state">
          <span className="word is-ring">
            <span className="not-phone">{t('workspace.states.ringing')}</span>
            <span className="only-phone">{t('workspace.states.ringingShort')}</span>
          </span>
          <time>{formatDuration(now - offer.offeredAt)}</time>
        </div>
        <Who name={nameOfParty(offer.caller, t)} below={offer.caller.name === null ? '' : numberOfParty(offer.caller, t)} />
        <div className="call-who not-phone wide-only">
          <b>{offer.queueName}</b>
          <span className="num">{t('workspace.waited', { time: formatDuration(offer.waitedMs) })}</span>
        </div>
      </div>
      <div className="ring-keys">
        <button type="button" className="big take" disabled={phone !== 'here'} onClick={() => actions.answer(offer.offerId)} aria-keyshortcuts="Alt+A">
          <IconPhone className="i" aria-hidden={true} />
          {phone === 'answering' ? t('workspace.answering') : t('workspace.answer')}
          <kbd className="not-phone">{t('workspace.answerKey')}</kbd>
        </button>
        <button type="button" className="big refuse" disabled={phone === 'answering'} onClick={() => actions.decline(offer.offerId)}>
          <IconX className="i" aria-hidden={true} />
          {t('workspace.decline')}
        </button>
        <span className="small muted num left">
          {phone === 'elsewhere' ? t('workspace.ringsElsewhere') : t('workspace.leftThenBack', { count: secondsLeft(offer.expiresAt, now) })}
        </span>
      </div>
      <span className="ring-cord" style={{ width: `${(1 - ringProgress(offer, now)) * 100}%` }} aria-hidden="true" />
    </>
  );
}

/** Alt and a letter from anywhere; a letter alone would get in the way of typing (WCAG 2.1.4). */
function useAltKey(code: string, run: () => void): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== code) return;
    event.preventDefault();
    run();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => pressed(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

function Direct({ caller, answering, actions }: { readonly caller: PartyView; readonly answering: boolean; readonly actions: CallActions }) {
  const { t } = useTranslation();
  useAltKey('KeyA', () => actions.answer(null));
  return (
    <>
      <div className="call">
        <span className="lamp ring" aria-hidden="true" />
        <div className="call-state">
          <span className="word is-ring">{t('workspace.states.direct')}</span>
        </div>
        <Who name={nameOfParty(caller, t)} below={caller.name === null ? '' : numberOfParty(caller, t)} />
      </div>
      <div className="ring-keys">
        <button type="button" className="big take" disabled={answering} onClick={() => actions.answer(null)} aria-keyshortcuts="Alt+A">
          <IconPhone className="i" aria-hidden={true} />
          {answering ? t('workspace.answering') : t('workspace.answer')}
          <kbd className="not-phone">{t('workspace.answerKey')}</kbd>
        </button>
        <button type="button" className="big refuse" disabled={answering} onClick={() => actions.decline(null)}>
          <IconX className="i" aria-hidden={true} />
          {t('workspace.decline')}
        </button>
      </div>
    </>
  );
}

function Who({ name, below }: { readonly name: string; readonly below: string }) {
  return (
    <div className="call-who">
      <b>{name}</b>
      <span className="num">{below}</span>
    </div>
  );
}

const lampOf = { dialing: 'talk', ringing: 'talk', talking: 'talk', holding: 'hold', reconnecting: 'lost' } as const;
const wordOf = { dialing: 'dialing', ringing: 'remoteRinging', talking: 'talking', holding: 'holding', reconnecting: 'reconnecting' } as const;

function LiveCall({ call, here, actions }: { readonly call: MeCall; readonly here: boolean; readonly actions: CallActions }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <>
      <div className="call">
        <span className={`lamp ${lampOf[call.state]}`} aria-hidden="true" />
        <div className="call-state">
          <span className={`word is-${lampOf[call.state]}`}>{t(`workspace.states.${wordOf[call.state]}`)}</span>
          <time>{formatDuration(now - (call.state === 'talking' ? (call.answeredAt ?? call.since) : call.since))}</time>
        </div>
        <Who name={nameOfParty(call.other, t)} below={call.other.name === null ? '' : numberOfParty(call.other, t)} />
      </div>
      <CallFacts call={call} />
      <CallKeys call={call} here={here} actions={actions} />
    </>
  );
}

function CallFacts({ call }: { readonly call: MeCall }) {
  const { t } = useTranslation();
  const level = call.quality ? qualityLevel(call.quality) : 'unknown';
  const language = presentLanguage();
  const detail = call.quality ? t('workspace.qualityDetail', { mos: formatNumber(call.quality.mos, language, 1), loss: `${formatPercent(call.quality.lossRatio, language, 1)} %`, jitter: Math.round(call.quality.jitterMs) }) : undefined;
  return (
    <div className="bar-facts">
      <span>{call.queueName ?? t(call.direction === 'internal' ? 'workspace.internal' : 'workspace.outgoing')}</span>
      <span>
        <span className={`rec ${call.recording}`} aria-hidden="true" />
        {t(`workspace.recording.${call.recording}`)}
      </span>
      {call.answeredAt === null ? null : (
        <span title={detail}>
          <Signal level={level} />
          {t(`workspace.quality.${level}`)}
        </span>
      )}
    </div>
  );
}

function CallKeys({ call, here, actions }: { readonly call: MeCall; readonly here: boolean; readonly actions: CallActions }) {
  const { t } = useTranslation();
  const { state, phone } = usePhone();
  const reason = (action: MeCall['allowedActions'][number]): string | undefined => {
    const why = actions.whyNot(call, action);
    return why === null ? undefined : t(`workspace.unavailable.${why}`);
  };
  const held = call.state === 'holding';
  const holdReason = reason(held ? 'resume' : 'hold');
  const digitsReason = reason('send-digits');
  return (
    <div className="keys">
      {here ? (
        <button type="button" className="key" aria-pressed={state.muted} onClick={() => phone.mute(!state.muted)}>
          {state.muted ? <IconMicrophoneOff className="i" aria-hidden={true} /> : <IconMicrophone className="i" aria-hidden={true} />}
          {state.muted ? t('workspace.unmute') : t('workspace.mute')}
        </button>
      ) : null}
      <button type="button" className="key" aria-pressed={held} aria-disabled={holdReason !== undefined} title={holdReason} onClick={() => holdReason === undefined && actions.act(call, held ? 'resume' : 'hold')}>
        {held ? <IconPlayerPlay className="i" aria-hidden={true} /> : <IconPlayerPause className="i" aria-hidden={true} />}
        {held ? t('workspace.resume') : t('workspace.hold')}
      </button>
      <KeypadPopover
        label={t('phone.keypadInCall')}
        disabledReason={digitsReason}
        onKey={(digit) => actions.digit(call, digit)}
        closed={(press) => (
          <button type="button" className="key" aria-haspopup="dialog" aria-expanded={false} aria-disabled={digitsReason !== undefined} title={digitsReason} onClick={() => digitsReason === undefined && press()}>
            <IconGridDots className="i" aria-hidden={true} />
            {t('workspace.keypad')}
          </button>
        )}
      />
      <RecordingKey call={call} actions={actions} />
      <button type="button" className="big hang" onClick={() => actions.hangUp(call, here)}>
        <IconPhone className="i down" aria-hidden={true} />
        {t('workspace.hangUp')}
      </button>
    </div>
  );
}

function RecordingKey({ call, actions }: { readonly call: MeCall; readonly actions: CallActions }) {
  const { t } = useTranslation();
  const action = (['pause-recording', 'resume-recording'] as const).find((candidate) => call.allowedActions.includes(candidate));
  if (!action) return null;
  const pause = action === 'pause-recording';
  return (
    <button type="button" className="key wide-key not-phone" title={pause ? t('workspace.pauseRecording') : t('workspace.resumeRecording')} aria-label={pause ? t('workspace.pauseRecording') : t('workspace.resumeRecording')} onClick={() => actions.act(call, action)}>
      <span className="i rec-key" aria-hidden="true">
        <span className={`rec ${pause ? 'on' : 'paused'}`} />
      </span>
      {t('workspace.recordingKey')}
    </button>
  );
}

function Connecting({ number, actions }: { readonly number: string | null; readonly actions: CallActions }) {
  const { t } = useTranslation();
  return (
    <>
      <div className="call">
        <span className="lamp talk" aria-hidden="true" />
        <div className="call-state">
          <span className="word is-talk">{number === null ? t('workspace.states.connecting') : t('workspace.states.dialing')}</span>
        </div>
        {number === null ? null : <Who name={formatPhoneNumber(number)} below={t('workspace.outgoing')} />}
      </div>
      <div className="keys">
        <button type="button" className="big hang" onClick={actions.hangUpHere}>
          <IconPhone className="i down" aria-hidden={true} />
          {t('workspace.hangUp')}
        </button>
      </div>
    </>
  );
}

function AfterService({ moment, actions }: { readonly moment: Extract<Moment, { kind: 'after-service' }>; readonly actions: CallActions }) {
  const { t } = useTranslation();
  const now = useNow();
  const { afterService } = moment;
  const finish = () => actions.finishAfterService(afterService);
  useAltKey('KeyT', finish);
  const soon = afterService.endsAt !== null && endsSoon(afterService.startedAt, afterService.endsAt, now);
  return (
    <>
      <div className="call">
        <span className="lamp after" aria-hidden="true" />
        <div className="call-state">
          <span className="word is-after">{t('workspace.states.after-service')}</span>
          <time>{formatDuration(now - afterService.startedAt)}</time>
        </div>
        <Who name={nameOfParty(afterService.caller, t)} below={afterService.queueName} />
      </div>
      <div className="bar-facts">
        <span className={`num ${soon ? 'soon' : ''}`}>{afterService.endsAt === null ? t('workspace.afterService.noLimit') : t('workspace.afterService.left', { time: formatDuration(afterService.endsAt - now + 999) })}</span>
      </div>
      <div className="keys">
        <button type="button" className="big take" onClick={finish} aria-keyshortcuts="Alt+T">
          {t('workspace.afterService.finish')}
          <kbd className="not-phone">{t('workspace.afterService.finishKey')}</kbd>
        </button>
      </div>
    </>
  );
}

function NotAnswering({ since, actions }: { readonly since: number; readonly actions: CallActions }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <>
      <div className="call">
        <span className="lamp lost" aria-hidden="true" />
        <div className="call-state">
          <span className="word is-lost">{t('workspace.states.not-answering')}</span>
          <time>{formatDuration(now - since)}</time>
        </div>
      </div>
      <div className="keys">
        <button type="button" className="big take" onClick={actions.returnToWork}>
          {t('workspace.notAnswering.back')}
        </button>
      </div>
    </>
  );
}
