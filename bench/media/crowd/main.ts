import { createSocket, type Socket } from 'node:dgram';
import { emptyRtpHeader, encodeG711, isRtcp, patchBrowserSdp, readBrowserSdp, readRtp, RTP_HEADER_BYTES, toneSource, writeRtpHeader } from '@centralita/media';
import ndc from 'node-datachannel';
import type { FromCrowd, PhoneReport, ToCrowd } from '../protocol.ts';

/*
 * Telephones and browsers by the hundred in one process: each says a tone and looks at every packet that comes. Sound is encoded
 * once and only headers change, so that the processor is left to what is measured.
 */
const FRAME_MS = 20;
const FRAME_SAMPLES = 160;
const PHASES = 4;
/** The center's silence, and its comfort: bytes of µ-law within two steps of zero. */
const isQuiet = (byte: number): boolean => (byte & 0x7f) >= 0x7d;

class Phone {
  readonly id: string;
  readonly packet = Buffer.alloc(RTP_HEADER_BYTES + FRAME_SAMPLES);
  readonly lateTenths: Record<number, number> = {};
  received = 0;
  lost = 0;
  silent = 0;
  send: ((packet: Buffer) => void) | undefined;
  close: () => void = () => {};
  readonly #ssrc: number;
  readonly #header = emptyRtpHeader();
  #sequence = 0;
  #last: number | undefined;
  #firstAt = 0;
  #counted = 0;
  #arrivals: number[] = [];

  constructor(id: string, hertz: number, ssrc: number) {
    this.id = id;
    this.#ssrc = ssrc;
    const tone = new Int16Array(FRAME_SAMPLES);
    toneSource(hertz, 8_000)(tone);
    encodeG711('PCMU', tone, 0, FRAME_SAMPLES, this.packet, RTP_HEADER_BYTES);
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  speak(): void {
    if (!this.send) return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    writeRtpHeader(this.packet, 0, this.#sequence === 1, this.#sequence, (this.#sequence * FRAME_SAMPLES) >>> 0, this.#ssrc);
    this.send(this.packet);
  }

  take(packet: Buffer, counting: boolean): void {
    if (isRtcp(packet) || !readRtp(packet, this.#header) || !counting) return;
    const { sequence, payloadOffset, payloadLength, payloadType } = this.#header;
    const now = performance.now();
    if (this.#last === undefined) {
      this.#firstAt = now;
      this.#last = sequence;
    } else {
      const step = (sequence - this.#last) & 0xffff;
      if (step === 0 || step > 0x8000) return;
      this.lost += step - 1;
      this.#counted += step;
      this.#last = sequence;
    }
    this.received += 1;
    const middle = packet.subarray(payloadOffset, payloadOffset + payloadLength);
    const flip = payloadType === 8 ? 0x55 ^ 0x7f : 0;
    if (middle.every((byte) => isQuiet(byte ^ flip))) this.silent += 1;
    this.#arrivals.push(now - this.#firstAt - this.#counted * FRAME_MS);
  }

  /** Late is what came later than the earliest of all would have had it come, so the pace of the center's clock is the measure. */
  report(): PhoneReport {
    const earliest = this.#arrivals.reduce((least, one) => Math.min(least, one), Infinity);
    for (const at of this.#arrivals) {
      const tenth = Math.round((at - earliest) * 10);
      this.lateTenths[tenth] = (this.lateTenths[tenth] ?? 0) + 1;
    }
    return { phone: this.id, received: this.received, lost: this.lost, silent: this.silent, lateTenths: this.lateTenths };
  }
}

const phones = new Map<string, Phone>();
const ofPhase: Phone[][] = Array.from({ length: PHASES }, () => []);
let counting = false;
let ownLateMs: number[] = [];
let nextSsrc = 1_000;

function add(id: string, hertz: number): Phone {
  const phone = new Phone(id, hertz, nextSsrc++);
  phones.set(id, phone);
  ofPhase[phones.size % PHASES]!.push(phone);
  return phone;
}

const tell = (message: FromCrowd): void => void process.send?.(message);

async function plain(id: string, hertz: number): Promise<void> {
  const phone = add(id, hertz);
  const socket = createSocket({ type: 'udp4', lookup: (address, _options, done) => done(null, address, 4) });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  socket.on('message', (packet) => phone.take(packet, counting));
  phone.close = () => socket.close();
  sockets.set(id, socket);
  const { port } = socket.address();
  tell({ type: 'sdp', phone: id, sdp: `v=0\r\no=phone 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${port} RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=sendrecv\r\n` });
}
const sockets = new Map<string, Socket>();

function browser(id: string, hertz: number, offer: string): void {
  const phone = add(id, hertz);
  const read = readBrowserSdp(offer);
  const events = read.ok ? (read.value.eventPayload ?? 101) : 101;
  const peer = new ndc.PeerConnection(id, { iceServers: [], bindAddress: '127.0.0.1', forceMediaTransport: true, disableAutoNegotiation: true });
  const audio = new ndc.Audio('0', 'SendRecv');
  audio.addAudioCodec(0, 'PCMU');
  audio.parseSdpLine(`a=rtpmap:${events} telephone-event/8000`);
  audio.addSSRC(phone.ssrc, 'browser', 'browser', 'audio');
  const track = peer.addTrack(audio);
  track.onOpen(() => (phone.send = (packet) => track.isOpen() && track.sendMessageBinary(packet)));
  track.onMessage((packet) => phone.take(packet, counting));
  phone.close = () => {
    track.close();
    peer.close();
  };
  peer.setRemoteDescription(offer, 'offer');
  peer.setLocalDescription('answer');
  tell({ type: 'sdp', phone: id, sdp: patchBrowserSdp(peer.localDescription()!.sdp, [0, events]) });
}

function forget(id: string): void {
  const phone = phones.get(id);
  phones.delete(id);
  for (const some of ofPhase) if (phone && some.includes(phone)) some.splice(some.indexOf(phone), 1);
  phone?.close();
}

let dueMs = performance.now();
let phase = 0;
setInterval(() => {
  for (; performance.now() >= dueMs; dueMs += FRAME_MS / PHASES, phase = (phase + 1) % PHASES) {
    if (counting) ownLateMs.push(performance.now() - dueMs);
    for (const phone of ofPhase[phase]!) phone.speak();
  }
}, 2);

process.on('message', (message: ToCrowd) => {
  if (message.type === 'plain') void plain(message.phone, message.hertz);
  else if (message.type === 'follow') phones.get(message.phone)!.send = (packet) => sockets.get(message.phone)!.send(packet, message.port, '127.0.0.1');
  else if (message.type === 'browser') browser(message.phone, message.hertz, message.offer);
  else if (message.type === 'forget') forget(message.phone);
  else if (message.type === 'count') {
    counting = true;
    ownLateMs = [];
  } else {
    counting = false;
    tell({ type: 'report', phones: [...phones.values()].map((phone) => phone.report()), ownLateMs });
  }
});
process.on('disconnect', () => process.exit(0));
