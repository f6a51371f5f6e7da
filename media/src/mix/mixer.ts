import { FRAME_SAMPLES } from '../frame.ts';
import { type BridgePart, hears } from './hear-matrix.ts';

/** A part with its sound of this frame. `frame` is the part's own buffer, refilled every 20 ms. */
export interface MixPart extends BridgePart {
  readonly frame: Int16Array;
  /** False when the frame is all silence: it is then left out of sums. */
  readonly audible: boolean;
  /** The part hears a prompt instead of the others. */
  readonly playing: boolean;
}

const sum = new Int32Array(FRAME_SAMPLES);

/** Adds up who `listener` hears into `into`. @returns false when that is nobody; `into` is then silence */
export function mixFor(listener: MixPart, parts: readonly MixPart[], into: Int16Array): boolean {
  let voices = 0;
  for (const part of parts) {
    if (!part.audible || !hears(listener, part)) continue;
    voices = addVoice(part.frame, voices, into);
  }
  return settle(voices, into);
}

/** What the customers say: a recording's left channel. Held and muted customers are silent in it. */
export function mixCustomers(parts: readonly MixPart[], customers: ReadonlySet<string>, into: Int16Array): boolean {
  let voices = 0;
  for (const part of parts) {
    if (!part.audible || part.held || part.muted || !customers.has(part.legId)) continue;
    voices = addVoice(part.frame, voices, into);
  }
  return settle(voices, into);
}

/** What the center's people say to a customer: the right channel. Whispers, consults and music never reach a customer, so they are not in it. */
export function mixCenter(parts: readonly MixPart[], customers: ReadonlySet<string>, into: Int16Array): boolean {
  let voices = 0;
  for (const part of parts) {
    if (!part.audible || customers.has(part.legId) || !isHeardByCustomer(part, parts, customers)) continue;
    voices = addVoice(part.frame, voices, into);
  }
  return settle(voices, into);
}

function isHeardByCustomer(speaker: MixPart, parts: readonly MixPart[], customers: ReadonlySet<string>): boolean {
  for (const part of parts) if (customers.has(part.legId) && !part.playing && hears(part, speaker)) return true;
  return false;
}

/** One voice is copied; from the second on they are summed in 32 bits. */
function addVoice(frame: Int16Array, voices: number, into: Int16Array): number {
  if (voices === 0) into.set(frame);
  else {
    if (voices === 1) for (let i = 0; i < FRAME_SAMPLES; i++) sum[i] = into[i]!;
    for (let i = 0; i < FRAME_SAMPLES; i++) sum[i]! += frame[i]!;
  }
  return voices + 1;
}

function settle(voices: number, into: Int16Array): boolean {
  if (voices === 0) into.fill(0);
  if (voices < 2) return voices > 0;
  for (let i = 0; i < FRAME_SAMPLES; i++) {
    const value = sum[i]!;
    into[i] = value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value;
  }
  return true;
}
