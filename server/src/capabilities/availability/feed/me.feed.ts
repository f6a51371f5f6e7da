import type { MeCall, MeOffer, PartyView } from '@centralita/contract';
import type { AccountId, Activity, UserId } from '@centralita/kernel';
import type { FeedScope, TopicSource } from '../../../feed/topic.ts';
import type { FloorPort, FloorView } from '../../../http/floor-port.ts';
import type { LiveNames } from '../../../http/names.ts';
import type { AfterService } from '../domain/after-service.ts';
import type { Agent } from '../domain/availability.ts';
import { meAfterService, meAgent } from './me-agent.ts';

/** What the calls capability shows of a person's calls; handed in, since feeds of two capabilities do not import each other. */
export interface CallsOfPerson {
  offer(world: FloorView, account: AccountId, userId: UserId): MeOffer | undefined;
  call(world: FloorView, account: AccountId, userId: UserId): MeCall | undefined;
  party(world: FloorView, account: AccountId, customer: AfterService['customer']): PartyView;
}
export interface MeFeedDeps {
  readonly floor: Pick<FloorPort, 'world'>;
  readonly names: LiveNames;
  readonly calls: CallsOfPerson;
  readonly activityOf: (agent: Agent) => Activity;
}

/** Topic `me`: the reader's own two facts, what rings, the live call, after-service. One channel per person, for all their tabs. */
export function meFeed({ floor, names, calls, activityOf }: MeFeedDeps): TopicSource {
  return {
    topic: 'me',
    isDashboard: false,
    scopeOf: async ({ account, userId }): Promise<FeedScope> => ({ account, key: userId }),
    entries: ({ account, key: userId }) => {
      const entries = new Map<string, string>();
      const world = floor.world(account);
      if (!world) return entries;
      const put = (key: string, entity: object | undefined) => {
        if (entity) entries.set(key, JSON.stringify(entity));
      };
      put('agent', meAgent(world, activityOf, userId));
      put('offer', calls.offer(world, account, userId));
      const call = calls.call(world, account, userId);
      if (call) put(`call:${call.callId}`, call);
      put('after-service', meAfterService(world, names.of(account), (customer) => calls.party(world, account, customer), userId));
      return entries;
    },
    touchedBy: (event) => {
      if (event.type === 'configuration-taken') return { keys: 'all', atOnce: false };
      const keys = [event.agentId, event.otherAgentId].filter((userId) => typeof userId === 'string');
      return keys.length === 0 ? undefined : { keys, atOnce: event.type.startsWith('offer-') };
    },
  };
}
