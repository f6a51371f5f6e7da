import { describe, expect, test } from 'vitest';
import type { Cast } from './cast.ts';

/** A late packet on a busy machine clicks, and a click has a little of every frequency; a leak is at 1. */
const NOTHING = 0.1;
const ANA = 1_000;
const AGENT = 700;
const SUPERVISOR = 1_700;

/** Listen, whisper, barge, proved by who hears whose tone. */
export function monitorContract(cast: () => Cast): void {
  describe('monitoring', () => {
    test('[S2] a supervisor listens unheard, whispers to the agent alone, barges in, and goes back, all live', async () => {
      const { control, harness, carla } = cast();
      const { bridgeId, customer, agent } = await cast().talking();
      const supervisor = await cast().place(carla, { near: customer.legId });
      supervisor.far.answer();
      await control.fact('leg-answered', (fact) => fact.legId === supervisor.legId);
      customer.far.say(ANA);
      agent.far.say(AGENT);
      supervisor.far.say(SUPERVISOR);
      const monitor = (mode: 'listen' | 'whisper' | 'barge') => control.order({ type: 'monitor', legId: supervisor.legId, bridgeId, mode, agentLegId: agent.legId });

      await monitor('listen');
      await control.fact('leg-joined', (fact) => fact.legId === supervisor.legId);
      if (harness.sound) {
        await Promise.all([supervisor.far.hears(ANA), supervisor.far.hears(AGENT)]);
        expect(await customer.far.loudest([SUPERVISOR])).toBeLessThan(NOTHING);
        expect(await agent.far.loudest([SUPERVISOR])).toBeLessThan(NOTHING);
      }
      await monitor('whisper');
      if (harness.sound) {
        await agent.far.hears(SUPERVISOR);
        expect(await customer.far.loudest([SUPERVISOR])).toBeLessThan(NOTHING);
        await Promise.all([supervisor.far.hears(ANA), supervisor.far.hears(AGENT)]);
      }
      await monitor('barge');
      if (harness.sound) await Promise.all([customer.far.hears(SUPERVISOR), agent.far.hears(SUPERVISOR), supervisor.far.hears(ANA)]);
      await monitor('listen');
      if (harness.sound) {
        await supervisor.far.hears(ANA);
        expect(await customer.far.loudest([SUPERVISOR])).toBeLessThan(NOTHING);
      }
      await control.settle();
      expect(control.count('leg-joined', (fact) => fact.legId === supervisor.legId)).toBe(1);

      // A supervisor is no company: the customer's call ends with the agent's.
      agent.far.hangUp();
      expect(await customer.far.ended).toBe(0);
      await cast().end(supervisor.legId);
    });
  });
}
