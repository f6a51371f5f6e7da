import type { LegId } from '@centralita/kernel';
import type { TraceEntry } from '@centralita/sip';
import type { LegStatistics, MediaPlane } from '../media/media-plane.ts';
import { redact } from './redact.ts';

/** Calls whose messages are kept (about 20 MB), and messages per call. */
const MAX_CALLS = 2_000;
const MAX_MESSAGES = 60;
const MAX_MESSAGE_CHARS = 8_192;

interface Message {
  readonly at: number;
  readonly direction: 'in' | 'out';
  readonly protocol: string;
  readonly text: string;
}

/** The last messages of the last calls, by leg. Kept as they came, redacted when they leave. */
export class Traces {
  readonly #byCall = new Map<string, Message[]>();
  readonly #callsOf = new Map<LegId, string[]>();
  readonly #legOf = new Map<string, LegId>();
  /** Of legs that have ended: their media knows nothing of them any more. */
  readonly #statistics = new Map<LegId, LegStatistics>();
  readonly #media: MediaPlane;

  constructor(media: MediaPlane) {
    this.#media = media;
  }

  /** Every message of the process; most belong to no leg (registrations, keep-alives) and are not kept. */
  message(entry: TraceEntry): void {
    let messages = this.#byCall.get(entry.callId);
    if (messages === undefined) {
      // A call begins with its INVITE, in or out; what comes before a leg is known is kept with it.
      if (!entry.text.startsWith('INVITE ')) return;
      messages = [];
      this.#byCall.set(entry.callId, messages);
      if (this.#byCall.size > MAX_CALLS) this.#dropOldest();
    }
    if (messages.length >= MAX_MESSAGES) messages.splice(1, 1); // the first INVITE stays
    messages.push({ at: entry.at, direction: entry.direction, protocol: entry.flow.protocol, text: entry.text.slice(0, MAX_MESSAGE_CHARS) });
  }

  belongs(callId: string, legId: LegId): void {
    this.#legOf.set(callId, legId);
    const calls = this.#callsOf.get(legId);
    if (calls === undefined) this.#callsOf.set(legId, [callId]);
    else calls.push(callId);
  }

  ended(legId: LegId, statistics: LegStatistics): void {
    if (this.#callsOf.has(legId)) this.#statistics.set(legId, statistics);
  }

  /** @returns null for a leg of which nothing is kept */
  async read(legId: LegId): Promise<string | null> {
    const calls = this.#callsOf.get(legId);
    if (calls === undefined) return null;
    const messages = calls.flatMap((callId) => this.#byCall.get(callId) ?? []).sort((a, b) => a.at - b.at);
    const parts = messages.map(({ at, direction, protocol, text }) => `--- ${new Date(at).toISOString()} ${direction} ${protocol}\n${redact(text)}`);
    const statistics = this.#statistics.get(legId) ?? (await this.#media.statistics(legId));
    if (statistics !== undefined) parts.push(`--- media\n${describe(statistics)}`);
    return parts.join('\n');
  }

  #dropOldest(): void {
    for (const callId of this.#byCall.keys()) {
      this.#byCall.delete(callId);
      const legId = this.#legOf.get(callId);
      this.#legOf.delete(callId);
      if (legId === undefined) return;
      const left = (this.#callsOf.get(legId) ?? []).filter((id) => id !== callId);
      if (left.length > 0) this.#callsOf.set(legId, left);
      else {
        this.#callsOf.delete(legId);
        this.#statistics.delete(legId);
      }
      return;
    }
  }
}

const describe = (statistics: LegStatistics): string =>
  Object.entries(statistics)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
