import type { MeAfterService, MeAgent, PartyView } from '@centralita/contract';
import type { Activity, UserId } from '@centralita/kernel';
import type { AfterService } from '../domain/after-service.ts';
import type { FloorView } from '../../../http/floor-port.ts';
import type { AccountNames } from '../../../http/names.ts';
import type { Agent } from '../domain/availability.ts';

/** Topic `me`, key `agent`; undefined for somebody the floor does not know. */
export function meAgent(world: FloorView, activityOf: (agent: Agent) => Activity, userId: UserId): MeAgent | undefined {
  const settings = world.agentSettings.get(userId);
  const agent = world.agents.get(userId);
  if (!settings) return undefined;
  if (agent?.state !== 'signed-in') {
    const since = agent?.since ?? 0;
    return { userId, statusId: settings.initialStatusId, statusSince: since, activity: 'offline', activitySince: since, devicesOnline: 0, outgoingCalls: settings.outgoingCalls };
  }
  return {
    userId,
    statusId: agent.statusId,
    statusSince: agent.statusSince,
    activity: activityOf(agent),
    activitySince: agent.activitySince,
    devicesOnline: agent.devicesOnline.length,
    outgoingCalls: settings.outgoingCalls,
  };
}

/** Topic `me`, key `after-service`. */
export function meAfterService(world: FloorView, names: AccountNames, party: (customer: AfterService['customer']) => PartyView, userId: UserId): MeAfterService | undefined {
  const agent = world.agents.get(userId);
  const running = agent?.state === 'signed-in' && agent.pause.kind === 'after-service' ? world.afterServices.get(agent.pause.afterServiceId) : undefined;
  if (!running) return undefined;
  return {
    afterServiceId: running.afterServiceId,
    conversationId: running.conversationId,
    queueName: names.queues.get(running.queueId)?.name ?? '',
    caller: party(running.customer),
    startedAt: running.startedAt,
    endsAt: running.endsAt,
  };
}
