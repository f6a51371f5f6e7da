import type { DeviceId, LegId, PlayId, QueueId, TrunkId, UserId, WaitingId } from '@centralita/kernel';
import { activityOf, type SignedInAgent } from '../../capabilities/availability/index.ts';
import type { Leg } from '../../capabilities/calls/index.ts';
import type { FlowRun } from '../../capabilities/flows/index.ts';
import { createMatcher, type Matcher, type Waiting } from '../../capabilities/routing/index.ts';
import type { ConfigurationTables, LiveTables, WorldIndexes } from './world.ts';

type Tables = LiveTables & ConfigurationTables;

/** Ids grouped by a key. */
class Groups<Key, Id> {
  readonly map = new Map<Key, Set<Id>>();

  move(id: Id, from: Key | undefined, to: Key | undefined): void {
    if (from === to) return;
    if (from !== undefined) {
      const group = this.map.get(from);
      group?.delete(id);
      if (group?.size === 0) this.map.delete(from);
    }
    if (to === undefined) return;
    const group = this.map.get(to);
    if (group) group.add(id);
    else this.map.set(to, new Set([id]));
  }
}

/** Every index follows its tables, rollbacks included, so that no turn pays for a scan. */
export function watchTables(tables: Tables): WorldIndexes {
  const numbers = new Groups<string, string>();
  tables.numbers.watch((id, before, after) => numbers.move(id, before && digitsOf(before.number), after && digitsOf(after.number)));
  const extensions = new Groups<string, UserId>();
  tables.agentSettings.watch((id, before, after) => extensions.move(id, before?.extension ?? undefined, after?.extension ?? undefined));
  const devices = new Groups<UserId, DeviceId>();
  tables.deviceSettings.watch((id, before, after) => devices.move(id, before?.userId ?? undefined, after?.userId ?? undefined));
  const legs = new Groups<string, LegId>();
  tables.legs.watch((id, before, after) => legs.move(id, before?.callId, after?.callId));
  const waiting = new Groups<QueueId, WaitingId>();
  tables.waiting.watch((id, before, after) => waiting.move(id, before?.queueId, after?.queueId));
  const afterServices = new Groups<string, string>();
  tables.afterServices.watch((id, before, after) => afterServices.move(id, before?.conversationId, after?.conversationId));
  const matcher = createMatcher();
  return {
    matcher,
    numbersByDigits: numbers.map,
    agentsByExtension: extensions.map,
    devicesByAgent: devices.map,
    legsByCall: legs.map,
    afterServicesByConversation: afterServices.map,
    waitingByQueue: waiting.map,
    playOwners: watchPlays(tables),
    linesByTrunk: watchLines(tables),
    servingByQueue: watchRouting(tables, matcher),
  };
}

export const digitsOf = (number: string): string => number.replace(/\D/g, '');

function watchPlays(tables: Tables) {
  const owners = new Map<PlayId, { readonly kind: 'flow-run' | 'waiting'; readonly id: string }>();
  const move = (kind: 'flow-run' | 'waiting', id: string, from: PlayId | undefined, to: PlayId | undefined): void => {
    if (from === to) return;
    if (from !== undefined) owners.delete(from);
    if (to !== undefined) owners.set(to, { kind, id });
  };
  const playOfRun = (run: FlowRun | undefined) => (run && run.state !== 'answering' ? run.playId : undefined);
  const playOfWaiting = (one: Waiting | undefined) => (one && one.hearing.kind !== 'nothing' ? one.hearing.playId : undefined);
  tables.flowRuns.watch((id, before, after) => move('flow-run', id, playOfRun(before), playOfRun(after)));
  tables.waiting.watch((id, before, after) => move('waiting', id, playOfWaiting(before), playOfWaiting(after)));
  return owners;
}

function watchLines(tables: Tables) {
  const lines = new Map<TrunkId | '', { inbound: number; outbound: number }>();
  const count = (leg: Leg | undefined, by: 1 | -1): void => {
    if (leg === undefined || leg.via.kind === 'device') return;
    // Guests of the call page and calls from this machine take a line too, of no trunk.
    const key = leg.via.kind === 'trunk' ? (leg.via.trunkId ?? '') : '';
    const line = lines.get(key) ?? { inbound: 0, outbound: 0 };
    if (leg.incoming) line.inbound += by;
    else line.outbound += by;
    lines.set(key, line);
  };
  tables.legs.watch((_id, before, after) => {
    if ((before === undefined) === (after === undefined)) return;
    count(before, -1);
    count(after, 1);
  });
  return lines;
}

/** Keeps the matcher, and the number of agents who serve each queue, in step with agents, their settings, statuses and queues. */
function watchRouting(tables: Tables, matcher: Matcher): ReadonlyMap<QueueId, number> {
  const serving = new Map<QueueId, number>();
  const countedIn = new Map<UserId, readonly QueueId[]>();
  const NONE: readonly QueueId[] = [];

  const recount = (agentId: UserId, serves: boolean): void => {
    const settings = tables.agentSettings.get(agentId);
    const before = countedIn.get(agentId) ?? NONE;
    if (!serves && before === NONE) return;
    for (const queueId of before) serving.set(queueId, (serving.get(queueId) ?? 0) - 1);
    const after = serves && settings ? settings.queues.map(({ queueId }) => queueId) : NONE;
    for (const queueId of after) serving.set(queueId, (serving.get(queueId) ?? 0) + 1);
    if (after === NONE) countedIn.delete(agentId);
    else countedIn.set(agentId, after);
  };
  const refresh = (agentId: UserId, settingsChanged: boolean): void => {
    const found = tables.agents.get(agentId);
    const agent = found?.state === 'signed-in' ? found : undefined;
    const serves = agent !== undefined && takesQueueWork(tables, agent);
    if (settingsChanged || serves !== countedIn.has(agentId)) recount(agentId, serves);
    if (serves && activityOf(agent) === 'idle') matcher.agentFree(agentId, agent.freeSince);
    else matcher.agentBusy(agentId);
  };

  tables.queues.watch((queueId, _before, after) => matcher.setQueue(queueId, after ?? null));
  tables.agentSettings.watch((agentId, _before, after) => {
    matcher.setAgent(agentId, after ?? null);
    refresh(agentId, true);
  });
  tables.agents.watch((agentId) => refresh(agentId, false));
  tables.statuses.watch((_statusId, before, after) => {
    if (before?.takesQueueWork === after?.takesQueueWork) return;
    for (const agentId of tables.agents.keys()) refresh(agentId, false);
  });
  tables.waiting.watch((waitingId, before, after) => {
    if (after?.state !== 'in-line') return matcher.remove(waitingId);
    if (before?.state !== 'in-line') matcher.add(after);
    else if (before.required !== after.required) matcher.updateRequired(waitingId, after.required);
  });
  return serving;
}

const takesQueueWork = (tables: Tables, agent: SignedInAgent): boolean => agent.devicesOnline.length > 0 && (tables.statuses.get(agent.statusId)?.takesQueueWork ?? false);
