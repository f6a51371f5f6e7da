import { sequenceDistance } from './packet.ts';

/** Design 11: four consecutive valid packets of one SSRC make a source. */
const PACKETS_TO_LEARN = 4;
/** Learning starts anew after so long without a packet of the source. */
export const SOURCE_SILENT_MS = 5_000;

/** A row with a longer pause is given up for another's: the longest packets come every 60 ms. */
const ROW_PAUSE_MS = 200;

/**
 * Which address a plain stream comes from. The SDP's address is believed at once and wins over any other; another (a phone
 * behind NAT) is learnt from four consecutive packets of one SSRC. Everything else is a stranger's: dropped and counted, so
 * that nobody can talk into a call or draw its sound to himself by guessing a port.
 */
export class SourceLock {
  strangers = 0;
  private expected = '';
  private locked = '';
  private candidate = '';
  private candidateSsrc = 0;
  private candidateSequence = 0;
  private seen = 0;
  private candidateAtMs = 0;
  private heardAtMs = 0;

  /** A new offer or answer named this address (`host:port`). */
  expect(source: string): void {
    this.expected = source;
    this.locked = '';
    this.seen = 0;
    this.candidate = '';
  }

  /** Where packets are taken from; '' while none is learnt. */
  get source(): string {
    return this.locked;
  }

  /** @returns whether to take the packet. It must be valid RTP of the stream already. */
  admits(from: string, ssrc: number, sequence: number, nowMs: number): boolean {
    if (this.locked !== '' && nowMs - this.heardAtMs > SOURCE_SILENT_MS) this.expect(this.expected);
    if (from === this.locked) {
      this.heardAtMs = nowMs;
      return true;
    }
    const learnt = this.learns(from, ssrc, sequence, nowMs);
    // Before anything is learnt the SDP's own address is taken from its first packet on, or every call would start clipped.
    const admitted = learnt ? this.locked === '' || from === this.expected : this.locked === '' && from === this.expected;
    if (learnt && admitted) this.locked = from;
    if (admitted) this.heardAtMs = nowMs;
    else this.strangers += 1;
    return admitted;
  }

  private learns(from: string, ssrc: number, sequence: number, nowMs: number): boolean {
    const follows = from === this.candidate && ssrc === this.candidateSsrc && sequenceDistance(sequence, this.candidateSequence) === 1;
    // While the SDP's address is being learnt nobody else can break its row by sending in between.
    const isRowOfExpected = this.candidate === this.expected && this.seen > 0 && nowMs - this.candidateAtMs < ROW_PAUSE_MS;
    if (!follows && isRowOfExpected && from !== this.expected) return false;
    this.candidateAtMs = nowMs;
    this.seen = follows ? this.seen + 1 : 1;
    this.candidate = from;
    this.candidateSsrc = ssrc;
    this.candidateSequence = sequence;
    return this.seen >= PACKETS_TO_LEARN;
  }
}
