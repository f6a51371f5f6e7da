import type { BoardAgent, BoardQueue, BoardTotals, PartyView } from '@centralita/contract';
import { ACTIVITIES, type AccountId, type Activity, type Instant, MINUTE_MS, type QueueId, type UserId } from '@centralita/kernel';
import type { FloorView } from '../../../http/floor-port.ts';
import type { AccountNames } from '../../../http/names.ts';

/** Today's sums, and how figures follow from them; one set of functions for the board and the reports. */
export interface BoardFigures<Sums = unknown> {
  queue(queueId: QueueId): Sums;
  agent(userId: UserId): Sums;
  sum(parts: readonly Sums[]): Sums;
  offered(sums: Sums): number;
  answered(sums: Sums): number;
  abandoned(sums: Sums): number;
  serviceLevel(sums: Sums): number | null;
  averageHandleMs(sums: Sums): number | null;
  occupancy(sums: Sums): number | null;
}

export interface BoardView {
  readonly account: AccountId;
  readonly world: FloorView;
  readonly names: AccountNames;
  readonly figures: BoardFigures;
  readonly activityOf: (agent: ReturnType<FloorView['agents']['get']>) => Activity;
  readonly party: (customer: Customer) => PartyView;
  readonly lineLimit: number | null;
}

type Customer = NonNullable<ReturnType<FloorView['conversations']['get']>>['customer'];

/** Talking longer than this is pointed out. */
const TALK_LIMIT_MS = 8 * MINUTE_MS;

export function boardAgent({ world, names, figures, activityOf, party }: BoardView, userId: UserId): BoardAgent | undefined {
  const known = names.users.get(userId);
  const settings = world.agentSettings.get(userId);
  if (!known || !settings) return undefined;
  const agent = world.agents.get(userId);
  const statusId = agent?.state === 'signed-in' ? agent.statusId : settings.initialStatusId;
  const status = names.statuses.get(statusId);
  const activity = activityOf(agent);
  const busy = agent?.state === 'signed-in' ? workOf(world, agent) : undefined;
  const sums = figures.agent(userId);
  return {
    userId,
    name: known.name,
    extension: known.extension,
    statusId,
    statusName: status?.name ?? '',
    statusTakesWork: status?.takesQueueWork ?? false,
    activity,
    since: agent?.state === 'signed-in' ? agent.activitySince : (agent?.since ?? 0),
    limitMs: limitOf(world, activity, busy?.queueId ?? null),
    with: busy?.customer ? party(busy.customer) : null,
    queueName: busy?.queueId ? (names.queues.get(busy.queueId)?.name ?? null) : null,
    answeredToday: figures.answered(sums),
    averageHandleMs: rounded(figures.averageHandleMs(sums)),
  };
}

type SignedIn = Extract<NonNullable<ReturnType<FloorView['agents']['get']>>, { readonly state: 'signed-in' }>;

/** Who an agent is busy with, and the queue they came from. */
function workOf(world: FloorView, { contact, pause }: SignedIn): { readonly customer: Customer | undefined; readonly queueId: QueueId | null } | undefined {
  if (contact.kind === 'free') return pause.kind === 'after-service' ? { customer: world.afterServices.get(pause.afterServiceId)?.customer, queueId: pause.queueId } : undefined;
  const customer = world.conversations.get(contact.conversationId)?.customer;
  if (contact.kind === 'offered') return { customer, queueId: contact.by.kind === 'queue' ? contact.by.queueId : null };
  return { customer, queueId: contact.kind === 'dialing' ? null : contact.queueId };
}

function limitOf(world: FloorView, activity: Activity, queueId: QueueId | null): number | null {
  if (activity === 'talking' || activity === 'holding') return TALK_LIMIT_MS;
  return activity === 'after-service' && queueId !== null ? (world.queues.get(queueId)?.afterServiceLimitMs ?? null) : null;
}

/** @param serving by queue, everybody who serves it; see `servingOf` */
export function boardQueue({ world, names, figures, activityOf }: BoardView, queueId: QueueId, serving: readonly UserId[]): BoardQueue | undefined {
  const known = names.queues.get(queueId);
  const settings = world.queues.get(queueId);
  if (!known || !settings) return undefined;
  const sums = figures.queue(queueId);
  const signedIn = serving.filter((userId) => world.agents.get(userId)?.state === 'signed-in');
  return {
    queueId,
    name: known.name,
    ...waitingIn(world, queueId),
    agentsFree: signedIn.filter((userId) => takesWork(world, userId) && activityOf(world.agents.get(userId)) === 'idle').length,
    agentsSignedIn: signedIn.length,
    serviceLevel: share(figures.serviceLevel(sums)),
    serviceLevelTarget: known.serviceLevelTarget,
    serviceLevelThresholdMs: settings.serviceLevelThresholdMs,
    offeredToday: figures.offered(sums),
    answeredToday: figures.answered(sums),
    abandonedToday: figures.abandoned(sums),
  };
}

function takesWork(world: FloorView, userId: UserId): boolean {
  const agent = world.agents.get(userId);
  return agent?.state === 'signed-in' && agent.devicesOnline.length > 0 && world.statuses.get(agent.statusId)?.takesQueueWork === true;
}

function waitingIn(world: FloorView, queueId: QueueId): { readonly waiting: number; readonly longestWaitSince: Instant | null } {
  const ids = world.indexes.waitingByQueue.get(queueId) ?? new Set<string>();
  let longestWaitSince: Instant | null = null;
  for (const id of ids) {
    const queuedAt = world.waiting.get(id)?.queuedAt;
    if (queuedAt !== undefined && (longestWaitSince === null || queuedAt < longestWaitSince)) longestWaitSince = queuedAt;
  }
  return { waiting: ids.size, longestWaitSince };
}

/** Who serves each queue, in one walk over the agents. */
export function servingOf(world: FloorView, userIds: Iterable<UserId>): ReadonlyMap<QueueId, readonly UserId[]> {
  const serving = new Map<QueueId, UserId[]>();
  for (const userId of userIds) {
    for (const { queueId } of world.agentSettings.get(userId)?.queues ?? []) {
      const list = serving.get(queueId);
      if (list) list.push(userId);
      else serving.set(queueId, [userId]);
    }
  }
  return serving;
}

/** S4.12 to S4.14, over the reader's queues and people. Lines belong to the account, so everybody sees the same. */
export function boardTotals({ world, names, figures, activityOf, lineLimit }: BoardView, queueIds: readonly QueueId[], userIds: readonly UserId[]): BoardTotals {
  const waits = queueIds.map((queueId) => waitingIn(world, queueId));
  const sums = figures.sum(queueIds.map((queueId) => figures.queue(queueId)));
  const people = figures.sum(userIds.map((userId) => figures.agent(userId)));
  const agentsByActivity = Object.fromEntries(ACTIVITIES.map((activity) => [activity, 0])) as Record<Activity, number>;
  for (const userId of userIds) agentsByActivity[activityOf(world.agents.get(userId))] += 1;
  const thresholds = new Set(queueIds.map((queueId) => world.queues.get(queueId)?.serviceLevelThresholdMs));
  const lines = [...world.indexes.linesByTrunk.values()];
  const linesInbound = lines.reduce((sum, line) => sum + line.inbound, 0);
  const linesOutbound = lines.reduce((sum, line) => sum + line.outbound, 0);
  return {
    waiting: waits.reduce((sum, { waiting }) => sum + waiting, 0),
    longestWaitSince: waits.reduce<Instant | null>((oldest, { longestWaitSince: since }) => (since === null ? oldest : Math.min(oldest ?? since, since)), null),
    offeredToday: figures.offered(sums),
    answeredToday: figures.answered(sums),
    abandonedToday: figures.abandoned(sums),
    serviceLevel: share(figures.serviceLevel(sums)),
    // One number stands for all queues only when they agree.
    serviceLevelThresholdMs: thresholds.size === 1 ? ([...thresholds][0] ?? null) : null,
    averageHandleMs: rounded(figures.averageHandleMs(sums)),
    occupancy: share(figures.occupancy(people)),
    linesInUse: linesInbound + linesOutbound,
    linesInbound,
    linesOutbound,
    lineLimit,
    agentsByActivity,
    simulated: names.simulated,
  };
}

/** Screens show whole percents; more digits would be news every second. */
const share = (value: number | null): number | null => (value === null ? null : Math.round(value * 1_000) / 1_000);
const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value));
