export type MicrophoneFault = 'microphoneBlocked' | 'microphoneMissing' | 'microphoneInsecure' | 'microphoneFailed';

export class MicrophoneError extends Error {
  override name = 'MicrophoneError';
  readonly fault: MicrophoneFault;
  constructor(fault: MicrophoneFault, options?: ErrorOptions) {
    super(fault, options);
    this.fault = fault;
  }
}

/** @throws {MicrophoneError} with the reason that the person can act on. A remembered device that is gone falls back to the default one. */
export async function openMicrophone(deviceId: string | null): Promise<MediaStream> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new MicrophoneError('microphoneInsecure');
  const sound: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await devices.getUserMedia({ audio: deviceId ? { ...sound, deviceId: { ideal: deviceId } } : sound });
  } catch (error) {
    throw new MicrophoneError(faultOf(error), { cause: error });
  }
}

export function faultOf(error: unknown): MicrophoneFault {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'microphoneBlocked';
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'microphoneMissing';
  return 'microphoneFailed';
}

export function closeStream(stream: MediaStream | null | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Whether opening it now would ask nobody anything. */
export async function microphoneAllowed(): Promise<boolean> {
  try {
    const permission = await navigator.permissions.query({ name: 'microphone' as PermissionName });
    return permission.state === 'granted';
  } catch {
    // Firefox does not know this permission by name: the answer is then found out by asking for the microphone.
    return false;
  }
}

/** Calls back with the loudness, 0 to 1, about 15 times a second, until the returned function is called. */
export function measureLevel(stream: MediaStream, heard: (level: number) => void): () => void {
  const context = new AudioContext();
  // Opened without a gesture (a call that answers by itself) it may start suspended.
  void context.resume();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    let sum = 0;
    for (const sample of samples) sum += sample * sample;
    heard(levelOf(Math.sqrt(sum / samples.length)));
  }, 66);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

/** Root mean square to a meter: −60 dBFS is empty, −6 dBFS full, as speech is heard rather than as volts. */
export function levelOf(rootMeanSquare: number): number {
  if (rootMeanSquare <= 0) return 0;
  return Math.min(1, Math.max(0, (20 * Math.log10(rootMeanSquare) + 60) / 54));
}
