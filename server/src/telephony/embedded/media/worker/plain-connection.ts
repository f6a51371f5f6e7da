import { type RemoteInfo, type Socket, createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { type Result, ignoreFailure, ok, refuse } from '@centralita/kernel';
import { type AgreedAudio, AudioSession, type MediaProtection, SourceLock, emptyRtpHeader, isRtcp, readRtp } from '@centralita/media';
import type { MediaDirection, MediaRefusal } from '../protocol.ts';
import type { Connection, ConnectionTaker, Negotiated } from './connection.ts';
import type { PortRange } from './port-range.ts';
import { StreamProtection } from './stream-protection.ts';

export interface PlainConnectionOptions {
  readonly ports: PortRange;
  readonly bindAddress: string;
  readonly advertisedAddress: string;
  readonly sessionId: string;
  readonly protection: MediaProtection;
  readonly taker: ConnectionTaker;
  readonly now: () => number;
}

/** A busy port is passed over; so many in a row and the range is taken by another program. */
const MAX_TRIES = 64;

/** RTP over UDP to a telephone, plain or as SRTP: one even port for RTP, the next for RTCP. */
export class PlainConnection implements Connection {
  readonly localPort: number;
  private readonly options: PlainConnectionOptions;
  private readonly rtp: Socket;
  private readonly rtcp: Socket;
  private readonly session: AudioSession;
  private readonly protection: StreamProtection;
  private readonly lock = new SourceLock();
  private readonly header = emptyRtpHeader();
  private receive: AgreedAudio['receivePayloads'];
  private sendTo: { readonly address: string; readonly port: number } | undefined;
  private rtcpTo: { readonly address: string; readonly port: number } | undefined;
  private namedBySdp = '';
  private lastFrom = { address: '', port: 0, key: '' };
  private followed = '';
  private connected = false;
  private closed = false;

  private constructor(options: PlainConnectionOptions, rtp: Socket, rtcp: Socket, port: number) {
    this.options = options;
    this.rtp = rtp;
    this.rtcp = rtcp;
    this.localPort = port;
    this.protection = new StreamProtection(options.protection);
    this.session = new AudioSession({ sessionId: options.sessionId, address: options.advertisedAddress, port }, options.protection);
    this.receive = this.session.offeredPayloads;
    rtp.on('message', (packet, from) => this.take(packet, from));
    rtcp.on('message', (packet, from) => this.takeControl(packet, from));
    for (const socket of [rtp, rtcp]) socket.on('error', (error) => options.taker.onFailed(`socket: ${error.message}`));
  }

  static async open(options: PlainConnectionOptions): Promise<Result<PlainConnection, MediaRefusal>> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const port = options.ports.take();
      if (port === undefined) return refuse('no-free-port');
      const rtp = await bound(port, options.bindAddress);
      const rtcp = rtp && (await bound(port + 1, options.bindAddress));
      if (rtp && rtcp) return ok(new PlainConnection(options, rtp, rtcp, port));
      rtp?.close();
      options.ports.giveBack(port);
    }
    return refuse('no-free-port');
  }

  get strangers(): number {
    return this.lock.strangers;
  }
  get unauthentic(): number {
    return this.protection.rejected;
  }
  get open(): boolean {
    return !this.closed && this.sendTo !== undefined && this.protection.ready;
  }

  makeOffer(direction: MediaDirection): Promise<Result<string, MediaRefusal>> {
    return Promise.resolve(ok(this.session.makeOffer(direction)));
  }

  offerAnew(protection: MediaProtection): Promise<Result<string, MediaRefusal>> {
    this.session.beginAnew(protection);
    this.protection.beginAnew(protection);
    return this.makeOffer('sendrecv');
  }

  takeAnswer(sdp: string): Result<Negotiated, MediaRefusal> {
    const taken = this.session.takeAnswer(sdp);
    return taken.ok ? ok(this.settle(taken.value)) : taken;
  }

  takeOffer(sdp: string, direction: MediaDirection): Promise<Result<{ readonly sdp: string; readonly negotiated: Negotiated }, MediaRefusal>> {
    const taken = this.session.takeOffer(sdp, direction);
    return Promise.resolve(taken.ok ? ok({ sdp: taken.value.sdp, negotiated: this.settle(taken.value.agreed) }) : taken);
  }

  send(packet: Buffer): void {
    if (this.sendTo && this.open) this.rtp.send(this.protection.seal(packet), this.sendTo.port, this.sendTo.address);
  }

  sendControl(packet: Buffer): void {
    if (this.rtcpTo && !this.closed && this.protection.ready) this.rtcp.send(this.protection.sealControl(packet), this.rtcpTo.port, this.rtcpTo.address);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (const socket of [this.rtp, this.rtcp]) ignoreFailure('media-socket-close', () => socket.close());
    this.options.ports.giveBack(this.localPort);
  }

  private settle(audio: AgreedAudio): Negotiated {
    this.receive = audio.receivePayloads;
    this.protection.use(audio.srtp);
    const isSilenced = audio.address === '0.0.0.0' || audio.address === '::';
    const named = `${audio.address}:${audio.port}`;
    this.lock.expect(isSilenced ? '' : named);
    // An address that did not change keeps the learnt (NAT) target until learning is through: else each re-INVITE would send
    // some packets to an address behind the phone's router.
    if (isSilenced) this.sendTo = undefined;
    else if (named !== this.namedBySdp || !this.sendTo) {
      this.sendTo = { address: audio.address, port: audio.port };
      this.rtcpTo = { address: audio.rtcpAddress, port: audio.rtcpPort };
      this.followed = named;
    }
    this.namedBySdp = named;
    return {
      agreed: { codec: audio.codec, telephoneEvent: audio.sendEventPayload !== undefined, direction: audio.direction, held: audio.held },
      receive: audio.receivePayloads,
      send: { law: audio.codec, payload: audio.sendPayload, eventPayload: audio.sendEventPayload, packetMs: audio.packetMs },
    };
  }

  private take(received: Buffer, from: RemoteInfo): void {
    const nowMs = this.options.now();
    if (isRtcp(received)) {
      this.takeControl(received, from);
      return;
    }
    const packet = this.protection.open(received);
    const { header } = this;
    if (!packet || !readRtp(packet, header) || this.receive[header.payloadType] === undefined) return;
    if (from.port !== this.lastFrom.port || from.address !== this.lastFrom.address) this.lastFrom = { address: from.address, port: from.port, key: `${from.address}:${from.port}` };
    const { key } = this.lastFrom;
    if (!this.lock.admits(key, header.ssrc, header.sequence, nowMs)) return;
    if (this.lock.source === key && this.followed !== key) this.follow(from, key);
    if (!this.connected) {
      this.connected = true;
      this.options.taker.onConnected();
    }
    this.options.taker.onPacket(packet, nowMs);
  }

  /** Symmetric RTP (RFC 4961): what comes from the learnt address is answered there. */
  private follow(from: RemoteInfo, key: string): void {
    this.followed = key;
    if (this.sendTo === undefined && this.namedBySdp !== '') return;
    this.sendTo = { address: from.address, port: from.port };
    this.rtcpTo = { address: from.address, port: from.port + 1 };
  }

  /** Reports move no sound, so the address alone has to match. */
  private takeControl(received: Buffer, from: RemoteInfo): void {
    const packet = from.address === this.sendTo?.address ? this.protection.openControl(received) : undefined;
    if (packet) this.options.taker.onControl(packet);
  }
}

/** Addresses are numeric: without this Node asks a resolver for every packet, on a later turn of the loop. */
function lookupNumeric(hostname: string, _options: unknown, done: (error: NodeJS.ErrnoException | null, address: string, family: number) => void): void {
  done(null, hostname, isIPv6(hostname) ? 6 : 4);
}

function bound(port: number, address: string): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', lookup: lookupNumeric });
    const refused = () => {
      ignoreFailure('media-socket-close', () => socket.close());
      resolve(undefined);
    };
    socket.once('error', refused);
    socket.bind({ port, address, exclusive: true }, () => {
      socket.off('error', refused);
      resolve(socket);
    });
  });
}
