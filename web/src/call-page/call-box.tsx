import type { CallPage } from '@centralita/contract';
import { ignoreFailure } from '@centralita/kernel';
import { IconDisc, IconMicrophone, IconMicrophoneOff, IconPhone } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { Keypad } from '../softphone/keypad.tsx';
import { MicrophoneError } from '../softphone/microphone.ts';
import { formatDuration } from '../ui/format.ts';
import { formatPhoneNumber } from '../ui/phone-number.ts';
import { callAsGuest, type GuestPhone } from './guest-phone.ts';
import { ended, type GuestState } from './call.view-model.ts';
import { Plugs } from './plugs.tsx';

export function CallBox({ page, slug }: { readonly page: CallPage; readonly slug: string }) {
  const { t } = useTranslation();
  const [state, setState] = useState<GuestState>({ kind: 'ready' });
  const [muted, setMuted] = useState(false);
  const phone = useRef<GuestPhone | null>(null);
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const leaving = () => phone.current?.hangUp();
    window.addEventListener('pagehide', leaving);
    return () => {
      window.removeEventListener('pagehide', leaving);
      leaving();
    };
  }, []);

  const call = async () => {
    setMuted(false);
    setState({ kind: 'microphone' });
    try {
      phone.current = await callAsGuest(() => api.guestCall(slug, crypto.randomUUID()), {
        connecting: () => setState({ kind: 'connecting' }),
        live: () => setState({ kind: 'live', since: Date.now() }),
        audio: (remote) => {
          if (!audio.current) return;
          audio.current.srcObject = remote;
          ignoreFailure('remote audio', audio.current.play());
        },
        ended: (failure) => {
          phone.current = null;
          setState((before) => ended(before, failure, Date.now()));
        },
      });
    } catch (error) {
      setState({ kind: 'failed', why: error instanceof MicrophoneError ? { fault: error.fault } : { error } });
    }
  };
  const inCall = state.kind === 'live' || state.kind === 'connecting';
  return (
    <section className="card box" aria-label={t('callPage.callArea', { name: page.accountName })}>
      <Plugs plugged={inCall} waiting={state.kind === 'connecting'} />
      <div className="in">
        <CallState state={state} page={page} />
        {inCall ? (
          <div className="calling">
            {state.kind === 'live' ? <Keypad everywhere label={t('callPage.keypad')} onKey={(digit) => phone.current?.tones(digit)} /> : null}
            <div className="calling-keys">
              <button
                type="button"
                className="btn"
                aria-pressed={muted}
                onClick={() => {
                  phone.current?.mute(!muted);
                  setMuted(!muted);
                }}
              >
                {muted ? <IconMicrophoneOff className="i" aria-hidden={true} /> : <IconMicrophone className="i" aria-hidden={true} />}
                {muted ? t('callPage.unmute') : t('callPage.mute')}
              </button>
              <button type="button" className="btn hang" onClick={() => phone.current?.hangUp()}>
                <IconPhone className="i down" aria-hidden={true} />
                {t('callPage.hangUp')}
              </button>
            </div>
          </div>
        ) : !page.open && state.kind === 'ready' ? null : (
          <button type="button" className="cta" disabled={!page.open || state.kind === 'microphone'} onClick={() => void call()}>
            <IconPhone className="i" aria-hidden={true} />
            {state.kind === 'ended' || state.kind === 'failed' ? t('callPage.callAgain') : t('callPage.callNow')}
          </button>
        )}
        <Footnotes page={page} inCall={inCall} />
      </div>
      <audio ref={audio} autoPlay data-testid="remote-audio" />
    </section>
  );
}

/** That it is recorded, and the way in by telephone. */
function Footnotes({ page, inCall }: { readonly page: CallPage; readonly inCall: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {page.recordingNotice && page.open ? (
        <p className="rec-note">
          <IconDisc className="i" aria-hidden={true} />
          <span>
            <b>{t('callPage.recordedTitle')}</b> {t('callPage.recordedText')} {inCall ? null : t('callPage.recordedAccept')}
          </span>
        </p>
      ) : null}
      {page.numberShown ? (
        <dl className="alt">
          <dt>{t('callPage.byPhone')}</dt>
          <dd>
            <a href={`tel:${page.numberShown}`}>{formatPhoneNumber(page.numberShown)}</a>
          </dd>
        </dl>
      ) : null}
    </>
  );
}

function CallState({ state, page }: { readonly state: GuestState; readonly page: CallPage }) {
  const { t } = useTranslation();
  const name = page.accountName;
  switch (state.kind) {
    case 'ready':
      return page.open ? (
        <p className="open">
          <i aria-hidden="true" />
          {t('callPage.open')}
        </p>
      ) : (
        <div className="said">
          <b>{t('callPage.states.closedTitle')}</b>
          <p>{page.numberShown ? t('callPage.states.closedText') : t('callPage.states.closedTextPlain')}</p>
        </div>
      );
    case 'microphone':
      return <Said title={t('callPage.states.microphone')} text={t('callPage.states.microphoneText')} />;
    case 'connecting':
      return <Said title={t('callPage.states.connecting')} text={t('callPage.states.connectingText', { name })} />;
    case 'live':
      return <Live since={state.since} />;
    case 'ended':
      return <Said title={t('callPage.states.ended')} text={t('callPage.states.endedText', { time: formatDuration(state.talkedMs) })} />;
    case 'failed':
      return (
        <div className="said bad" role="alert">
          <b>{t('callPage.states.failedTitle')}</b>
          <p>{'fault' in state.why ? t(`phone.${state.why.fault}`) : 'failure' in state.why ? t(`phone.callFailed.${state.why.failure}`) : errorText(state.why.error, t)}</p>
        </div>
      );
  }
}

function Said({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className="said" role="status">
      <b>{title}</b>
      <p>{text}</p>
    </div>
  );
}

function Live({ since }: { readonly since: number }) {
  const { t } = useTranslation();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="said">
      <p className="live-line">
        <span role="status">
          <b>{t('callPage.states.live')}</b>
        </span>
        <time className="num">{formatDuration(now - since)}</time>
      </p>
      <p>{t('callPage.states.liveText')}</p>
    </div>
  );
}
