import { findHeadEnd, parseMessage } from '../message/parse-message.ts';
import type { SipMessage } from '../message/sip-message.ts';

export interface FramerEvents {
  message(message: SipMessage, bytes: Uint8Array): void;
  /** CRLF CRLF before a message: the peer asks for a CRLF back (RFC 5626 4.4.1). */
  ping(): void;
  /** The stream can no longer be cut into messages: close the connection, and this one only. */
  broken(why: string): void;
}

/**
 * Cuts a TCP or TLS stream into messages by Content-Length (RFC 3261 18.3).
 *
 *   between ──(anything but CR LF)──▶ in head ──(empty line)──▶ in body ──(Content-Length bytes)──▶ between
 *
 * A stream whose lengths lie cannot be put right: the next start-line is then not where it should be, or never comes.
 */
export class StreamFramer {
  #held: Buffer = Buffer.alloc(0);
  /** How far the held bytes have been searched for the end of the head, so that a slow sender costs no repeated scans. */
  #searched = 0;
  /** Bytes the message under way needs in all, once its head is complete. */
  #needed: number | undefined;
  #lineEnds = 0;
  #stopped = false;
  readonly #limits: { readonly messageBytes: number; readonly headerFields: number };
  readonly #events: FramerEvents;

  constructor(limits: { readonly messageBytes: number; readonly headerFields: number }, events: FramerEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  /** Whether a message has begun and not ended. */
  get underWay(): boolean {
    return this.#held.length > 0;
  }

  push(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    let pinged = false;
    while (!this.#stopped && this.#held.length > 0) {
      if (this.#needed === undefined) {
        // One answer per chunk, however many line ends a flood brings.
        if (this.#skipLineEnds() && !pinged) {
          pinged = true;
          this.#events.ping();
        }
        if (this.#stopped || this.#held.length === 0 || !this.#findHead()) return;
      }
      if (this.#held.length < this.#needed!) return;
      this.#take(this.#needed!);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#held = Buffer.alloc(0);
  }

  #skipLineEnds(): boolean {
    let at = 0;
    while (this.#held[at] === 13 || this.#held[at] === 10) at++;
    if (at === 0) return false;
    this.#held = this.#held.subarray(at);
    this.#lineEnds += at;
    const ping = this.#lineEnds >= 4;
    if (ping || this.#held.length > 0) this.#lineEnds = 0;
    return ping;
  }

  #findHead(): boolean {
    const head = findHeadEnd(this.#held, Math.max(0, this.#searched - 3));
    if (!head) {
      this.#searched = this.#held.length;
      if (this.#held.length > this.#limits.messageBytes) this.#break('head too large');
      // Whoever speaks something else (TLS to a TCP port, HTTP) is not worth waiting for.
      else if (this.#held.length > 16 && !/^[A-Za-z0-9.!%*_+`'~-]{1,32}[ /]/.test(this.#held.toString('latin1', 0, 40))) this.#break('not SIP');
      return false;
    }
    const text = this.#held.toString('latin1', 0, head.bodyStart);
    // Cheaper than parsing twice: only this one header decides where the message ends.
    const length = /\n(?:content-length|l)[ \t]*:[ \t]*([^\r\n]*)/i.exec(text)?.[1]?.trim();
    if (length === undefined || !/^\d{1,7}$/.test(length)) {
      this.#needed = head.bodyStart;
      this.#take(head.bodyStart);
      this.#break(length === undefined ? 'no Content-Length' : 'broken Content-Length');
      return false;
    }
    this.#needed = head.bodyStart + Number(length);
    if (this.#needed > this.#limits.messageBytes) this.#break('message too large');
    return !this.#stopped;
  }

  #take(bytes: number): void {
    const cut = this.#held.subarray(0, bytes);
    const message = parseMessage(cut, this.#limits);
    this.#held = this.#held.subarray(bytes);
    this.#needed = undefined;
    this.#searched = 0;
    if (typeof message === 'string') return this.#break(message);
    this.#events.message(message, cut);
    if (message.defect === 'framing') this.#break('broken Content-Length');
  }

  #break(why: string): void {
    if (this.#stopped) return;
    this.stop();
    this.#events.broken(why);
  }
}
