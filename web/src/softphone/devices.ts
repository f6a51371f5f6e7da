import { useCallback, useEffect, useState } from 'react';
import { ignoreFailure } from '@centralita/kernel';
import { readPreference, writePreference } from '../ui/preferences.ts';

export interface Devices {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly speakers: readonly MediaDeviceInfo[];
}

/** Devices as the browser lists them; names are there once the microphone was allowed. */
export function useDevices(): { readonly devices: Devices; readonly refresh: () => void } {
  const [devices, setDevices] = useState<Devices>({ microphones: [], speakers: [] });
  const refresh = useCallback(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!media) return;
    ignoreFailure(
      'device list',
      media.enumerateDevices().then((all) => {
        const real = all.filter((device) => device.deviceId !== '' && device.deviceId !== 'default' && device.deviceId !== 'communications');
        setDevices({ microphones: real.filter((device) => device.kind === 'audioinput'), speakers: real.filter((device) => device.kind === 'audiooutput') });
      }),
    );
  }, []);
  useEffect(() => {
    refresh();
    const media = navigator.mediaDevices as MediaDevices | undefined;
    media?.addEventListener('devicechange', refresh);
    return () => media?.removeEventListener('devicechange', refresh);
  }, [refresh]);
  return { devices, refresh };
}

export const chosenMicrophone = (): string | null => readPreference('microphone');
export const chosenSpeaker = (): string | null => readPreference('speaker');
export const chooseMicrophone = (deviceId: string | null): void => writePreference('microphone', deviceId);
export const chooseSpeaker = (deviceId: string | null): void => writePreference('speaker', deviceId);

/** Firefox and Safari cannot choose an output: the picker is then not shown. */
export const canChooseSpeaker = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;
