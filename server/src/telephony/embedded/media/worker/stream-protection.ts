import { type AgreedAudio, type MediaProtection, SrtpReceiver, SrtpSender, isSameKey } from '@centralita/media';

interface Keyed {
  readonly keys: NonNullable<AgreedAudio['srtp']>;
  readonly sender: SrtpSender;
  readonly receiver: SrtpReceiver;
}

/** What stands between a plain connection's packets and the network: nothing, or SRTP with the keys of the last exchange of descriptions. */
export class StreamProtection {
  private wanted: MediaProtection;
  private keyed: Keyed | undefined;
  /** Of keys that are no longer in use, and of packets before there were any. */
  private rejectedBefore = 0;

  constructor(wanted: MediaProtection) {
    this.wanted = wanted;
  }

  /** Plain, forged or replayed packets of a protected stream. */
  get rejected(): number {
    return this.rejectedBefore + (this.keyed?.receiver.rejected ?? 0);
  }
  /** Nothing leaves in plain that is to be protected. */
  get ready(): boolean {
    return this.keyed !== undefined || this.wanted === 'none';
  }

  beginAnew(wanted: MediaProtection): void {
    this.wanted = wanted;
    this.use(undefined);
  }

  /** A key that stays keeps its counters: packets of a stream that began anew would look like replayed ones. */
  use(keys: AgreedAudio['srtp']): void {
    const { keyed: before } = this;
    const receiver = isSameKey(before?.keys.theirs, keys?.theirs) ? before?.receiver : undefined;
    const sender = isSameKey(before?.keys.ours, keys?.ours) ? before?.sender : undefined;
    if (before && !receiver) this.rejectedBefore += before.receiver.rejected;
    this.keyed = keys && { keys, receiver: receiver ?? new SrtpReceiver(keys.theirs), sender: sender ?? new SrtpSender(keys.ours) };
  }

  /** Only while `ready`. */
  seal(packet: Buffer): Buffer {
    return this.keyed ? this.keyed.sender.protect(packet) : packet;
  }
  sealControl(packet: Buffer): Buffer {
    return this.keyed ? this.keyed.sender.protectControl(packet) : packet;
  }

  /** @returns undefined for what is to be dropped */
  open(packet: Buffer): Buffer | undefined {
    return this.keyed ? this.keyed.receiver.unprotect(packet) : this.inPlain(packet);
  }
  openControl(packet: Buffer): Buffer | undefined {
    return this.keyed ? this.keyed.receiver.unprotectControl(packet) : this.inPlain(packet);
  }

  private inPlain(packet: Buffer): Buffer | undefined {
    if (this.wanted === 'none') return packet;
    this.rejectedBefore += 1;
    return undefined;
  }
}
