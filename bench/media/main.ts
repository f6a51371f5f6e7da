/**
 * Calls that one media process carries, mixed and recorded: telephones, and telephones with browsers.
 * `node bench/media/main.ts [--plain 150] [--browser 75] [--seconds 30] [--no-chromium]`. Ends with 1 when something was lost.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { MediaEvent, MediaPlane, WorkerDied } from '@centralita/server/telephony/embedded/media/media-plane.ts';
import { startMediaPool } from '@centralita/server/telephony/embedded/media/media-pool.ts';
import { childrenOf, cpuOf, memoryMb } from '../support/cpu.ts';
import { load, machine, ms, percentile } from '../support/figures.ts';
import { freePorts } from '../support/ports.ts';
import { Crowd } from './crowd.ts';
import type { PhoneReport } from './protocol.ts';
import { type BrowserReport, RealBrowser } from './real-browser.ts';

const { values } = parseArgs({
  options: { plain: { type: 'string', default: '150' }, browser: { type: 'string', default: '75' }, seconds: { type: 'string', default: '30' }, 'no-chromium': { type: 'boolean', default: false } },
});
const seconds = Number(values.seconds);
/** Jitter buffers have found their length and recordings are open. */
const SETTLE_MS = 4_000;
const DIAL_EVERY_MS = 15;
const CUSTOMER_HZ = 900;
const AGENT_HZ = 600;

type Kind = 'plain' | 'browser';
interface Figures {
  readonly kind: Kind;
  readonly calls: number;
  readonly received: number;
  readonly expected: number;
  readonly lost: number;
  readonly silent: number;
  readonly lateP50: number;
  readonly lateP99: number;
  readonly ownLateP99: number;
  readonly tickLateP99: number;
  readonly core: number;
  readonly memory: number;
  readonly recordings: number;
  readonly offBy: number;
  readonly load: string;
  readonly chromium: BrowserReport | undefined;
}

console.log('| calls | packets to phones | lost | without sound | late p50 / p99 ms | of that the phones\' own p99 ms | tick late p99 ms | core | memory MB | recordings whole | off by at most ms | load |');
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const [kind, calls] of [['plain', Number(values.plain)], ['browser', Number(values.browser)]] as const) if (calls > 0) print(await measure(kind, calls));
console.log(`\n\`node bench/media/main.ts ${process.argv.slice(2).join(' ')}\``);
console.log(`Machine: ${machine()}; load over one minute at the end of each row. The phones run on the same machine.`);

function print(figures: Figures): void {
  const { kind, calls, received, lost, silent, lateP50, lateP99, ownLateP99, tickLateP99, core, memory, recordings, offBy, chromium } = figures;
  const name = kind === 'plain' ? `${calls} of two telephones` : `${calls} of telephone and browser`;
  console.log(`| ${name} | ${received} | ${lost} | ${silent} | ${ms(lateP50)} / ${ms(lateP99)} | ${ms(ownLateP99)} | ${ms(tickLateP99)} | ${core.toFixed(2)} | ${memory.toFixed(0)} | ${recordings} of ${calls} | ${offBy} | ${figures.load} |`);
  if (chromium) console.log(`| (of these, Chromium) | ${chromium.packetsReceived} | ${chromium.packetsLost} | level ${chromium.level.toFixed(2)} | jitter ${ms(chromium.jitterMs)} | | | | | | | |`);
  if (lost > 0 || recordings < calls || received < 0.99 * figures.expected || (chromium?.packetsLost ?? 0) > 0) process.exitCode = 1;
}

async function measure(kind: Kind, calls: number): Promise<Figures> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-media-'));
  const ports = await freePorts(1_300);
  const events: (MediaEvent | WorkerDied)[] = [];
  const plane = await startMediaPool({
    workers: 1,
    recordingsFolder: join(folder, 'incoming'),
    soundsFolder: join(import.meta.dirname, '../../server/sounds'),
    plainAddress: '127.0.0.1',
    plainPortFrom: ports,
    plainPortTo: ports + 1_299,
    browserPortFrom: ports + 1_300,
    maxLegsPerWorker: 600,
    maxTickLateMs: 60_000,
  });
  plane.onEvent((event) => events.push(event));
  const crowd = new Crowd();
  const chromium = kind === 'browser' && !values['no-chromium'] ? await RealBrowser.open() : undefined;
  try {
    const worker = childrenOf(process.pid).find((pid) => pid !== crowd.pid)!;
    for (let call = 0; call < calls; call++) {
      await dial({ plane, crowd, events, kind, call, chromium: call === 0 ? chromium : undefined });
      await delay(DIAL_EVERY_MS);
    }
    await delay(SETTLE_MS);
    crowd.count();
    const before = { at: performance.now(), cpu: cpuOf(worker) };
    await delay(seconds * 1_000);
    const lastedMs = performance.now() - before.at;
    const core = (cpuOf(worker) - before.cpu) / lastedMs;
    const memory = memoryMb(worker);
    const { tickLateP99Ms } = plane.load();
    const [{ phones, ownLateMs }, browsers] = [await crowd.report(), await chromium?.report()];
    const startedAt = new Map(events.flatMap((event) => (event.type === 'recording-started' ? [[event.recordingId, event.at] as const] : [])));
    for (let call = 0; call < calls; call++) plane.stopRecording(`rec_${call}`);
    const ended = () => events.filter(({ type }) => type === 'recording-finished' || type === 'recording-failed').length;
    for (const until = performance.now() + 30_000; ended() < calls && performance.now() < until; ) await delay(50);
    const finished = events.flatMap((event) => (event.type === 'recording-finished' ? [Math.abs(event.durationMs - (event.at - startedAt.get(event.recordingId)!))] : []));
    return {
      kind,
      calls,
      ...sum(phones),
      expected: (phones.length * lastedMs) / 20,
      ownLateP99: percentile(ownLateMs, 0.99),
      tickLateP99: tickLateP99Ms,
      core,
      memory,
      recordings: finished.length,
      offBy: Math.max(...finished),
      load: load(),
      chromium: browsers,
    };
  } finally {
    await chromium?.close();
    crowd.stop();
    await plane.close();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Dial {
  readonly plane: MediaPlane;
  readonly crowd: Crowd;
  readonly events: readonly (MediaEvent | WorkerDied)[];
  readonly kind: Kind;
  readonly call: number;
  /** Takes the browser's side of this call. */
  readonly chromium: RealBrowser | undefined;
}

async function dial({ plane, crowd, events, kind, call, chromium }: Dial): Promise<void> {
  const [customer, agent] = [`leg_customer_${call}`, `leg_agent_${call}`];
  await telephone(plane, crowd, customer, CUSTOMER_HZ);
  if (kind === 'plain') await telephone(plane, crowd, agent, AGENT_HZ);
  else await browser(plane, crowd, agent, events, chromium);
  plane.join(`brg_${call}`, [customer, agent]);
  plane.startRecording(`rec_${call}`, `brg_${call}`, [customer]);
}

async function telephone(plane: MediaPlane, crowd: Crowd, legId: string, hertz: number): Promise<void> {
  const made = await plane.createPlainLeg({ legId, remoteOffer: await crowd.plain(legId, hertz) });
  if (!made.ok) throw new Error(made.refusal);
  crowd.follow(legId, made.value.sdp);
}

/** A peer may lose libdatachannel's race between descriptions and DTLS on a machine at its limit: it dials again, as the tests do. */
async function browser(plane: MediaPlane, crowd: Crowd, legId: string, events: readonly (MediaEvent | WorkerDied)[], chromium: RealBrowser | undefined): Promise<void> {
  for (let tries = 1; ; tries++) {
    const made = await plane.createBrowserLeg({ legId });
    if (!made.ok) throw new Error(made.refusal);
    const before = events.length;
    const answer = chromium ? await chromium.answer(made.value.sdp) : await crowd.browser(legId, AGENT_HZ, made.value.sdp);
    const taken = await plane.applyAnswer(legId, answer);
    const connected = () => events.slice(before).some((event) => event.type === 'media-connected' && event.legId === legId);
    for (const until = performance.now() + 5_000; taken.ok && !connected() && performance.now() < until; ) await delay(10);
    if (connected()) return;
    if (tries === 3) throw new Error(`${legId} does not connect`);
    plane.closeLeg(legId);
    if (!chromium) crowd.forget(legId);
  }
}

function sum(phones: readonly PhoneReport[]): Pick<Figures, 'received' | 'lost' | 'silent' | 'lateP50' | 'lateP99'> {
  const tenths = new Map<number, number>();
  for (const { lateTenths } of phones) for (const [tenth, count] of Object.entries(lateTenths)) tenths.set(Number(tenth), (tenths.get(Number(tenth)) ?? 0) + count);
  const total = (of: 'received' | 'lost' | 'silent'): number => phones.reduce((so, phone) => so + phone[of], 0);
  const late = (share: number): number => {
    let left = share * total('received');
    for (const tenth of [...tenths.keys()].sort((a, b) => a - b)) if ((left -= tenths.get(tenth)!) <= 0) return tenth / 10;
    return Number.NaN;
  };
  return { received: total('received'), lost: total('lost'), silent: total('silent'), lateP50: late(0.5), lateP99: late(0.99) };
}
