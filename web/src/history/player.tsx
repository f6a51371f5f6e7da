import type { ConversationView, RecordingView } from '@centralita/contract';
import { ignoreFailure } from '@centralita/kernel';
import { IconDownload, IconInfoCircle, IconLock, IconPlayerPause, IconPlayerPauseFilled, IconPlayerPlayFilled, IconRotate, IconWaveSine } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type RefObject } from 'react';
import { useTranslation } from 'react-i18next';
import { usePlace } from '../session/session.tsx';
import { readPreference, writePreference } from '../ui/preferences.ts';
import { toast } from '../ui/toasts.tsx';
import { presentLanguage } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { errorText } from '../session/error-text.view-model.ts';
import { formatDuration, formatNumber } from '../ui/format.ts';
import { nameOfParty } from '../ui/party.ts';
import { Failure, Skeleton } from '../ui/parts.tsx';
import { fileMoment, spansOf, ticksOf } from './history.view-model.ts';
import { saveFile } from './save-file.ts';
import { openWave, type Channels, type Wave } from './wave.ts';

/** What each side said, on its own channel: customer left, agent right. */
export function Player({ conversation }: { readonly conversation: ConversationView }) {
  const { t } = useTranslation();
  const { recordings } = conversation;
  const allowed = conversation.allowedActions.includes('play-recording');
  return (
    <>
      {recordings.length === 0 ? <Note text={t('history.recording.none')} /> : null}
      {recordings.map((recording, index) => (
        <OneRecording key={recording.recordingId} conversation={conversation} recording={recording} allowed={allowed} place={recordings.length > 1 ? t('history.recording.several', { number: index + 1, total: recordings.length }) : null} />
      ))}
    </>
  );
}

function Note({ text }: { readonly text: string }) {
  const { t } = useTranslation();
  return (
    <section className="card player" aria-label={t('history.recording.title')}>
      <p className="player-note">
        <IconInfoCircle className="i i-s" aria-hidden={true} />
        {text}
      </p>
    </section>
  );
}

function OneRecording({ conversation, recording, allowed, place }: { readonly conversation: ConversationView; readonly recording: RecordingView; readonly allowed: boolean; readonly place: string | null }) {
  const { t } = useTranslation();
  if (recording.state === 'running') return <Note text={t('history.recording.running')} />;
  if (recording.state === 'failed') return <Note text={recording.failure ? t('history.recording.failed', { reason: recording.failure }) : t('history.recording.failedPlain')} />;
  if (recording.state === 'deleted') return <Note text={t('history.recording.deleted')} />;
  if (!allowed) return <Note text={t('history.recording.forbidden')} />;
  return <Linked conversation={conversation} recording={recording} place={place} />;
}

/** The link expires and is audited: it is asked for when the page opens, and again when it no longer serves. */
function Linked({ conversation, recording, place }: { readonly conversation: ConversationView; readonly recording: RecordingView; readonly place: string | null }) {
  const { t } = useTranslation();
  const { data, error, refetch, isFetching } = useQuery({ queryKey: ['recording-link', recording.recordingId], queryFn: () => api.recordingLink(recording.recordingId), staleTime: 45_000, gcTime: 0 });
  const [broken, setBroken] = useState(false);
  return (
    <section className="card player" aria-label={place ?? t('history.recording.title')}>
      {error || broken ? (
        <Failure
          title={t('history.recording.errorTitle')}
          text={errorText(error, t)}
          retry={() => {
            setBroken(false);
            void refetch();
          }}
        />
      ) : data && !isFetching ? (
        <Sound key={data.url} conversation={conversation} recording={recording} url={data.url} broken={() => setBroken(true)} />
      ) : (
        <Skeleton lines={4} height={28} />
      )}
    </section>
  );
}

const SPEEDS = [0.75, 1, 1.25, 1.5, 2] as const;
const CHANNELS: readonly Channels[] = ['both', 'customer', 'agent'];

function Sound({ conversation, recording, url, broken }: { readonly conversation: ConversationView; readonly recording: RecordingView; readonly url: string; readonly broken: () => void }) {
  const { t } = useTranslation();
  const container = useRef<HTMLDivElement>(null);
  const wave = useRef<Wave | null>(null);
  const [durationMs, setDurationMs] = useState(recording.durationMs ?? 0);
  const [positionMs, setPositionMs] = useState(0);
  const [playing, setPlaying] = useState(false);
  const brokenNow = useRef(broken);
  brokenNow.current = broken;
  useEffect(() => {
    if (!container.current) return;
    const opened = openWave(container.current, url, { moved: setPositionMs, playing: setPlaying, ready: setDurationMs, failed: () => brokenNow.current() });
    opened.skipSilences(readPreference('skip-silences') === 'yes');
    wave.current = opened;
    return () => opened.close();
  }, [url]);
  const seek = (ms: number) => {
    const to = Math.min(durationMs, Math.max(0, ms));
    wave.current?.seek(to);
    setPositionMs(to);
  };
  const customer = nameOfParty(conversation.customer, t);
  const agent = conversation.agentName ?? t('history.conversation.roles.agent');
  return (
    <>
      <div className="wave">
        <div className="lanes">
          <div>
            <b>{customer}</b>
            <span>{t('history.recording.customerChannel')}</span>
          </div>
          <div>
            <b>{agent}</b>
            <span>{t('history.recording.agentChannel')}</span>
          </div>
        </div>
        <div className="track">
          <Spans conversation={conversation} recording={recording} />
          <div ref={container} className="sound" />
          <input
            className="seek"
            type="range"
            min={0}
            max={Math.max(1, Math.round(durationMs))}
            step={1_000}
            value={Math.round(positionMs)}
            aria-label={t('history.recording.position')}
            aria-valuetext={`${formatDuration(positionMs)} / ${formatDuration(durationMs)}`}
            onChange={(event) => seek(Number(event.target.value))}
          />
          <span className="ring" aria-hidden="true" />
          <span className="headline" aria-hidden="true" style={{ left: `${durationMs === 0 ? 0 : (positionMs / durationMs) * 100}%` }} />
          <div className="marks" aria-hidden="true">
            {durationMs === 0 ? null : ticksOf(durationMs).map((tick) => (
              <span key={tick} style={{ left: `${(tick / durationMs) * 100}%` }}>
                {formatDuration(tick)}
              </span>
            ))}
          </div>
        </div>
      </div>
      <Controls recording={recording} playing={playing} positionMs={positionMs} durationMs={durationMs} wave={wave} seek={seek} customer={customer} agent={agent} />
    </>
  );
}

interface ControlsProps {
  readonly recording: RecordingView;
  readonly playing: boolean;
  readonly positionMs: number;
  readonly durationMs: number;
  readonly wave: RefObject<Wave | null>;
  readonly seek: (ms: number) => void;
  readonly customer: string;
  readonly agent: string;
}

function Controls({ recording, playing, positionMs, durationMs, wave, seek, customer, agent }: ControlsProps) {
  const { t } = useTranslation();
  return (
    <div className="ctl">
      <button type="button" className="btn primary go" aria-label={playing ? t('history.recording.pause') : t('history.recording.play')} onClick={() => ignoreFailure('playing a recording', wave.current?.toggle() ?? Promise.resolve())}>
        {playing ? <IconPlayerPauseFilled className="i filled" aria-hidden={true} /> : <IconPlayerPlayFilled className="i filled" aria-hidden={true} />}
      </button>
      <button type="button" className="btn plain" onClick={() => seek(positionMs - 15_000)}>
        <IconRotate className="i i-s" aria-hidden={true} />
        <span className="sr">{t('history.recording.back')}</span>
        {t('history.recording.back15')}
      </button>
      <span className="pos num">
        {formatDuration(positionMs)} <span>/ {formatDuration(durationMs)}</span>
      </span>
      <div className="end">
        <select className="field" aria-label={t('history.recording.speed')} defaultValue={1} onChange={(event) => wave.current?.speed(Number(event.target.value))}>
          {SPEEDS.map((speed) => (
            <option key={speed} value={speed}>
              {formatNumber(speed, presentLanguage(), speed % 1 === 0 ? 0 : 2)}×
            </option>
          ))}
        </select>
        <select className="field" aria-label={t('history.recording.channels')} defaultValue="both" onChange={(event) => wave.current?.hear(CHANNELS.find((known) => known === event.target.value) ?? 'both')}>
          {CHANNELS.map((channels) => (
            <option key={channels} value={channels}>
              {channels === 'both' ? t('history.recording.both') : channels === 'customer' ? customer : agent}
            </option>
          ))}
        </select>
        <SkipSilences wave={wave} />
        <Download recording={recording} />
      </div>
    </div>
  );
}

/** Remembered in this browser: whoever listens to twenty recordings in a row chooses it once. */
function SkipSilences({ wave }: { readonly wave: RefObject<Wave | null> }) {
  const { t } = useTranslation();
  const [skip, setSkip] = useState(() => readPreference('skip-silences') === 'yes');
  return (
    <button
      type="button"
      className="btn"
      aria-pressed={skip}
      onClick={() => {
        writePreference('skip-silences', skip ? null : 'yes');
        wave.current?.skipSilences(!skip);
        setSkip(!skip);
      }}
    >
      <IconWaveSine className="i i-s" aria-hidden={true} />
      {t('history.recording.skipSilences')}
    </button>
  );
}

/** By a link of its own, so that the audit has every file that left. */
function Download({ recording }: { readonly recording: RecordingView }) {
  const { t } = useTranslation();
  const place = usePlace();
  const download = useMutation({
    mutationFn: () => api.recordingLink(recording.recordingId),
    onSuccess: ({ url }) => saveFile(url, t('history.recording.fileName', { moment: fileMoment(recording.startedAt, place.timeZone) })),
    onError: (error) => toast(errorText(error, t)),
  });
  return (
    <button type="button" className="btn" disabled={download.isPending} onClick={() => download.mutate()}>
      <IconDownload className="i i-s" aria-hidden={true} />
      {t('history.recording.download')}
    </button>
  );
}

function Spans({ conversation, recording }: { readonly conversation: ConversationView; readonly recording: RecordingView }) {
  const { t } = useTranslation();
  const spans = spansOf(conversation, recording);
  return (
    <>
      <div className="tags">
        {spans.map((span) => (
          <span key={`${span.kind}${span.from}`} className={span.from > 0.75 ? 'flip' : ''} style={{ left: `${(span.from > 0.75 ? span.to : span.from) * 100}%` }}>
            {span.kind === 'held' ? <IconPlayerPause className="i" aria-hidden={true} /> : <IconLock className="i" aria-hidden={true} />}
            {t(span.kind === 'held' ? 'history.recording.held' : 'history.recording.paused')}
          </span>
        ))}
      </div>
      {spans.map((span) => (
        <span key={`${span.kind}${span.from}`} className={`shade ${span.kind}`} aria-hidden="true" style={{ left: `${span.from * 100}%`, width: `${(span.to - span.from) * 100}%` }} />
      ))}
    </>
  );
}
