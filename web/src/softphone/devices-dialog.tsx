import { Modal } from '@mantine/core';
import { IconAlertTriangle, IconBell, IconCheck, IconCircleDashed, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Overlays } from '../ui/overlays.tsx';
import { api } from '../session/api.ts';
import { askForNotices, noticePermission } from './attention.ts';
import { CHECKS, runCheck, type CheckName, type CheckResult, type CheckState } from './connection-test.ts';
import { canChooseSpeaker, chooseMicrophone, chooseSpeaker, chosenMicrophone, chosenSpeaker, useDevices } from './devices.ts';
import { LevelMeter, useTestLevel } from './level-meter.tsx';
import { usePhone, usePhoneParts } from './phone-provider.tsx';

/** Microphone, speaker, notices, and whether this place is fit for calls. */
export function DevicesDialog({ close }: { readonly close: () => void }) {
  const { t } = useTranslation();
  return (
    <Overlays>
    <Modal opened onClose={close} title={t('phone.devices')} closeButtonProps={{ 'aria-label': t('common.close') }} size="md" centered>
      <div className="dialog">
        <Pickers />
        <Notices />
        <ConnectionTest />
      </div>
    </Modal>
    </Overlays>
  );
}

function Pickers() {
  const { t } = useTranslation();
  const { phone, state } = usePhone();
  const { setSpeaker } = usePhoneParts();
  const { devices, refresh } = useDevices();
  const test = useTestLevel();
  const [microphone, setMicrophone] = useState(chosenMicrophone() ?? '');
  const [speaker, setSpeakerId] = useState(chosenSpeaker() ?? '');
  // Names appear once the microphone was opened for the first time.
  useEffect(refresh, [test.running, refresh]);
  return (
    <>
      <label className="f">
        <span>{t('phone.microphone')}</span>
        <select
          className="field"
          value={microphone}
          onChange={(event) => {
            setMicrophone(event.target.value);
            chooseMicrophone(event.target.value || null);
            void phone.changeMicrophone();
          }}
        >
          <DeviceOptions devices={devices.microphones} />
        </select>
      </label>
      <div className="test-row">
        <LevelMeter stream={state.microphone ?? test.stream} />
        {state.microphone ? null : (
          <button type="button" className="btn" aria-pressed={test.running} onClick={test.toggle}>
            {test.running ? t('phone.stopTest') : t('phone.test')}
          </button>
        )}
      </div>
      {test.fault ? (
        <p className="small bad-text" role="alert">
          {t(`phone.${test.fault}`)}
        </p>
      ) : null}
      {canChooseSpeaker() ? (
        <label className="f">
          <span>{t('phone.speaker')}</span>
          <select
            className="field"
            value={speaker}
            onChange={(event) => {
              setSpeakerId(event.target.value);
              chooseSpeaker(event.target.value || null);
              setSpeaker(event.target.value || null);
            }}
          >
            <DeviceOptions devices={devices.speakers} />
          </select>
        </label>
      ) : null}
    </>
  );
}

function DeviceOptions({ devices }: { readonly devices: readonly MediaDeviceInfo[] }) {
  const { t } = useTranslation();
  return (
    <>
      <option value="">{t('phone.defaultDevice')}</option>
      {devices.map((device, index) => (
        <option key={device.deviceId} value={device.deviceId}>
          {device.label || t('phone.unnamedDevice', { number: index + 1 })}
        </option>
      ))}
    </>
  );
}

function Notices() {
  const { t } = useTranslation();
  const [permission, setPermission] = useState(noticePermission);
  if (permission === 'unsupported') return null;
  return (
    <div className="notices">
      <IconBell className="i" aria-hidden={true} />
      {permission === 'default' ? (
        <>
          <span>{t('phone.notifications')}</span>
          <button type="button" className="btn" onClick={() => void askForNotices().then(setPermission)}>
            {t('phone.allowNotifications')}
          </button>
        </>
      ) : (
        <span>{permission === 'granted' ? t('phone.notificationsOn') : t('phone.notificationsBlocked')}</span>
      )}
    </div>
  );
}

const checkIcons = { waiting: IconCircleDashed, running: IconCircleDashed, good: IconCheck, fair: IconAlertTriangle, bad: IconX } as const;

function ConnectionTest() {
  const { t } = useTranslation();
  const { phone } = usePhone();
  const { iceServers } = usePhoneParts();
  const [results, setResults] = useState<Readonly<Partial<Record<CheckName, CheckResult>>>>({});
  const [running, setRunning] = useState(false);
  const run = async () => {
    setRunning(true);
    setResults({});
    for (const name of CHECKS) {
      setResults((before) => ({ ...before, [name]: { state: 'running', text: null } }));
      const result = await runCheck(name, { microphoneId: chosenMicrophone(), registered: () => phone.state.transport === 'registered', ping: () => api.session(), iceServers: iceServers() }).catch((): CheckResult => ({ state: 'bad', text: null }));
      setResults((before) => ({ ...before, [name]: result }));
    }
    setRunning(false);
  };
  return (
    <section className="checks" aria-label={t('phone.connectionTest')}>
      <div className="head">
        <h3>{t('phone.connectionTest')}</h3>
        <button type="button" className="btn end" disabled={running} onClick={() => void run()}>
          {running ? t('phone.testing') : t('phone.runTest')}
        </button>
      </div>
      <ul aria-live="polite">
        {CHECKS.map((name) => (
          <Check key={name} name={name} result={results[name] ?? { state: 'waiting', text: null }} />
        ))}
      </ul>
    </section>
  );
}

function Check({ name, result }: { readonly name: CheckName; readonly result: CheckResult }) {
  const { t } = useTranslation();
  const state: CheckState = result.state;
  const Icon = checkIcons[state];
  const text = result.text === null ? null : typeof result.text === 'string' ? t(`phone.checkTexts.${result.text}`, { ms: result.ms ?? 0 }) : t(`phone.${result.text.fault}`);
  return (
    <li className={state}>
      <Icon className="i" aria-hidden={true} />
      <span>
        <b>{t(`phone.checks.${name}`)}</b>
        {text ? <small>{text}</small> : null}
      </span>
      <span className="word">{t(`phone.checkStates.${state}`)}</span>
    </li>
  );
}
