import { type AccountId, mulberry32 } from '@centralita/kernel';
import { TestFloor } from '../../../wiring/account-program/testing/test-floor.ts';
import type { ReportedTurn } from '../domain/floor-events.ts';

const AGENTS = ['carla', 'ximena'] as const;

/** One random thing that callers, agents or their phones do. */
function somethingHappens(floor: TestFloor, random: (count: number) => number, name: string): void {
  const agentId = AGENTS[random(AGENTS.length)]!;
  const agent = floor.world.agents.get(agentId);
  const contact = agent?.state === 'signed-in' ? agent.contact : undefined;
  const pause = agent?.state === 'signed-in' ? agent.pause : undefined;
  const legs = [...floor.switch.legs.values()].filter(({ state }) => state === 'answered');
  /** At the desk again, and at once on the phone: otherwise most of a random day is spent not answering. */
  const answer = () => {
    floor.submit({ type: 'return-from-not-answering', agentId });
    if (floor.world.agents.get(agentId)?.state !== 'signed-in') floor.submit({ type: 'sign-in', agentId, deviceId: `dev_${agentId}` });
    floor.submit({ type: 'choose-status', agentId, statusId: 'sta_available' });
    floor.online(`dev_${agentId}`);
    floor.answers(`dev_${agentId}`);
  };
  const doings: (() => unknown)[] = [
    () => floor.arrives(name),
    () => floor.arrives(name),
    answer,
    answer,
    answer,
    answer,
    () => legs.length > 0 && floor.hangsUp(legs[random(legs.length)]!.legId),
    () => contact?.kind === 'talking' && floor.submit({ type: 'hold-call', agentId, callId: contact.callId }),
    () => contact?.kind === 'holding' && floor.submit({ type: 'resume-call', agentId, callId: contact.callId }),
    () => contact?.kind === 'offered' && contact.by.kind === 'queue' && floor.submit({ type: 'decline-offer', agentId, offerId: contact.by.offerId }),
    () => pause?.kind === 'after-service' && floor.submit({ type: 'finish-after-service', agentId, afterServiceId: pause.afterServiceId }),
    () => floor.submit({ type: 'return-from-not-answering', agentId }),
    () => floor.submit({ type: 'choose-status', agentId, statusId: random(3) === 0 ? 'sta_lunch' : 'sta_available' }),
    () => random(4) === 0 && floor.act(() => floor.switch.end(floor.legOf(`dev_${agentId}`), 'network', 'media-lost')),
    () => floor.act(() => floor.switch.offer(`leg_dial_${name}`, { kind: 'device', deviceId: `dev_${agentId}` }, '', agentId === 'carla' ? '102' : '101')),
    () => random(6) === 0 && floor.submit({ type: 'sign-out', agentId, reason: 'asked' }),
    () => floor.submit({ type: 'sign-in', agentId, deviceId: `dev_${agentId}` }),
    () => floor.configure({ entity: 'queue', id: 'que_ventas', value: { ...floor.world.queues.get('que_ventas')!, serviceLevelThresholdMs: 5_000 * (1 + random(4)), maximumSize: random(6) === 0 ? 1 : null } }),
  ];
  doings[random(doings.length)]!();
  floor.advance([0, 200, 3_000, 6_000, 20_000][random(5)]!);
}

/**
 * A random day of the real machines, brought to its end: everybody has hung up and signed out. Events are cut into turns anew,
 * at random, since what they are grouped into must not matter.
 */
export function realDay(account: AccountId, seed: number, steps = 150): { readonly turns: ReportedTurn[]; readonly floor: TestFloor } {
  const chance = mulberry32(seed);
  const random = (count: number): number => Math.floor(chance() * count);
  const floor = new TestFloor({ maximumWaitMs: 60_000, afterServiceLimitMs: 15_000 });
  floor.hire('carla', { extension: '101' });
  floor.hire('ximena', { extension: '102' });
  for (let i = 0; i < steps; i++) somethingHappens(floor, random, `s${seed}_${i}`);
  for (const { legId } of [...floor.switch.legs.values()]) floor.hangsUp(legId);
  floor.advance(600_000);
  for (const agentId of AGENTS) floor.submit({ type: 'sign-out', agentId, reason: 'session-ended' });
  const turns: ReportedTurn[] = [];
  for (let from = 0; from < floor.events.length; ) {
    const events = floor.events.slice(from, (from += 1 + random(8)));
    turns.push({ account, seq: turns.length + 1, at: 'at' in events[0]! ? events[0].at : floor.now, events });
  }
  return { turns, floor };
}
