import { mulberry32, ok } from '@centralita/kernel';
import { type AudioSender, AudioSender as Sender, type RecordingFile, SoundLibrary } from '@centralita/media';
import type { MediaFact, NewLeg } from '../protocol.ts';
import type { Connection, ConnectionTaker, Negotiated } from '../worker/connection.ts';
import { MediaWorker } from '../worker/media-worker.ts';

/** What a far phone and its network do, in virtual time. */
export interface VirtualPhone {
  /** Parts per million by which its clock runs fast. */
  readonly skewPpm: number;
  readonly lossRatio: number;
  readonly jitterMs: number;
  /** One 20 ms frame, `ms` since the phone's start by its own clock. */
  readonly say: (ms: number, into: Int16Array) => void;
}

interface Far {
  readonly phone: VirtualPhone;
  readonly sender: AudioSender;
  readonly onTheWay: { readonly atMs: number; readonly packet: Buffer }[];
  taker: ConnectionTaker | undefined;
  sentFrames: number;
}

const AGREED: Negotiated = {
  agreed: { codec: 'PCMU', telephoneEvent: true, direction: 'sendrecv', held: false },
  receive: { 0: 'PCMU', 13: 'CN', 101: 'telephone-event' },
  send: { law: 'PCMU', payload: 0, eventPayload: 101, packetMs: 20 },
};

/** A media worker with a clock of its own, phones without sockets and a disk in memory: ten minutes pass in a second. */
export class VirtualLine {
  readonly facts: MediaFact[] = [];
  readonly files = new Map<string, Buffer>();
  readonly worker: MediaWorker;
  nowMs = 0;
  private readonly far = new Map<string, Far>();
  private readonly random: () => number;
  private phase = 0;

  constructor(seed: number) {
    this.random = mulberry32(seed);
    this.worker = new MediaWorker({
      wallMs: () => this.nowMs,
      random32: () => Math.floor(this.random() * 4_294_967_296),
      emit: (fact) => this.facts.push(fact),
      connect: (leg, _ssrc, taker) => Promise.resolve(ok(this.connection(leg, taker))),
      openRecording: (name) => Promise.resolve(this.file(name)),
      sounds: new SoundLibrary('/nowhere'),
      maxLegs: 10,
    });
  }

  async dial(legId: string, phone: VirtualPhone): Promise<void> {
    const far: Far = {
      phone,
      sender: new Sender({ ssrc: Math.floor(this.random() * 1e9), sequence: 65_000, timestamp: 4_294_000_000 }, (packet) => {
        if (this.random() < phone.lossRatio) return;
        far.onTheWay.push({ atMs: this.nowMs + 10 + this.random() * phone.jitterMs, packet: Buffer.from(packet) });
      }),
      onTheWay: [],
      taker: undefined,
      sentFrames: 0,
    };
    this.far.set(legId, far);
    await this.worker.answer({ type: 'create-leg', leg: { legId, kind: 'plain', remoteOffer: 'theirs', stallMs: 0 } });
  }

  /** Runs the phones, the network and the worker's tick. The event loop gets its turn, so that recordings are written. */
  async pass(ms: number): Promise<void> {
    const frame = new Int16Array(160);
    for (const end = this.nowMs + ms; this.nowMs < end; ) {
      this.nowMs += 5;
      for (const far of this.far.values()) this.speak(far, frame);
      this.worker.tick(this.phase, this.nowMs);
      this.phase = (this.phase + 1) % 4;
      if (this.nowMs % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private speak(far: Far, frame: Int16Array): void {
    const ownMs = this.nowMs * (1 + far.phone.skewPpm / 1e6);
    for (; far.sentFrames * 20 <= ownMs; far.sentFrames++) {
      far.phone.say(far.sentFrames * 20, frame);
      far.sender.frame(frame);
    }
    far.onTheWay.sort((one, other) => one.atMs - other.atMs);
    while (far.onTheWay[0] && far.onTheWay[0].atMs <= this.nowMs) far.taker?.onPacket(far.onTheWay.shift()!.packet, this.nowMs);
  }

  private connection(leg: NewLeg, taker: ConnectionTaker): Connection {
    const far = this.far.get(leg.legId);
    if (far) far.taker = taker;
    return {
      localPort: 4_000,
      strangers: 0,
      unauthentic: 0,
      open: true,
      makeOffer: () => Promise.resolve(ok('ours')),
      offerAnew: () => Promise.resolve(ok('ours')),
      takeAnswer: () => ok(AGREED),
      takeOffer: () => Promise.resolve(ok({ sdp: 'ours', negotiated: AGREED })),
      send: () => undefined,
      sendControl: () => undefined,
      close: () => undefined,
    };
  }

  private file(name: string): RecordingFile {
    let bytes = Buffer.alloc(0);
    let length = 0;
    return {
      write: (chunk, position) => {
        length = Math.max(length, position + chunk.length);
        if (length > bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(length * 2 - bytes.length)]);
        bytes.set(chunk, position);
        this.files.set(name, bytes.subarray(0, length));
        return Promise.resolve();
      },
      sync: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }
}
