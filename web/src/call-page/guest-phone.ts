import type { GuestCall } from '@centralita/contract';
import { ignoreFailure } from '@centralita/kernel';
import { closeStream, openMicrophone } from '../softphone/microphone.ts';
import type { CallFailure, SoftphoneTransport, TransportCall } from '../softphone/transport.ts';

export interface GuestEvents {
  /** The microphone was granted; the call is being opened. */
  readonly connecting: () => void;
  readonly live: () => void;
  readonly audio: (remote: MediaStream) => void;
  readonly ended: (failure: CallFailure | null) => void;
}

export interface GuestPhone {
  mute(muted: boolean): void;
  tones(digits: string): void;
  hangUp(): void;
}

const CONNECT_WITHIN_MS = 15_000;

/**
 * One call of somebody without an account: microphone first (its refusal must cost nothing), then the credential, then the call.
 * @throws {MicrophoneError} when the microphone cannot be opened, {ApiError} when the center refuses
 */
export async function callAsGuest(credential: () => Promise<GuestCall>, events: GuestEvents): Promise<GuestPhone> {
  const microphone = await openMicrophone(null);
  events.connecting();
  let transport: SoftphoneTransport;
  let guest: GuestCall;
  try {
    const [module, granted] = await Promise.all([import('../softphone/jssip-transport.ts'), credential()]);
    transport = new module.JsSipTransport();
    guest = granted;
  } catch (error) {
    closeStream(microphone);
    throw error;
  }
  return place(transport, guest, microphone, events);
}

function place(transport: SoftphoneTransport, guest: GuestCall, microphone: MediaStream, events: GuestEvents): GuestPhone {
  let call: TransportCall | undefined;
  let over = false;
  const finish = (failure: CallFailure | null): void => {
    if (over) return;
    over = true;
    clearTimeout(slow);
    closeStream(microphone);
    // Its own turn: the transport is in the middle of telling.
    setTimeout(() => ignoreFailure('guest phone', () => transport.stop()), 0);
    events.ended(failure);
  };
  const slow = setTimeout(() => {
    if (!call) finish('lost');
  }, CONNECT_WITHIN_MS);
  transport.listen((event) => {
    if (event.type === 'state' && event.state === 'registered' && !call && !over) call = transport.dial(guest.target, microphone);
    else if (event.type === 'connected') events.live();
    else if (event.type === 'audio') events.audio(event.remote);
    else if (event.type === 'ended') finish(event.failure);
  });
  transport.start(guest, { register: false });
  return {
    mute: (muted) => {
      for (const track of microphone.getAudioTracks()) track.enabled = !muted;
    },
    tones: (digits) => call?.sendTones(digits),
    hangUp: () => {
      if (call) call.hangUp();
      finish(null);
    },
  };
}
