import { describe, expect, test } from 'vitest';
import { ControlSeat } from '../control-seat.ts';
import type { Cast } from './cast.ts';

/** Calls from their offer to their end. */
export function callContract(cast: () => Cast): void {
  describe('calls', () => {
    test('a customer is offered, rung, answered and ended, in this order', async () => {
      const { control } = cast();
      const { far, legId } = await cast().offered();
      await control.order({ type: 'ring-leg', legId });
      await control.order({ type: 'answer-leg', legId });
      await far.answered;
      await control.order({ type: 'end-leg', legId, cause: 'hung-up' });
      expect(await far.ended).toBe(0);
      expect(await control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ by: 'center', cause: 'hung-up' });
      expect(control.story(legId).filter((type) => type !== 'quality')).toEqual(['leg-offered', 'leg-answered', 'leg-ended']);
    });

    test('a customer who hangs up while waiting has cancelled; after the answer, has hung up', async () => {
      const { control } = cast();
      const waiting = await cast().offered();
      await control.order({ type: 'ring-leg', legId: waiting.legId });
      waiting.far.hangUp();
      expect(await control.fact('leg-ended', (fact) => fact.legId === waiting.legId)).toMatchObject({ by: 'far-end', cause: 'cancelled' });
      const talking = await cast().customer();
      talking.far.hangUp();
      expect(await control.fact('leg-ended', (fact) => fact.legId === talking.legId)).toMatchObject({ by: 'far-end', cause: 'hung-up' });
    });

    test('an answer and a hang-up that cross make one ending, and at most one answer before it', async () => {
      const { control } = cast();
      for (let round = 0; round < 5; round++) {
        const { far, legId } = await cast().offered();
        far.hangUp();
        await control.send({ type: 'answer-leg', legId });
        await control.fact('leg-ended', (fact) => fact.legId === legId);
        await control.settle();
        const story = control.story(legId).filter((type) => type === 'leg-answered' || type === 'leg-ended');
        expect([['leg-ended'], ['leg-answered', 'leg-ended']]).toContainEqual(story);
      }
    });

    test('a refused customer is told why', async () => {
      const { control } = cast();
      const { far, legId } = await cast().offered();
      await control.order({ type: 'end-leg', legId, cause: 'busy' });
      expect(await far.ended).toBe(486);
      expect(await control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ by: 'center', cause: 'busy' });
    });

    test('a device rings, answers and joins the bridge without control saying more', async () => {
      const { control } = cast();
      const { far, legId } = await cast().place(cast().carla, { bridgeId: 'brg_alone' });
      far.ring();
      await control.fact('leg-ringing', (fact) => fact.legId === legId);
      far.answer();
      await control.fact('leg-joined', (fact) => fact.legId === legId && fact.bridgeId === 'brg_alone');
      expect(control.story(legId)).toEqual(['leg-ringing', 'leg-answered', 'leg-joined']);
      far.hangUp();
      expect(await control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ by: 'far-end', cause: 'hung-up' });
    });

    test('the first of several to answer joins, the others end as answered elsewhere; both at once make one', async () => {
      const { control, carla, diego, account } = cast();
      for (const bothAnswer of [false, true]) {
        const [first, second] = [ControlSeat.newId('leg'), ControlSeat.newId('leg')];
        const bridgeId = ControlSeat.newId('brg');
        await control.order({
          type: 'place-legs',
          placementId: ControlSeat.newId('plc'),
          account,
          legs: [
            { legId: first, target: { kind: 'device', deviceId: carla.deviceId } },
            { legId: second, target: { kind: 'device', deviceId: diego.deviceId } },
          ],
          caller: { number: '' },
          ringTimeoutMs: 20_000,
          onAnswer: { bridgeId },
        });
        const [one, other] = await Promise.all([carla.nextCall(), diego.nextCall()]);
        one.ring();
        other.ring();
        if (bothAnswer) other.answer();
        one.answer();
        const joined = await control.fact('leg-joined', (fact) => fact.bridgeId === bridgeId);
        const [winner, loser] = joined.legId === first ? [first, second] : [second, first];
        expect(await control.fact('leg-ended', (fact) => fact.legId === loser)).toMatchObject({ by: 'center', cause: 'answered-elsewhere' });
        await (loser === first ? one : other).ended;
        await control.settle();
        expect(control.count('leg-joined', (fact) => fact.bridgeId === bridgeId)).toBe(1);
        await cast().end(winner);
      }
    });

    test.each([
      ['busy', 486, 'far-end', 'busy'],
      ['declined', 603, 'far-end', 'declined'],
      ['not found', 404, 'far-end', 'not-found'],
    ] as const)('a device that answers %s ends its leg so', async (_what, status, by, cause) => {
      const { far, legId } = await cast().place(cast().diego);
      far.decline(status);
      expect(await cast().control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ by, cause, sipStatus: status });
    });

    test('a device that does not answer within the ring time stops ringing', async () => {
      const { far, legId } = await cast().place(cast().diego, { ringTimeoutMs: 300 });
      far.ring();
      expect(await far.ended).toBe(487);
      expect(await cast().control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ by: 'center', cause: 'no-answer' });
    });

    test('a placed leg can be taken back', async () => {
      const { far, legId } = await cast().place(cast().diego);
      far.ring();
      await cast().control.order({ type: 'end-leg', legId, cause: 'cancelled' });
      expect(await far.ended).toBe(487);
      expect(await cast().control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ by: 'center', cause: 'cancelled' });
    });
  });
}
