import type { SipRequest } from '../message/sip-message.ts';
import type { NameAddr } from '../message/name-addr.ts';
import { parseNameAddr } from '../message/name-addr.ts';
import { readUnsigned } from '../message/uri.ts';
import type { Timer, Timers } from '../timers.ts';
import { isReliable, type Flow } from '../transport/flow.ts';
import type { IncomingRequest } from './api.ts';
import type { Binding, BindingChange, Bindings, BindingsOptions } from './bindings-api.ts';

interface Kept {
  binding: Binding;
  readonly callId: string;
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
export function createBindings(timers: Timers, options: BindingsOptions = {}): Bindings {
  const { minSeconds = 30, maxSeconds = 3_600, defaultSeconds = 300, maxPerAor = 10, max = 100_000 } = options;
  const table = new Map<string, Kept[]>();
  const byFlow = new Map<string, Set<Kept>>();
  let count = 0;

  const tell = (kind: BindingChange['kind'], binding: Binding, why?: BindingChange['why']) => options.onChange?.({ kind, binding, why, left: table.get(binding.aor)?.length ?? 0 });

  function linkFlow(kept: Kept): void {
    const id = kept.binding.flow.id;
    const set = byFlow.get(id);
    if (set) set.add(kept);
    else byFlow.set(id, new Set([kept]));
  }

  function unlinkFlow(kept: Kept): void {
    const set = byFlow.get(kept.binding.flow.id);
    set?.delete(kept);
    if (set?.size === 0) byFlow.delete(kept.binding.flow.id);
  }

  function remove(kept: Kept, why: NonNullable<BindingChange['why']>): void {
    const list = table.get(kept.binding.aor) ?? [];
    const at = list.indexOf(kept);
    if (at < 0) return;
    list.splice(at, 1);
    if (list.length === 0) table.delete(kept.binding.aor);
    kept.timer.cancel();
    unlinkFlow(kept);
    count--;
    tell('removed', kept.binding, why);
  }

  function put(aor: string, asked: Asked, incoming: IncomingRequest): void {
    const { request, flow } = incoming;
    const { contact } = asked;
    const instance = contact.params.get('+sip.instance');
    const list = table.get(aor) ?? [];
    // One binding per contact; a device that names itself has one, wherever it comes from (RFC 5626 6).
    const same = list.find((kept) => kept.binding.contact === contact.uri) ?? (instance === undefined ? undefined : list.find((kept) => kept.binding.instance === instance));
    const moved = same !== undefined && isReliable(same.binding.flow.protocol) && same.binding.flow.id !== flow.id;
    if (moved) remove(same, 'replaced');
    const binding: Binding = { aor, contact: contact.uri, flow, expiresAt: timers.now() + asked.seconds * 1_000, instance, userAgent: request.headers.get('User-Agent') };
    if (same && !moved) {
      unlinkFlow(same);
      same.timer.cancel();
      same.binding = binding;
      same.cseq = request.cseq!.number;
      same.timer = timers.after(asked.seconds * 1_000, () => remove(same, 'expired'));
      linkFlow(same);
      return tell('refreshed', binding);
    }
    const kept: Kept = { binding, callId: request.callId, cseq: request.cseq!.number, timer: timers.after(asked.seconds * 1_000, () => remove(kept, 'expired')) };
    table.set(aor, [kept, ...(table.get(aor) ?? [])]);
    linkFlow(kept);
    count++;
    tell('added', binding);
  }

  function register(aor: string, incoming: IncomingRequest): void {
    const { request } = incoming;
    const wishes = readContacts(request, defaultSeconds);
    if (wishes === 'broken') return incoming.respond(400, { reason: 'Invalid Contact' });
    const mine = () => table.get(aor) ?? [];
    // RFC 3261 10.3 step 7: an older CSeq of the same Call-ID is a request that was overtaken.
    const overtaken = (kept: Kept | undefined) => kept !== undefined && kept.callId === request.callId && kept.cseq >= request.cseq!.number;
    if (wishes === 'all') {
      for (const kept of [...mine()]) if (!overtaken(kept)) remove(kept, 'unregistered');
      return incoming.respond(200);
    }
    if (wishes.some((one) => one.seconds > 0 && one.seconds < minSeconds)) return incoming.respond(423, { headers: { 'Min-Expires': String(minSeconds) } });
    const find = (contact: NameAddr) => mine().find((kept) => kept.binding.contact === contact.uri);
    if (wishes.some((one) => overtaken(find(one.contact)))) return incoming.respond(500, { reason: 'Out of Order' });
    const fresh = wishes.filter((one) => one.seconds > 0 && !find(one.contact)).length;
    if (count + fresh > max) return incoming.respond(503, { headers: { 'Retry-After': '60' } });
    for (const one of wishes) {
      const known = find(one.contact);
      if (one.seconds > 0) put(aor, { contact: one.contact, seconds: Math.min(one.seconds, maxSeconds) }, incoming);
      else if (known) remove(known, 'unregistered');
    }
    for (const oldest of mine().slice(maxPerAor)) remove(oldest, 'replaced');
    incoming.respond(200, { headers: { Contact: mine().map((kept) => `<${kept.binding.contact}>;expires=${Math.max(0, Math.ceil((kept.binding.expiresAt - timers.now()) / 1_000))}`) } });
  }

  return {
    register,
    find: (aor) => (table.get(aor) ?? []).map((kept) => kept.binding).toSorted((a, b) => b.expiresAt - a.expiresAt),
    onFlow: (flow: Flow) => [...(byFlow.get(flow.id) ?? [])].map((kept) => kept.binding),
    flowClosed(flow) {
      for (const kept of [...(byFlow.get(flow.id) ?? [])]) remove(kept, 'connection-lost');
    },
    revoke(aor) {
      for (const kept of [...(table.get(aor) ?? [])]) remove(kept, 'revoked');
    },
    get count() {
      return count;
    },
    close() {
      for (const list of table.values()) for (const kept of list) kept.timer.cancel();
      table.clear();
      byFlow.clear();
      count = 0;
    },
  };
}

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
