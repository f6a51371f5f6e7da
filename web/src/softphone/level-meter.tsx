import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { chosenMicrophone } from './devices.ts';
import { closeStream, measureLevel, MicrophoneError, openMicrophone, type MicrophoneFault } from './microphone.ts';

const BARS = 20;

/** Twenty lamps that follow the voice. Drawn by hand: fifteen renders a second are not worth a component tree. */
export function LevelMeter({ stream }: { readonly stream: MediaStream | null }) {
  const { t } = useTranslation();
  const meter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = meter.current;
    if (!element || !stream) return;
    const bars = [...element.children];
    const draw = (level: number) => {
      const lit = Math.round(level * BARS);
      bars.forEach((bar, index) => bar.classList.toggle('on', index < lit));
      element.setAttribute('aria-valuenow', String(Math.round(level * 100)));
    };
    const stop = measureLevel(stream, draw);
    return () => {
      stop();
      draw(0);
    };
  }, [stream]);
  return (
    <div ref={meter} className="meter" role="meter" aria-label={t('phone.level')} aria-valuemin={0} aria-valuemax={100} aria-valuenow={0}>
      {Array.from({ length: BARS }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}

/** The microphone open only to see its level, until stopped or a minute has passed. */
export function useTestLevel(): { readonly running: boolean; readonly stream: MediaStream | null; readonly fault: MicrophoneFault | null; readonly toggle: () => void } {
  const [stream, setStream] = useState<MediaStream | null>(null);
  const [fault, setFault] = useState<MicrophoneFault | null>(null);
  const present = useRef<MediaStream | null>(null);
  const stop = useCallback(() => {
    closeStream(present.current);
    present.current = null;
    setStream(null);
  }, []);
  useEffect(() => stop, [stop]);
  useEffect(() => {
    if (!stream) return;
    const timer = setTimeout(stop, 60_000);
    return () => clearTimeout(timer);
  }, [stream, stop]);
  const toggle = useCallback(() => {
    if (present.current) return stop();
    setFault(null);
    openMicrophone(chosenMicrophone()).then(
      (opened) => {
        present.current = opened;
        setStream(opened);
      },
      (error: unknown) => setFault(error instanceof MicrophoneError ? error.fault : 'microphoneFailed'),
    );
  }, [stop]);
  return { running: stream !== null, stream, fault, toggle };
}
