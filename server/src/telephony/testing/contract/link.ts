import { describe, expect, test } from 'vitest';
import type { Cast } from './cast.ts';

/** The wire between control and engine: numbers, acknowledgements, lost connections, fences. */
export function linkContract(cast: () => Cast): void {
  describe('link', () => {
    test('events are numbered without gaps, and their times do not go back', async () => {
      const { control } = cast();
      await control.settle();
      const { events } = control;
      events.forEach((event, index) => {
        const before = events[index - 1];
        if (before === undefined) return;
        expect(event.seq).toBe(before.seq + 1);
        expect(event.at).toBeGreaterThanOrEqual(before.at);
      });
    });

    test('a cut wire comes back: calls stay up and no event is lost or repeated', async () => {
      const { control, harness } = cast();
      const { far, legId } = await cast().customer();
      control.port.acknowledge(control.lastSeq() - 2);
      harness.cut(control);
      await control.until(() => !control.connected);
      expect(await control.send({ type: 'end-leg', legId, cause: 'hung-up' })).toEqual({ accepted: false, reason: 'disconnected' });
      far.hangUp();
      await control.until(() => control.connected);
      await control.fact('leg-ended', (fact) => fact.legId === legId);
      const numbers = control.events.map((event) => event.seq);
      expect(numbers).toEqual(numbers.map((_seq, index) => numbers[0]! + index));
    });

    test('what is not acknowledged stays: ended legs and finished recordings in the snapshot, events for the next control', async () => {
      const { control, harness } = cast();
      const { customer, agent, bridgeId } = await cast().talking();
      await control.order({ type: 'start-recording', recordingId: 'rec_kept', account: harness.account, bridgeId, customerLegIds: [customer.legId] });
      await control.fact('recording-started', (fact) => fact.recordingId === 'rec_kept');
      await control.settle();
      const committed = control.lastSeq();
      control.port.acknowledge(committed);
      customer.far.hangUp();
      await control.fact('leg-ended', (fact) => fact.legId === customer.legId);
      await control.order({ type: 'stop-recording', recordingId: 'rec_kept' });
      await control.fact('recording-finished', (fact) => fact.recordingId === 'rec_kept');
      const before = await control.settle();
      expect(before.endedLegs.map((leg) => leg.legId)).toContain(customer.legId);
      expect(before.recordings.find((one) => one.recordingId === 'rec_kept')).toMatchObject({ state: 'finished' });

      const next = await harness.connect({ epoch: 2, committedSeq: committed });
      await next.until(() => next.lastSeq() >= before.seq);
      expect(next.events[0]?.seq).toBe(committed + 1);
      expect(next.count('leg-ended', (fact) => fact.legId === customer.legId)).toBe(1);
      // The one before is fenced, and its calls go on under the next.
      expect(await control.send({ type: 'end-leg', legId: agent.legId, cause: 'hung-up' })).toEqual({ accepted: false, reason: 'fenced' });
      cast().control = next;
      await cast().end(agent.legId);
      next.port.acknowledge(next.lastSeq());
      const after = await next.settle();
      expect(after.endedLegs).toEqual([]);
      expect(after.recordings.filter((one) => one.state === 'finished')).toEqual([]);
    });

    test('a command of an older epoch is refused even on a good connection', async () => {
      const { control } = cast();
      expect(await control.port.send('cmd_old', { type: 'end-leg', legId: 'leg_any', cause: 'hung-up' }, control.epoch - 1)).toEqual({ accepted: false, reason: 'fenced' });
    });

    test('a control that knows nothing gets a snapshot stamped with its number, then later events', async () => {
      const { harness } = cast();
      const { legId, far } = await cast().customer();
      const next = await harness.connect({ epoch: cast().control.epoch + 1, committedSeq: 0 });
      await next.until(() => next.snapshots.length === 1);
      const [snapshot] = next.snapshots;
      expect(snapshot?.legs.find((leg) => leg.legId === legId)).toMatchObject({ state: 'answered', origin: { kind: 'loopback' }, dialled: harness.number });
      expect(snapshot?.devices.map((device) => device.deviceId)).toEqual(expect.arrayContaining([cast().carla.deviceId, cast().diego.deviceId]));
      cast().control = next;
      far.hangUp();
      await next.fact('leg-ended', (fact) => fact.legId === legId);
      expect(next.events[0]!.seq).toBe(snapshot!.seq + 1);
    });

    test('[design 2] an engine whose control cannot follow takes no new calls until told, and none are lost that it has', async () => {
      const { control, harness } = cast();
      const { legId, far } = await cast().customer();
      control.port.takeCalls(false);
      await control.port.snapshot();
      expect(await (await harness.customer()).ended).toBe(503);
      expect((await control.port.snapshot()).legs.map((leg) => leg.legId)).toContain(legId);
      harness.cut(control);
      await control.until(() => !control.connected);
      await control.until(() => control.connected);
      await control.port.snapshot();
      expect(await (await harness.customer()).ended).toBe(503);
      control.port.takeCalls(true);
      await control.port.snapshot();
      const next = await cast().customer();
      for (const { far: one, legId: ended } of [{ far, legId }, next]) {
        one.hangUp();
        await control.fact('leg-ended', (fact) => fact.legId === ended);
      }
    });

    test('a draining engine takes no new calls and says when the last has ended', async () => {
      const { control, harness } = cast();
      const { legId, far } = await cast().customer();
      const drained = control.port.drain(600_000);
      await control.port.snapshot();
      const late = await harness.customer();
      expect(await late.ended).toBe(503);
      far.hangUp();
      await control.fact('leg-ended', (fact) => fact.legId === legId);
      await drained;
    });
  });
}
