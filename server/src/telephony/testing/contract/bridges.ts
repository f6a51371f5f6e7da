import { describe, expect, test } from 'vitest';
import { ControlSeat } from '../control-seat.ts';
import type { FarEnd } from '../far-end.ts';
import type { Cast } from './cast.ts';

/** Who is together with whom, and what a leg that is alone was told in advance. */
export function bridgeContract(cast: () => Cast): void {
  describe('bridges', () => {
    test('a leg that asked for it ends when it is left alone; one that did not stays', async () => {
      const { control } = cast();
      const first = await cast().talking();
      first.agent.far.hangUp();
      expect(await first.customer.far.ended).toBe(0);
      expect(await control.fact('leg-ended', (fact) => fact.legId === first.customer.legId)).toMatchObject({ by: 'center' });
      const second = await cast().talking();
      second.customer.far.hangUp();
      await control.fact('leg-ended', (fact) => fact.legId === second.customer.legId);
      const snapshot = await control.settle();
      expect(snapshot.legs.find((leg) => leg.legId === second.agent.legId)).toMatchObject({ state: 'answered', bridgeId: second.bridgeId });
      await cast().end(second.agent.legId);
    });

    test('legs move from bridge to bridge and leave', async () => {
      const { control, account } = cast();
      const { bridgeId, customer, agent } = await cast().talking();
      await control.order({ type: 'connect', bridgeId: 'brg_next', account, legIds: [customer.legId, agent.legId] });
      await control.fact('leg-left', (fact) => fact.legId === agent.legId && fact.bridgeId === bridgeId);
      await control.fact('leg-joined', (fact) => fact.legId === agent.legId && fact.bridgeId === 'brg_next');
      await control.order({ type: 'disconnect', bridgeId: 'brg_next', legIds: [agent.legId] });
      await control.fact('leg-left', (fact) => fact.legId === agent.legId && fact.bridgeId === 'brg_next');
      const snapshot = await control.settle();
      expect(snapshot.legs.find((leg) => leg.legId === customer.legId)).toMatchObject({ state: 'answered', bridgeId: 'brg_next' });
      await cast().end(customer.legId, agent.legId);
    });

    describe('an agent who answers where nobody will come does not wait in silence for control', () => {
      /** Ended by the switch, told by nobody: control says nothing in these tests once the phone rings. */
      const expectEnded = async (agent: { readonly far: FarEnd; readonly legId: string }) => {
        const { control } = cast();
        expect(await agent.far.ended).toBe(0);
        expect(await control.fact('leg-ended', (fact) => fact.legId === agent.legId)).toMatchObject({ by: 'center', cause: 'hung-up' });
        await control.settle();
        expect(control.story(agent.legId).filter((type) => type === 'leg-answered' || type === 'leg-ended')).toEqual(['leg-answered', 'leg-ended']);
      };
      const hangsUp = async ({ far, legId }: { readonly far: FarEnd; readonly legId: string }) => {
        far.hangUp();
        await cast().control.fact('leg-ended', (fact) => fact.legId === legId);
      };

      test.each(['near', 'earlyMediaTo'] as const)('the one they were placed for (%s) has hung up', async (relation) => {
        const customer = await cast().customer();
        const agent = await cast().place(cast().carla, { bridgeId: ControlSeat.newId('brg'), [relation]: customer.legId });
        agent.far.ring();
        await hangsUp(customer);
        agent.far.answer();
        await expectEnded(agent);
      });

      test('the one they were placed for hangs up after the answer, before both are connected', async () => {
        const { control } = cast();
        const customer = await cast().customer();
        const agent = await cast().place(cast().carla, { bridgeId: ControlSeat.newId('brg'), near: customer.legId });
        agent.far.answer();
        await control.fact('leg-joined', (fact) => fact.legId === agent.legId);
        await hangsUp(customer);
        await expectEnded(agent);
      });

      test('they are rung back into a bridge that everybody has left', async () => {
        const { bridgeId, customer, agent } = await cast().talking();
        const back = await cast().place(cast().carla, { bridgeId });
        back.far.ring();
        await hangsUp(agent);
        await cast().control.fact('leg-ended', (fact) => fact.legId === customer.legId);
        back.far.answer();
        await expectEnded(back);
      });
    });

    test('a leg that answers into a bridge where somebody may still come waits there, also where all have left', async () => {
      const { control, account } = cast();
      const { bridgeId, customer: first, agent: before } = await cast().talking();
      await cast().end(before.legId);
      await control.fact('leg-ended', (fact) => fact.legId === first.legId);
      const customer = await cast().customer();
      const agent = await cast().place(cast().carla, { bridgeId, near: customer.legId });
      agent.far.answer();
      await control.fact('leg-joined', (fact) => fact.legId === agent.legId && fact.bridgeId === bridgeId);
      await control.order({ type: 'connect', bridgeId, account, legIds: [customer.legId, agent.legId] });
      await control.fact('leg-joined', (fact) => fact.legId === customer.legId && fact.bridgeId === bridgeId);
      // Together once, and without an order for when they are alone again: their leg stays.
      customer.far.hangUp();
      await control.fact('leg-ended', (fact) => fact.legId === customer.legId);
      expect((await control.settle()).legs.find((leg) => leg.legId === agent.legId)).toMatchObject({ state: 'answered', bridgeId });
      await cast().end(agent.legId);
    });

    test('a bridge that everybody was sent out of is not over', async () => {
      const { control, account } = cast();
      const bridgeId = ControlSeat.newId('brg');
      const customer = await cast().customer();
      await control.order({ type: 'connect', bridgeId, account, legIds: [customer.legId] });
      await control.order({ type: 'disconnect', bridgeId, legIds: [customer.legId] });
      await control.fact('leg-left', (fact) => fact.legId === customer.legId);
      const agent = await cast().place(cast().carla, { bridgeId });
      agent.far.answer();
      await control.fact('leg-joined', (fact) => fact.legId === agent.legId && fact.bridgeId === bridgeId);
      expect((await control.settle()).legs.find((leg) => leg.legId === agent.legId)?.state).toBe('answered');
      await cast().end(agent.legId, customer.legId);
    });
  });
}
