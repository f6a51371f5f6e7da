import { ignoreFailure } from '@centralita/kernel';
import { createContext, use, useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../session/api.ts';
import { useLive, useMe } from '../live/live.tsx';
import { nameOfParty } from '../ui/party.ts';
import { notifyRinging, showOnTab } from './attention.ts';
import { chosenMicrophone, chosenSpeaker } from './devices.ts';
import { microphoneAllowed } from './microphone.ts';
import { Phone, type PhoneState } from './phone.ts';
import { Ringer } from './ringer.ts';

interface PhoneParts {
  readonly phone: Phone;
  readonly ringer: Ringer;
  readonly setSpeaker: (speakerId: string | null) => void;
  readonly iceServers: () => readonly RTCIceServer[];
}
const PhoneContext = createContext<PhoneParts | null>(null);

/** The phone lives in the shell: moving between screens never touches a call. */
export function PhoneProvider({ children }: { readonly children: ReactNode }) {
  const { feed } = useLive();
  const audio = useRef<HTMLAudioElement>(null);
  const iceServers = useRef<readonly RTCIceServer[]>([]);
  const [parts] = useState<PhoneParts>(() => {
    const ringer = new Ringer();
    const phone = new Phone({
      // JsSIP is its own chunk: the first screen does not wait for it.
      transport: async () => new (await import('./jssip-transport.ts')).JsSipTransport(),
      register: async () => {
        const registration = await api.registerSoftphone();
        iceServers.current = registration.iceServers as readonly RTCIceServer[];
        return registration;
      },
      microphoneId: chosenMicrophone,
      now: () => feed.clock.now(),
    });
    const setSpeaker = (speakerId: string | null) => {
      ringer.useSpeaker(speakerId);
      const element = audio.current as (HTMLAudioElement & { setSinkId?(id: string): Promise<void> }) | null;
      if (element?.setSinkId) ignoreFailure('speaker for calls', element.setSinkId(speakerId ?? ''));
    };
    return { phone, ringer, setSpeaker, iceServers: () => iceServers.current };
  });

  useEffect(() => {
    parts.phone.start();
    const unlock = () => parts.ringer.unlock();
    const back = () => parts.phone.reconnect();
    window.addEventListener('pointerdown', unlock, { once: true });
    window.addEventListener('keydown', unlock, { once: true });
    window.addEventListener('online', back);
    return () => {
      window.removeEventListener('pointerdown', unlock);
      window.removeEventListener('keydown', unlock);
      window.removeEventListener('online', back);
      parts.ringer.stop();
      parts.phone.stop();
    };
  }, [parts]);

  return (
    <PhoneContext value={parts}>
      {children}
      <RemoteAudio audio={audio} />
      <GoneCall />
      <Attention />
    </PhoneContext>
  );
}

export function usePhoneParts(): PhoneParts {
  const parts = use(PhoneContext);
  if (!parts) throw new Error('usePhone outside PhoneProvider');
  return parts;
}

export function usePhone(): { readonly phone: Phone; readonly state: PhoneState } {
  const { phone } = usePhoneParts();
  return { phone, state: useSyncExternalStore(phone.listen, phone.read) };
}

/** How long the server may say that there is no call while this page still has one; a call's end crosses on two ways. */
const GONE_AFTER_MS = 3_000;

/** A telephone service that was killed ends its calls without a word: what the feed no longer knows is let go here. */
function GoneCall() {
  const { phone, state } = usePhone();
  const me = useMe();
  const gone = state.call?.state === 'live' && state.transport === 'registered' && me.agent !== null && me.calls.length === 0;
  useEffect(() => {
    if (!gone) return;
    const timer = setTimeout(() => phone.letGo(), GONE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [gone, phone]);
  return null;
}

function RemoteAudio({ audio }: { readonly audio: React.RefObject<HTMLAudioElement | null> }) {
  const { state } = usePhone();
  const { setSpeaker } = usePhoneParts();
  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    element.srcObject = state.remote;
    if (!state.remote) return;
    setSpeaker(chosenSpeaker());
    ignoreFailure('remote audio', element.play());
  }, [audio, state.remote, setSpeaker]);
  return <audio ref={audio} autoPlay data-testid="remote-audio" />;
}

/** What calls for the person: sound, the lamp on the tab, one notice of the system. */
function Attention() {
  const { t } = useTranslation();
  const { offer, calls } = useMe();
  const { phone, ringer } = usePhoneParts();
  const { state } = usePhone();
  const offerId = offer?.offerId ?? null;
  const ringsHere = state.call?.direction === 'incoming' && state.call.state === 'ringing';
  const direct = ringsHere && !offer ? (state.call?.caller ?? null) : null;
  const caller = offer ? nameOfParty(offer.caller, t) : direct ? nameOfParty({ kind: 'phone', ...direct, contactId: null }, t) : null;
  const noticeId = offerId ?? (direct ? (state.call?.id ?? null) : null);
  const body = offer ? t('phone.notificationBody', { queue: offer.queueName }) : t('workspace.states.direct');
  const talkingTo = calls[0] ? nameOfParty(calls[0].other, t) : null;

  useEffect(() => {
    if (!ringsHere) return;
    ringer.start();
    return () => ringer.stop();
  }, [ringsHere, ringer]);

  useEffect(() => {
    if (offerId) ignoreFailure('opening the microphone early', microphoneAllowed().then((allowed) => (allowed ? phone.prepare() : undefined)));
  }, [offerId, phone]);

  useEffect(() => {
    if (noticeId === null || caller === null) return;
    return notifyRinging(noticeId, t('phone.notificationTitle', { name: caller }), body);
  }, [noticeId, caller, body, t]);

  useEffect(() => {
    if (caller !== null) showOnTab(t('phone.tabRinging', { name: caller }), true, t('common.productName'));
    else showOnTab(talkingTo === null ? null : t('phone.tabLive', { name: talkingTo }), false, t('common.productName'));
  }, [caller, talkingTo, t]);
  return null;
}
