import { IconBackspace, IconGridDots, IconMicrophone, IconPhone, IconSettings } from '@tabler/icons-react';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../live/live.tsx';
import { errorText } from '../session/error-text.view-model.ts';
import { formatPhoneNumber } from '../ui/phone-number.ts';
import { Signal } from '../ui/parts.tsx';
import { toast } from '../ui/toasts.tsx';
import { isExtension, normaliseDialled, qualityLevel } from './dial.view-model.ts';
import { chosenMicrophone, useDevices } from './devices.ts';
import { Keypad } from './keypad.tsx';
import { LevelMeter, useTestLevel } from './level-meter.tsx';
import { usePhone } from './phone-provider.tsx';

const DevicesDialog = lazy(async () => ({ default: (await import('./devices-dialog.tsx')).DevicesDialog }));

/** The softphone panel at the bottom left (S2.1, S2.6, S2.12). */
export function Dock() {
  const { t } = useTranslation();
  const { state, phone } = usePhone();
  const [padOpen, pad] = useDisclosure(false);
  const [number, setNumber] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const problemId = useId();
  const { agent } = useMe();
  const dialled = normaliseDialled(number);
  const reason = whyNotDial({ connected: state.transport === 'registered', busy: state.call !== null, outgoing: agent?.outgoingCalls ?? true, dialled, typed: number.trim() !== '' });

  const call = () => {
    if (reason !== null || dialled === null) return;
    phone.dial(dialled).catch((error: unknown) => toast(errorText(error, t)));
    setNumber('');
    pad.close();
  };
  return (
    <section className="dock" aria-label={t('phone.title')}>
      <DockHead />
      <form
        className="dial"
        onSubmit={(event) => {
          event.preventDefault();
          call();
        }}
      >
        <input
          ref={input}
          className="field num"
          inputMode="tel"
          autoComplete="off"
          aria-label={t('phone.numberLabel')}
          aria-describedby={reason ? problemId : undefined}
          aria-invalid={reason === 'badNumber'}
          placeholder={t('phone.numberPlaceholder')}
          value={number}
          onChange={(event) => setNumber(event.target.value)}
        />
        {dialled !== null && reason === null ? (
          <button type="submit" className="btn answer icon" aria-label={t('phone.callNumber', { number: isExtension(dialled) ? dialled : formatPhoneNumber(dialled) })}>
            <IconPhone className="i" aria-hidden={true} />
          </button>
        ) : null}
        <button type="button" className="btn icon" aria-label={padOpen ? t('phone.closeKeypad') : t('phone.openKeypad')} aria-expanded={padOpen} onClick={pad.toggle}>
          <IconGridDots className="i" aria-hidden={true} />
        </button>
      </form>
      <DialProblem id={problemId} reason={reason} />
      {padOpen ? (
        <div className="dock-pad">
          <Keypad label={t('phone.keypad')} onKey={(digit) => setNumber((before) => before + digit)} />
          <div className="dock-pad-keys">
            <button type="button" className="btn answer" disabled={dialled === null || reason !== null} onClick={call}>
              <IconPhone className="i" aria-hidden={true} />
              {t('phone.call')}
            </button>
            <button type="button" className="btn icon" aria-label={t('phone.erase')} disabled={number === ''} onClick={() => setNumber((before) => before.slice(0, -1))}>
              <IconBackspace className="i" aria-hidden={true} />
            </button>
          </div>
        </div>
      ) : null}
      <DockDevices />
    </section>
  );
}

type DialReason = 'notConnected' | 'busy' | 'outgoingOff' | 'badNumber';

function whyNotDial(facts: { readonly connected: boolean; readonly busy: boolean; readonly outgoing: boolean; readonly dialled: string | null; readonly typed: boolean }): DialReason | null {
  if (!facts.typed) return null;
  if (facts.dialled === null) return 'badNumber';
  if (!facts.outgoing && !isExtension(facts.dialled)) return 'outgoingOff';
  if (!facts.connected) return 'notConnected';
  return facts.busy ? 'busy' : null;
}

function DialProblem({ id, reason }: { readonly id: string; readonly reason: DialReason | null }) {
  const { t } = useTranslation();
  const { state } = usePhone();
  if (reason !== null) {
    return (
      <p id={id} className="small muted">
        {t(`phone.${reason}`)}
      </p>
    );
  }
  if (state.fault) return <p className="small bad-text" role="alert">{t(`phone.${state.fault}`)}</p>;
  if (state.failure) return <p className="small bad-text" role="alert">{t(`phone.callFailed.${state.failure}`)}</p>;
  return null;
}

function DockHead() {
  const { t } = useTranslation();
  const { state } = usePhone();
  const { calls } = useMe();
  const quality = calls[0]?.quality;
  const level = quality ? qualityLevel(quality) : null;
  const connected = state.transport === 'registered';
  const shown = !connected ? 'unknown' : (level ?? 'good');
  const word = !connected ? t(`phone.states.${state.transport === 'refused' ? 'failed' : state.transport}`) : level ? t(`phone.connection.${level}`) : t('phone.states.registered');
  return (
    <div className="head">
      <h2>{t('phone.title')}</h2>
      <span className={`end small dock-state ${shown}`}>
        <Signal level={shown} />
        {word}
      </span>
    </div>
  );
}

function DockDevices() {
  const { t } = useTranslation();
  const { state } = usePhone();
  const { devices } = useDevices();
  const [open, dialog] = useDisclosure(false);
  const test = useTestLevel();
  const chosen = devices.microphones.find((device) => device.deviceId === chosenMicrophone());
  return (
    <>
      <div className="dev small muted">
        <IconMicrophone className="i i-s" aria-hidden={true} />
        <span className="dev-name">{chosen?.label || t('phone.defaultDevice')}</span>
        {state.microphone ? null : (
          <button type="button" className="link" aria-pressed={test.running} onClick={test.toggle}>
            {test.running ? t('phone.stopTest') : t('phone.test')}
          </button>
        )}
        <button type="button" className="btn plain icon tiny" aria-label={t('phone.openDevices')} onClick={dialog.open}>
          <IconSettings className="i i-s" aria-hidden={true} />
        </button>
      </div>
      <LevelMeter stream={state.microphone ?? test.stream} />
      {test.fault ? <p className="small bad-text" role="alert">{t(`phone.${test.fault}`)}</p> : null}
      {open ? (
        <Suspense fallback={null}>
          <DevicesDialog close={dialog.close} />
        </Suspense>
      ) : null}
    </>
  );
}
