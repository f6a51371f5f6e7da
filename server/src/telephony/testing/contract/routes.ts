import { describe, expect, test } from 'vitest';
import { ControlSeat } from '../control-seat.ts';
import type { Cast } from './cast.ts';

/** Where a call may go, and what becomes of one that has nowhere to go. */
export function routeContract(cast: () => Cast): void {
  describe('routes', () => {
    test('devices that are away or unknown, and trunks that are not there, end the leg with a cause', async () => {
      const { control, account, harness } = cast();
      const away = await harness.offlineDevice(control);
      const targets = [
        [{ kind: 'device', deviceId: away }, 'unreachable'],
        [{ kind: 'device', deviceId: 'dev_nobody' }, 'not-found'],
        [{ kind: 'number', number: '+34600000009', trunkIds: ['trk_nowhere'] }, 'unreachable'],
      ] as const;
      for (const [target, cause] of targets) {
        const legId = ControlSeat.newId('leg');
        await control.order({ type: 'place-legs', placementId: ControlSeat.newId('plc'), account, legs: [{ legId, target }], caller: { number: '' }, ringTimeoutMs: 5_000 });
        expect((await control.fact('leg-ended', (fact) => fact.legId === legId)).cause).toBe(cause);
      }
    });

    test('a call goes out over a trunk, and its channel limit holds', async () => {
      const { control, account, harness } = cast();
      const { trunk, nextCall } = await harness.carrier(control);
      const place = async () => {
        const legId = ControlSeat.newId('leg');
        const target = { kind: 'number', number: '+34600000009', trunkIds: [trunk.trunkId] } as const;
        await control.order({ type: 'place-legs', placementId: ControlSeat.newId('plc'), account, legs: [{ legId, target }], caller: { number: harness.number }, ringTimeoutMs: 10_000 });
        return legId;
      };
      const legs = [await place(), await place()];
      const calls = [await nextCall(), await nextCall()];
      const third = await place();
      expect(await control.fact('leg-ended', (fact) => fact.legId === third)).toMatchObject({ by: 'center', cause: 'congestion' });
      calls.forEach((call) => call.answer());
      for (const legId of legs) await control.fact('leg-answered', (fact) => fact.legId === legId);
      await cast().end(...legs);
    });

    test('a caller who has not been answered can be sent elsewhere', async () => {
      const { control, diego } = cast();
      const { far, legId } = await cast().offered();
      await control.order({ type: 'redirect-leg', legId, target: { kind: 'device', deviceId: diego.deviceId } });
      expect(await far.ended).toBe(302);
      await control.fact('leg-ended', (fact) => fact.legId === legId);
    });
  });
}
