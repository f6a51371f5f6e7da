import { closeStream, measureLevel, MicrophoneError, openMicrophone, type MicrophoneFault } from './microphone.ts';

export type CheckName = 'microphone' | 'registration' | 'server' | 'media';
export type CheckState = 'waiting' | 'running' | 'good' | 'fair' | 'bad';
export type CheckText = 'microphoneHeard' | 'microphoneSilent' | 'registered' | 'notRegistered' | 'serverTime' | 'serverAway' | 'mediaDirect' | 'mediaRelay' | 'mediaNone';

export interface CheckResult {
  readonly state: CheckState;
  readonly text: CheckText | { readonly fault: MicrophoneFault } | null;
  readonly ms?: number;
}

export interface CheckInputs {
  readonly microphoneId: string | null;
  readonly registered: () => boolean;
  readonly ping: () => Promise<unknown>;
  readonly iceServers: readonly RTCIceServer[];
}

export const CHECKS: readonly CheckName[] = ['microphone', 'registration', 'server', 'media'];

/** Each check on its own, so that one that fails does not hide the others. */
export async function runCheck(name: CheckName, inputs: CheckInputs): Promise<CheckResult> {
  switch (name) {
    case 'microphone':
      return checkMicrophone(inputs.microphoneId);
    case 'registration':
      return inputs.registered() ? { state: 'good', text: 'registered' } : { state: 'bad', text: 'notRegistered' };
    case 'server':
      return checkServer(inputs.ping);
    case 'media':
      return checkMedia(inputs.iceServers);
  }
}

async function checkMicrophone(microphoneId: string | null): Promise<CheckResult> {
  let stream: MediaStream;
  try {
    stream = await openMicrophone(microphoneId);
  } catch (error) {
    if (error instanceof MicrophoneError) return { state: 'bad', text: { fault: error.fault } };
    throw error;
  }
  let loudest = 0;
  const stop = measureLevel(stream, (level) => (loudest = Math.max(loudest, level)));
  await wait(2_000);
  stop();
  closeStream(stream);
  // A room is never silent: a meter at zero is a muted or a dead microphone.
  return loudest > 0.02 ? { state: 'good', text: 'microphoneHeard' } : { state: 'fair', text: 'microphoneSilent' };
}

async function checkServer(ping: () => Promise<unknown>): Promise<CheckResult> {
  try {
    await ping();
    const started = performance.now();
    await ping();
    await ping();
    const ms = Math.round((performance.now() - started) / 2);
    return { state: ms < 150 ? 'good' : ms < 400 ? 'fair' : 'bad', text: 'serverTime', ms };
  } catch {
    return { state: 'bad', text: 'serverAway' };
  }
}

async function checkMedia(iceServers: readonly RTCIceServer[]): Promise<CheckResult> {
  const peer = new RTCPeerConnection({ iceServers: [...iceServers] });
  const kinds = new Set<string>();
  try {
    const gathered = new Promise<void>((resolve) => {
      peer.addEventListener('icecandidate', (event) => {
        if (event.candidate?.type) kinds.add(event.candidate.type);
        if (!event.candidate) resolve();
      });
    });
    peer.createDataChannel('test');
    await peer.setLocalDescription(await peer.createOffer());
    await Promise.race([gathered, wait(4_000)]);
  } finally {
    peer.close();
  }
  if (kinds.has('host') || kinds.has('srflx')) return { state: 'good', text: 'mediaDirect' };
  return kinds.has('relay') ? { state: 'fair', text: 'mediaRelay' } : { state: 'bad', text: 'mediaNone' };
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
