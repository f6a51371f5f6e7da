import type { AccountId, LegId } from '@centralita/kernel';
import type { HeaderFields, InviteOptions, OutgoingInvite, OutgoingInviteEvents, Provisional, UserAgent } from '@centralita/sip';
import type { Traces } from '../diagnostics/traces.ts';
import { causeForQ850, causeForStatus } from '../legs/causes.ts';
import { isLive, isUp } from '../legs/leg-state.ts';
import type { Leg } from '../legs/leg.ts';
import type { Emit, Legs } from '../legs/legs.ts';
import type { Logger } from '../logger.ts';
import type { MediaPlane } from '../media/media-plane.ts';
import type { MediaAddressing } from '../nat.ts';
import type { LegTarget, Party } from '../../port/index.ts';
import { isDisagreement, type DialogWatch } from './dialog-watch.ts';
import { onceThereIsAWorker } from './once-there-is-a-worker.ts';
import { OutgoingCall } from './outgoing-call.ts';
import type { Route, RouteFinder, Routes } from './routes.ts';

/** A server that says nothing at all for so long is left for the next one; RFC 3261's own 32 s is longer than callers wait. */
const SILENT_SERVER_MS = 4_000;
/** Answers after which another server may do better. Everything else is the called party's own answer. */
const TRY_NEXT = new Set([408, 500, 502, 503, 504]);

export interface LegOrder {
  readonly legId: LegId;
  readonly account: AccountId;
  readonly target: LegTarget;
  readonly caller: Party;
  readonly labels?: Readonly<Record<string, string>>;
  /** The leg with which it will be bridged: their media must share a worker. */
  readonly near?: LegId;
}

interface OutgoingParts {
  readonly agent: () => UserAgent;
  readonly finder: RouteFinder;
  readonly legs: Legs;
  readonly media: MediaPlane;
  readonly mediaAddressing: MediaAddressing;
  readonly watch: DialogWatch;
  readonly traces: Traces;
  readonly emit: Emit;
  readonly logger: Logger;
}

/** Calls that we make: one leg, tried over its routes until somebody answers or the last one fails. */
export class Outgoing {
  readonly #parts: OutgoingParts;

  constructor(parts: OutgoingParts) {
    this.#parts = parts;
  }

  place(order: LegOrder): Leg {
    const found = this.#parts.finder.find(order.account, order.target, order.caller);
    const call = new OutgoingCall();
    const leg: Leg = {
      id: order.legId,
      account: order.account,
      direction: 'outgoing',
      deviceId: order.target.kind === 'device' ? order.target.deviceId : undefined,
      trunkId: found.routes?.[0]?.trunkId,
      caller: order.caller,
      dialled: order.target.kind === 'number' ? order.target.number : '',
      media: found.routes?.[0]?.media ?? 'plain',
      protection: found.routes?.[0]?.protection ?? 'none',
      workerOf: (order.near === undefined ? undefined : this.#parts.legs.get(order.near)?.workerOf) ?? order.legId,
      state: { name: 'placing' },
      since: Date.now(),
      call,
    };
    this.#parts.legs.add(leg);
    // In the next turn, so that whoever placed the leg has it in its table before the first fact.
    queueMicrotask(() => {
      this.#open(leg, call, found, order).catch((error: unknown) => {
        this.#parts.logger.error({ legId: leg.id, error: String(error) }, 'outgoing call could not be opened');
        this.#parts.legs.end(leg, 'failed');
      });
    });
    return leg;
  }

  async #open(leg: Leg, call: OutgoingCall, found: Routes, order: LegOrder): Promise<void> {
    const { legs, media, mediaAddressing } = this.#parts;
    if (!isLive(leg.state)) return;
    if (found.routes === undefined) return legs.end(leg, found.cause, found.by);
    const wanted = { legId: leg.id, advertisedAddress: mediaAddressing.advertisedTo(found.routes[0]?.peerAddress), near: order.near };
    // An agent whose media died is rung again at once, often before the worker is back.
    const make = () => (leg.media === 'browser' ? media.createBrowserLeg(wanted) : media.createPlainLeg({ ...wanted, protection: leg.protection }));
    const local = await onceThereIsAWorker(make, () => !call.over && isLive(leg.state));
    if (call.over) return media.closeLeg(leg.id);
    if (!local.ok) return legs.end(leg, 'congestion');
    this.#try(leg, call, found.routes, 0, local.value.sdp, order.labels ?? {});
  }

  #try(leg: Leg, call: OutgoingCall, routes: readonly Route[], index: number, sdp: string, labels: Readonly<Record<string, string>>): void {
    const { agent, traces, legs } = this.#parts;
    const route = routes[index];
    if (route === undefined || !isLive(leg.state)) return;
    leg.trunkId = route.trunkId;
    leg.protection = route.protection;
    const invite = agent().invite(inviteOptions(route, sdp, labels));
    call.attempt(invite);
    traces.belongs(invite.callId, leg.id);
    const next = () => this.#tryNext(leg, call, routes, index, sdp, labels);
    const silence = index + 1 < routes.length ? setTimeout(() => this.#abandon(invite, next), SILENT_SERVER_MS) : undefined;
    invite.on('provisional', (provisional) => {
      clearTimeout(silence);
      if (call.isCurrent(invite)) void this.#provisional(leg, provisional);
    });
    invite.on('answered', (answer) => {
      clearTimeout(silence);
      if (!call.isCurrent(invite)) return answer.dialog.bye();
      this.#answered(leg, call, answer).catch(() => legs.end(leg, 'failed'));
    });
    invite.on('failed', (failure) => {
      clearTimeout(silence);
      if (!call.isCurrent(invite) || !isLive(leg.state)) return;
      const rang = leg.state.name === 'ringing';
      if (!rang && TRY_NEXT.has(failure.status) && index + 1 < routes.length) return next();
      this.#failed(leg, failure);
    });
  }

  /** The next route's attempt follows; what this one still says is passed over. */
  #tryNext(leg: Leg, call: OutgoingCall, routes: readonly Route[], index: number, sdp: string, labels: Readonly<Record<string, string>>): void {
    const { media, legs } = this.#parts;
    const [before, after] = [routes[index], routes[index + 1]];
    call.leaveAttempt();
    if (after === undefined || (before?.protection === 'none' && after.protection === 'none')) return this.#try(leg, call, routes, index + 1, sdp, labels);
    // A key is told to one far side only, and the next may want none.
    media.offerAnew(leg.id, after.protection).then(
      (offer) => (offer.ok ? this.#try(leg, call, routes, index + 1, offer.value.sdp, labels) : legs.end(leg, 'congestion')),
      () => legs.end(leg, 'failed'),
    );
  }

  #abandon(invite: OutgoingInvite, next: () => void): void {
    next();
    invite.cancel();
  }

  async #provisional(leg: Leg, provisional: Provisional): Promise<void> {
    if (provisional.status === 100 || !isLive(leg.state) || isUp(leg.state)) return;
    let earlyMedia = false;
    if (provisional.sdp !== undefined) earlyMedia = (await this.#parts.media.applyAnswer(leg.id, provisional.sdp)).ok;
    // 181, 182 and a 183 without media say "in progress", which to the caller is ringing too.
    this.#parts.legs.step(leg, { type: 'far-ringing', earlyMedia });
  }

  async #answered(leg: Leg, call: OutgoingCall, answer: OutgoingInviteEvents['answered']): Promise<void> {
    const { legs, media, watch, emit } = this.#parts;
    if (!isLive(leg.state)) return answer.dialog.bye();
    call.answered(answer.dialog);
    watch.watch(leg, answer.dialog);
    if (answer.sdp === undefined) return this.#up(leg);
    const agreed = await media.applyAnswer(leg.id, answer.sdp);
    if (agreed.ok) {
      this.#up(leg);
      if (agreed.value.held) watch.agreed(leg, agreed.value);
      return;
    }
    if (isDisagreement(agreed.refusal)) emit(leg.account, { type: 'alarm', name: agreed.refusal, detail: `outgoing call by ${leg.trunkId ?? leg.deviceId ?? ''}` });
    legs.end(leg, agreed.refusal === 'no-common-codec' ? 'no-common-codec' : 'failed', 'network');
  }

  #up(leg: Leg): void {
    this.#parts.legs.step(leg, { type: 'answered' });
  }

  #failed(leg: Leg, failure: OutgoingInviteEvents['failed']): void {
    const { legs } = this.#parts;
    const q850 = /Q\.850\s*;\s*cause\s*=\s*(\d+)/i.exec(failure.response?.headers.get('Reason') ?? '')?.[1];
    const meant = causeForStatus(failure.status);
    const cause = (q850 === undefined ? undefined : causeForQ850(Number(q850))) ?? meant.cause;
    // Without a response nobody was there: the request timed out or could not be sent.
    if (failure.response === undefined) legs.step(leg, { type: 'ended', by: 'network', cause: 'unreachable' });
    else legs.step(leg, { type: 'ended', by: meant.by, cause, sipStatus: failure.status });
  }
}

function inviteOptions(route: Route, sdp: string, labels: Readonly<Record<string, string>>): InviteOptions {
  const headers: Record<string, string> = { ...route.identity.headers };
  if (route.own) for (const [name, value] of Object.entries(labels)) headers[`X-Centralita-${name}`] = value;
  return {
    uri: route.uri,
    flow: route.flow,
    nextHop: route.nextHop,
    from: route.identity.from,
    contactUser: route.contactUser,
    sdp,
    headers: headers satisfies HeaderFields,
    credentials: route.credentials,
  };
}
