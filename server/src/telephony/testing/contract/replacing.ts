import { describe, expect, test } from 'vitest';
import { ControlSeat } from '../control-seat.ts';
import type { Cast } from './cast.ts';

/** A device that came back (a reload, a crash, another tab, another network) takes its old leg's place with a fresh one. */
export function replacementContract(cast: () => Cast): void {
  describe('replacing', () => {
    test('a fresh leg takes an old one’s place in its bridge, and the old one ends', async () => {
      const { control } = cast();
      const { bridgeId, customer, agent } = await cast().talking();
      const fresh = await cast().place(cast().carla, { near: customer.legId });
      fresh.far.answer();
      await control.fact('leg-answered', (fact) => fact.legId === fresh.legId);
      await control.order({ type: 'replace-leg', oldLegId: agent.legId, newLegId: fresh.legId });
      await control.fact('leg-joined', (fact) => fact.legId === fresh.legId && fact.bridgeId === bridgeId);
      expect(await control.fact('leg-ended', (fact) => fact.legId === agent.legId)).toMatchObject({ by: 'center', cause: 'replaced' });
      expect((await control.settle()).legs.find((leg) => leg.legId === customer.legId)).toMatchObject({ state: 'answered', bridgeId });
      await cast().end(fresh.legId);
      await control.fact('leg-ended', (fact) => fact.legId === customer.legId);
    });

    test('what was asked for the old leg holds for the fresh one: it ends when it is left alone', async () => {
      const { control } = cast();
      const { customer, agent } = await cast().talking();
      await control.order({ type: 'connect', bridgeId: (await control.settle()).legs.find((leg) => leg.legId === agent.legId)!.bridgeId!, account: cast().account, legIds: [customer.legId, agent.legId], endWhenAlone: [agent.legId] });
      const fresh = await cast().place(cast().carla, { near: customer.legId });
      fresh.far.answer();
      await control.fact('leg-answered', (fact) => fact.legId === fresh.legId);
      await control.order({ type: 'replace-leg', oldLegId: agent.legId, newLegId: fresh.legId });
      await control.fact('leg-ended', (fact) => fact.legId === agent.legId);
      customer.far.hangUp();
      expect(await fresh.far.ended).toBe(0);
      expect(await control.fact('leg-ended', (fact) => fact.legId === fresh.legId)).toMatchObject({ by: 'center', cause: 'hung-up' });
    });

    test('whoever answers for one whose leg was replaced meanwhile waits for them: they are still there', async () => {
      const { control } = cast();
      const bridgeId = ControlSeat.newId('brg');
      const [old, fresh] = [await cast().customer(), await cast().customer()];
      const colleague = await cast().place(cast().carla, { bridgeId, near: old.legId });
      await control.order({ type: 'replace-leg', oldLegId: old.legId, newLegId: fresh.legId });
      expect(await control.fact('leg-ended', (fact) => fact.legId === old.legId)).toMatchObject({ cause: 'replaced' });
      colleague.far.answer();
      await control.fact('leg-joined', (fact) => fact.legId === colleague.legId && fact.bridgeId === bridgeId);
      expect((await control.settle()).legs.find((leg) => leg.legId === colleague.legId)).toMatchObject({ state: 'answered', bridgeId });
      // And no longer than those are there.
      fresh.far.hangUp();
      expect(await colleague.far.ended).toBe(0);
      expect(await control.fact('leg-ended', (fact) => fact.legId === colleague.legId)).toMatchObject({ by: 'center', cause: 'hung-up' });
    });

    test('whoever waits for one whose leg is replaced waits for the fresh one, and no longer than that is there', async () => {
      const { control } = cast();
      const bridgeId = ControlSeat.newId('brg');
      const [old, fresh] = [await cast().customer(), await cast().customer()];
      const colleague = await cast().place(cast().carla, { bridgeId, near: old.legId });
      colleague.far.answer();
      await control.fact('leg-joined', (fact) => fact.legId === colleague.legId && fact.bridgeId === bridgeId);
      await control.order({ type: 'replace-leg', oldLegId: old.legId, newLegId: fresh.legId });
      expect(await control.fact('leg-ended', (fact) => fact.legId === old.legId)).toMatchObject({ cause: 'replaced' });
      expect((await control.settle()).legs.find((leg) => leg.legId === colleague.legId)).toMatchObject({ state: 'answered', bridgeId });
      fresh.far.hangUp();
      expect(await colleague.far.ended).toBe(0);
      expect(await control.fact('leg-ended', (fact) => fact.legId === colleague.legId)).toMatchObject({ by: 'center', cause: 'hung-up' });
    });
  });
}
