import type { DeviceId, LegId, UserId } from '@centralita/kernel';
import type { FloorFlow } from '../../capabilities/accounts/index.ts';
import { isAnswered } from '../../capabilities/calls/index.ts';
import { flowKey } from './evolve.ts';
import type { World } from './world.ts';

/** The flow a run walks, in the version it began with; today's when that one is long gone. */
export function flowOf(world: World, flowRunId: string): FloorFlow | undefined {
  const run = world.flowRuns.get(flowRunId);
  if (!run || run.state === 'closing') return undefined;
  return world.flowVersions.get(flowKey(run.flowId, run.version)) ?? world.flows.get(run.flowId);
}

/** Devices of a person on which a leg can be placed now. */
export function devicesToRing(world: World, agentId: UserId): readonly DeviceId[] {
  const agent = world.agents.get(agentId);
  return agent?.state === 'signed-in' ? agent.devicesOnline : [];
}

/** Registered and not failing, whoever is signed in. */
export function devicesOnline(world: World, agentId: UserId): DeviceId[] {
  return [...(world.indexes.devicesByAgent.get(agentId) ?? [])].filter((deviceId) => world.devices.get(deviceId)?.state === 'online');
}

export const isLegAnswered = (world: World, legId: LegId): boolean => isAnswered(world.legs.get(legId));
