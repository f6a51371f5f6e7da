import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type WavSound, cadenceSamples, readWav, writeWav } from '@centralita/media';
import type { MediaEvent, MediaPlane, MediaPlaneSettings, WorkerDied } from '../media-plane.ts';
import { startMediaPool } from '../media-pool.ts';
import { BrowserPhone, PlainPhone, type PlainPhoneOptions, type TestPhone } from './test-phone.ts';

type AnyEvent = MediaEvent | WorkerDied;
type EventOf<Type extends AnyEvent['type']> = Extract<AnyEvent, { readonly type: Type }>;

/** Hertz of the music in the test's sounds folder. */
export const MUSIC_HZ = 523;

/** A media plane with its own folders and ports, phones on it, and its events to wait for. */
export class MediaBench {
  readonly plane: MediaPlane;
  readonly recordingsFolder: string;
  readonly events: AnyEvent[] = [];
  private readonly folder: string;
  private readonly phones: TestPhone[] = [];
  private waiting: { readonly matches: (event: AnyEvent) => boolean; readonly done: (event: AnyEvent) => void }[] = [];

  private constructor(plane: MediaPlane, folder: string) {
    this.plane = plane;
    this.folder = folder;
    this.recordingsFolder = join(folder, 'incoming');
    plane.onEvent((event) => {
      this.events.push(event);
      for (const each of this.waiting) if (each.matches(event)) each.done(event);
      this.waiting = this.waiting.filter((each) => !each.matches(event));
    });
  }

  /** @param portFrom RTP from here on, browsers 900 above: each test file has its own thousand */
  static async start(portFrom: number, settings: Partial<MediaPlaneSettings> = {}): Promise<MediaBench> {
    const folder = await mkdtemp(join(tmpdir(), 'centralita-media-'));
    await mkdir(join(folder, 'sounds', 'music'), { recursive: true });
    await mkdir(join(folder, 'sounds', 'es'), { recursive: true });
    const music = cadenceSamples([{ hertz: [MUSIC_HZ], durationMs: 10_000 }], 6_000);
    await writeFile(join(folder, 'sounds', 'music', 'default.wav'), writeWav({ sampleRate: 8_000, channels: [music] }));
    const greeting = cadenceSamples([{ hertz: [880], durationMs: 500 }], 6_000);
    await writeFile(join(folder, 'sounds', 'es', 'greeting.wav'), writeWav({ sampleRate: 8_000, channels: [greeting] }));
    const plane = await startMediaPool({
      workers: 1,
      recordingsFolder: join(folder, 'incoming'),
      soundsFolder: join(folder, 'sounds'),
      plainAddress: '127.0.0.1',
      plainPortFrom: portFrom,
      plainPortTo: portFrom + 399,
      browserAddress: '127.0.0.1',
      browserPortFrom: portFrom + 900,
      // The machine that runs the tests may be as busy as it likes.
      maxTickLateMs: 60_000,
      ...settings,
    });
    return new MediaBench(plane, folder);
  }

  /** A telephone that the center does not know yet. */
  async plainPhone(options?: PlainPhoneOptions): Promise<PlainPhone> {
    return this.keep(await PlainPhone.ring(options));
  }

  /** A telephone whose offer the center has answered. */
  async plainCaller(legId: string, options?: PlainPhoneOptions, near?: string): Promise<PlainPhone> {
    const phone = await this.plainPhone(options);
    const made = await this.plane.createPlainLeg({ legId, remoteOffer: phone.sdp(), near, protection: options?.srtp ? 'sdes' : 'none' });
    if (!made.ok) throw new Error(made.refusal);
    phone.follow(made.value.sdp);
    return phone;
  }

  /** A browser that was rung: it has answered the center's offer. */
  browserCallee(legId: string, near?: string): Promise<BrowserPhone> {
    return this.connectBrowser(legId, async (phone) => {
      const made = await this.plane.createBrowserLeg({ legId, near });
      if (!made.ok) throw new Error(made.refusal);
      const taken = await this.plane.applyAnswer(legId, phone.answer(made.value.sdp));
      if (!taken.ok) throw new Error(taken.refusal);
    });
  }

  /** A browser that dialled: the center has answered its offer. */
  browserCaller(legId: string, near?: string, network?: Parameters<typeof BrowserPhone.open>[1]): Promise<BrowserPhone> {
    return this.connectBrowser(legId, async (phone) => {
      const made = await this.plane.createBrowserLeg({ legId, remoteOffer: phone.offer(), near });
      if (!made.ok) throw new Error(made.refusal);
      phone.takeAnswer(made.value.sdp);
    }, network);
  }

  /**
   * libdatachannel 0.33 loses a race on a machine at its limit: when the far side's DTLS arrives while a description is being
   * set, its fingerprint is not there yet, the transports close and the call throws "Got a remote candidate without ICE
   * transport" (seen about once in 100 at a load of 16 on 2 cores). The switch treats it as a failed leg; tests dial again.
   */
  private async connectBrowser(legId: string, exchange: (phone: BrowserPhone) => Promise<void>, network?: Parameters<typeof BrowserPhone.open>[1]): Promise<BrowserPhone> {
    for (let tries = 1; ; tries++) {
      const phone = this.keep(BrowserPhone.open(legId, network));
      try {
        await exchange(phone);
        await this.event('media-connected', (event) => event.legId === legId);
        return phone;
      } catch (error) {
        phone.stop();
        this.plane.closeLeg(legId);
        if (tries === 3) throw error;
      }
    }
  }

  /** The first event of this type that matches, past or to come. */
  event<Type extends AnyEvent['type']>(type: Type, matches: (event: EventOf<Type>) => boolean = () => true): Promise<EventOf<Type>> {
    const isIt = (event: AnyEvent): event is EventOf<Type> => event.type === type && matches(event as EventOf<Type>);
    const past = this.events.find(isIt);
    if (past) return Promise.resolve(past as EventOf<Type>);
    return new Promise((done) => this.waiting.push({ matches: isIt, done: (event) => done(event as EventOf<Type>) }));
  }

  /** Looks each 20 ms; for states without an event. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async recording(file: string): Promise<WavSound> {
    const read = readWav(await readFile(join(this.recordingsFolder, file)));
    if (!read.ok) throw new Error(read.refusal);
    return read.value;
  }

  async close(): Promise<void> {
    for (const phone of this.phones) phone.stop();
    await this.plane.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  private keep<Phone extends TestPhone>(phone: Phone): Phone {
    this.phones.push(phone);
    return phone;
  }
}
