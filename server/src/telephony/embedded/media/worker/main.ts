import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { type Result, ignoreFailure, invariant, refuse, reportIgnoredFailuresTo, systemClock } from '@centralita/kernel';
import { SoundLibrary } from '@centralita/media';
import type { FromWorker, MediaEvent, MediaFact, MediaRefusal, NewLeg, ToWorker, WorkerSettings } from '../protocol.ts';
import { BrowserConnection } from './browser-connection.ts';
import type { Connection, ConnectionTaker } from './connection.ts';
import { MediaWorker } from './media-worker.ts';
import { Metronome } from './metronome.ts';
import { PlainConnection } from './plain-connection.ts';
import { PortRange } from './port-range.ts';
import { recordingFolder } from './recordings.ts';

/**
 * One media process. Forked, never a worker thread: node-datachannel aborts its process when a thread with a live peer
 * connection ends. Lives as long as its IPC channel: when signalling is gone it closes its recordings and ends.
 */
const LOAD_EVERY_MS = 1_000;
/** Quality and talking facts are let go when signalling does not read; the others wait in the channel. */
const MAX_UNSENT = 2_000;
const OPTIONAL: ReadonlySet<MediaFact['type']> = new Set(['quality', 'talking-started', 'talking-stopped']);

const clock = systemClock();
let gathered: FromWorker[] = [];
let unsent = 0;

/** What one round of the event loop brings leaves in one message, in its order. */
function tell(message: FromWorker): void {
  if (!process.connected) return;
  if (gathered.length === 0) setImmediate(send);
  gathered.push(message);
  unsent += 1;
}

function send(): void {
  const messages = gathered;
  gathered = [];
  if (messages.length === 0 || !process.connected) return;
  process.send?.(messages, () => {
    unsent -= messages.length;
  });
}

function emit(fact: MediaFact): void {
  if (unsent > MAX_UNSENT && OPTIONAL.has(fact.type)) return;
  const event: MediaEvent = { at: clock.now(), ...fact };
  tell({ kind: 'event', event });
}

function connector(settings: WorkerSettings): (leg: NewLeg, ssrc: number, taker: ConnectionTaker) => Promise<Result<Connection, MediaRefusal>> {
  const ports = new PortRange(settings.plainPortFrom, settings.plainPortTo);
  const now = () => performance.now();
  return async (leg, ssrc, taker) => {
    if (leg.kind === 'plain') {
      const bindAddress = leg.bindAddress ?? settings.plainAddress;
      return PlainConnection.open({ ports, bindAddress, advertisedAddress: leg.advertisedAddress ?? bindAddress, sessionId: String(ssrc), protection: leg.protection ?? 'none', taker, now });
    }
    const { browserAddress: bindAddress, browserPort: port, iceServers } = settings;
    if (port === 0) return refuse('no-free-port');
    return BrowserConnection.open({ name: leg.legId, ssrc, port, bindAddress, advertisedAddress: leg.advertisedAddress, iceServers, taker, now });
  };
}

function start(settings: WorkerSettings): { readonly worker: MediaWorker; readonly stop: () => void } {
  mkdirSync(settings.recordingsFolder, { recursive: true });
  const sounds = new SoundLibrary(settings.soundsFolder);
  const worker = new MediaWorker({
    wallMs: () => clock.now(),
    random32: () => randomBytes(4).readUInt32BE(),
    emit,
    connect: connector(settings),
    openRecording: recordingFolder(settings.recordingsFolder),
    sounds,
    maxLegs: settings.maxLegs,
  });
  const metronome = new Metronome((phase, atMs) => worker.tick(phase, atMs), () => performance.now(), (rounds) => worker.skip(rounds));
  metronome.start();
  const load = setInterval(() => tell({ kind: 'load', load: { index: settings.index, legs: worker.legCount, tickLateP99Ms: metronome.lateP99Ms() } }), LOAD_EVERY_MS);
  ignoreFailure('sound-preload', sounds.preload());
  return {
    worker,
    stop: () => {
      clearInterval(load);
      metronome.stop();
    },
  };
}

let running: ReturnType<typeof start> | undefined;
let stopping = false;

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await running?.worker.close();
  running?.stop();
  // Messages leave in order: with the last one gone the reports of the recordings are gone too.
  const last: readonly FromWorker[] = [...gathered, { kind: 'stopped' }];
  gathered = [];
  if (process.connected) await new Promise<void>((resolve) => process.send?.(last, () => resolve()));
  // Native threads keep the process alive; everything that had to be written is written.
  process.exit(0);
}

function take(message: ToWorker): void {
  switch (message.kind) {
    case 'start':
      running ??= start(message.settings);
      tell({ kind: 'ready' });
      return;
    case 'stop':
      ignoreFailure('media-worker-stop', stop());
      return;
    case 'order':
      running?.worker.order(message.order);
      return;
    case 'request': {
      const { id, request } = message;
      invariant(running, 'a media worker is asked before it was started');
      running.worker.answer(request).then(
        (answer) => tell({ kind: 'answer', id, answer }),
        (error: unknown) => tell({ kind: 'answer', id, answer: { ok: false, refusal: 'native-failure', detail: error instanceof Error ? error.message : String(error) } }),
      );
    }
  }
}

reportIgnoredFailuresTo((reason, error) => {
  if (unsent <= MAX_UNSENT) tell({ kind: 'ignored-failure', reason, detail: error instanceof Error ? error.message : String(error) });
});
// Sound before everything else on a busy machine. Only root may; for others the system's own fairness has to do.
if (process.getuid?.() === 0) ignoreFailure('media-worker-priority', () => setPriority(constants.priority.PRIORITY_HIGH));
// The parent ends workers; a Ctrl-C in the terminal reaches the whole group and must not cut recordings short.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => ignoreFailure('media-worker-stop', stop()));
process.on('disconnect', () => ignoreFailure('media-worker-stop', stop()));
process.on('message', (messages: readonly ToWorker[]) => {
  for (const message of messages) take(message);
});
