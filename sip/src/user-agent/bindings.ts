import { parseNameAddr, type NameAddr } from '../message/name-addr.ts';
import type { SipRequest } from '../message/sip-message.ts';
import { readUnsigned } from '../message/uri.ts';
import type { Timer, Timers } from '../timers.ts';
import { isReliable, type Flow } from '../transport/flow.ts';
import type { IncomingRequest } from './api.ts';
import type { Binding, BindingChange, Bindings, BindingsOptions } from './bindings-api.ts';

interface Kept {
  binding: Binding;
  callId: string;
  cseq: number;
  timer: Timer;
}

interface Asked {
  readonly contact: NameAddr;
  readonly seconds: number;
}

/**
 * The registrar's table (RFC 3261 10.3), in memory: address of record → bindings, each with the flow it came on. Over a connection the
 * binding lives no longer than the connection (RFC 5626 4.2), over UDP until it expires.
 */
export const createBindings = (timers: Timers, options: BindingsOptions = {}): Bindings => new BindingTable(timers, options);

class BindingTable implements Bindings {
  readonly #timers: Timers;
  readonly #options: Required<Omit<BindingsOptions, 'onChange'>> & Pick<BindingsOptions, 'onChange'>;
  readonly #table = new Map<string, Kept[]>();
  readonly #byFlow = new Map<string, Set<Kept>>();
  #count = 0;

  constructor(timers: Timers, options: BindingsOptions) {
    this.#timers = timers;
    this.#options = { minSeconds: 30, maxSeconds: 3_600, defaultSeconds: 300, maxPerAor: 10, max: 100_000, ...options };
  }

  get count(): number {
    return this.#count;
  }

  find(aor: string): readonly Binding[] {
    return this.#of(aor)
      .map((kept) => kept.binding)
      .toSorted((a, b) => b.expiresAt - a.expiresAt);
  }

  onFlow(flow: Flow): readonly Binding[] {
    return [...(this.#byFlow.get(flow.id) ?? [])].map((kept) => kept.binding);
  }

  flowClosed(flow: Flow): void {
    for (const kept of [...(this.#byFlow.get(flow.id) ?? [])]) this.#remove(kept, 'connection-lost');
  }

  revoke(aor: string): void {
    for (const kept of [...this.#of(aor)]) this.#remove(kept, 'revoked');
  }

  close(): void {
    for (const list of this.#table.values()) for (const kept of list) kept.timer.cancel();
    this.#table.clear();
    this.#byFlow.clear();
    this.#count = 0;
  }

  register(aor: string, incoming: IncomingRequest): void {
    const { request } = incoming;
    const { minSeconds, maxSeconds, maxPerAor, max } = this.#options;
    const wishes = readContacts(request, this.#options.defaultSeconds);
    if (wishes === 'broken') return incoming.respond(400, { reason: 'Invalid Contact' });
    if (wishes === 'all') {
      for (const kept of [...this.#of(aor)]) if (!overtaken(kept, request)) this.#remove(kept, 'unregistered');
      return incoming.respond(200);
    }
    if (wishes.some((one) => one.seconds > 0 && one.seconds < minSeconds)) return incoming.respond(423, { headers: { 'Min-Expires': String(minSeconds) } });
    const find = (contact: NameAddr) => this.#of(aor).find((kept) => kept.binding.contact === contact.uri);
    if (wishes.some((one) => overtaken(find(one.contact), request))) return incoming.respond(500, { reason: 'Out of Order' });
    const fresh = wishes.filter((one) => one.seconds > 0 && !find(one.contact)).length;
    if (this.#count + fresh > max) return incoming.respond(503, { headers: { 'Retry-After': '60' } });
    for (const one of wishes) {
      const known = find(one.contact);
      if (one.seconds > 0) this.#put(aor, { contact: one.contact, seconds: Math.min(one.seconds, maxSeconds) }, incoming);
      else if (known) this.#remove(known, 'unregistered');
    }
    for (const oldest of this.#of(aor).slice(maxPerAor)) this.#remove(oldest, 'replaced');
    const secondsLeft = ({ binding }: Kept) => Math.max(0, Math.ceil((binding.expiresAt - this.#timers.now()) / 1_000));
    incoming.respond(200, { headers: { Contact: this.#of(aor).map((kept) => `<${kept.binding.contact}>;expires=${secondsLeft(kept)}`) } });
  }

  /** One binding per contact; a device that names itself has one, wherever it comes from (RFC 5626 6). */
  #put(aor: string, asked: Asked, incoming: IncomingRequest): void {
    const { request, flow } = incoming;
    const { contact, seconds } = asked;
    const instance = contact.params.get('+sip.instance');
    const list = this.#of(aor);
    const known = list.find((kept) => kept.binding.contact === contact.uri) ?? (instance === undefined ? undefined : list.find((kept) => kept.binding.instance === instance));
    const binding: Binding = { aor, contact: contact.uri, flow, expiresAt: this.#timers.now() + seconds * 1_000, instance, userAgent: request.headers.get('User-Agent') };
    // On another connection it is another way to the device: whoever watches the old one must hear that it is gone.
    const moved = known !== undefined && isReliable(known.binding.flow.protocol) && known.binding.flow.id !== flow.id;
    if (moved) this.#remove(known, 'replaced');
    if (known && !moved) {
      this.#unlink(known);
      known.timer.cancel();
      Object.assign(known, { binding, callId: request.callId, cseq: request.cseq?.number ?? 0, timer: this.#timers.after(seconds * 1_000, () => this.#remove(known, 'expired')) });
      this.#link(known);
      return this.#tell('refreshed', binding);
    }
    const kept: Kept = { binding, callId: request.callId, cseq: request.cseq?.number ?? 0, timer: this.#timers.after(seconds * 1_000, () => this.#remove(kept, 'expired')) };
    this.#table.set(aor, [kept, ...this.#of(aor)]);
    this.#link(kept);
    this.#count++;
    this.#tell('added', binding);
  }

  #remove(kept: Kept, why: NonNullable<BindingChange['why']>): void {
    const rest = this.#of(kept.binding.aor).filter((one) => one !== kept);
    if (rest.length === this.#of(kept.binding.aor).length) return;
    if (rest.length === 0) this.#table.delete(kept.binding.aor);
    else this.#table.set(kept.binding.aor, rest);
    kept.timer.cancel();
    this.#unlink(kept);
    this.#count--;
    this.#tell('removed', kept.binding, why);
  }

  #of(aor: string): readonly Kept[] {
    return this.#table.get(aor) ?? [];
  }

  #tell(kind: BindingChange['kind'], binding: Binding, why?: BindingChange['why']): void {
    this.#options.onChange?.({ kind, binding, why, left: this.#of(binding.aor).length });
  }

  #link(kept: Kept): void {
    const { id } = kept.binding.flow;
    const set = this.#byFlow.get(id);
    if (set) set.add(kept);
    else this.#byFlow.set(id, new Set([kept]));
  }

  #unlink(kept: Kept): void {
    const { id } = kept.binding.flow;
    const set = this.#byFlow.get(id);
    set?.delete(kept);
    if (set?.size === 0) this.#byFlow.delete(id);
  }
}

/** RFC 3261 10.3 step 7: an older CSeq of the same Call-ID is a request that was overtaken. */
const overtaken = (kept: Kept | undefined, request: SipRequest): boolean => kept !== undefined && kept.callId === request.callId && kept.cseq >= (request.cseq?.number ?? 0);

/** What a REGISTER asks for: `all` is "Contact: *" with Expires 0 and nothing else (RFC 3261 10.2.2). */
function readContacts(request: SipRequest, defaultSeconds: number): readonly Asked[] | 'all' | 'broken' {
  const general = request.headers.get('Expires');
  const elements = request.headers.list('Contact');
  if (elements.includes('*')) return elements.length === 1 && general?.trim() === '0' ? 'all' : 'broken';
  const asked: Asked[] = [];
  for (const element of elements) {
    const contact = parseNameAddr(element);
    if (!contact) return 'broken';
    const text = contact.params.get('expires') ?? general;
    // A broken number counts as the default (RFC 3261 10.3: "malformed values SHOULD be treated as equivalent to 3600").
    asked.push({ contact, seconds: text === undefined ? defaultSeconds : (readUnsigned(text.trim()) ?? defaultSeconds) });
  }
  return asked;
}
