import { describe, expect, test } from 'vitest';
import type { Command } from '../../port/index.ts';
import { ControlSeat } from '../control-seat.ts';
import type { Cast } from './cast.ts';

/** One of every command that is about a leg. */
function legCommands(legId: string, account: string): readonly Command[] {
  return [
    { type: 'ring-leg', legId },
    { type: 'answer-leg', legId },
    { type: 'hold-leg', legId, music: true },
    { type: 'resume-leg', legId },
    { type: 'mute-leg', legId, muted: true },
    { type: 'send-digits', legId, digits: '12#' },
    { type: 'play', playId: ControlSeat.newId('pla'), legId, items: [{ kind: 'tone', name: 'beep' }] },
    { type: 'connect', bridgeId: ControlSeat.newId('brg'), account, legIds: [legId] },
    { type: 'monitor', legId, bridgeId: ControlSeat.newId('brg'), mode: 'listen', agentLegId: legId },
    { type: 'redirect-leg', legId, target: { kind: 'device', deviceId: 'dev_1' } },
    { type: 'replace-leg', oldLegId: legId, newLegId: legId },
  ];
}

/** Repeated, late, and impossible commands. */
export function commandContract(cast: () => Cast): void {
  describe('commands', () => {
    test('on a leg that has ended fail by an event, but for its end, which is there already', async () => {
      const { control, account } = cast();
      const { far, legId } = await cast().customer();
      far.hangUp();
      await control.fact('leg-ended', (fact) => fact.legId === legId);
      for (const command of legCommands(legId, account)) {
        const commandId = await control.order(command);
        expect(await control.fact('command-failed', (fact) => fact.commandId === commandId)).toMatchObject({ legId, reason: 'leg-ended' });
      }
      const end = await control.order({ type: 'end-leg', legId, cause: 'hung-up' });
      await control.settle();
      expect(control.count('command-failed', (fact) => fact.commandId === end)).toBe(0);
      expect(control.count('leg-ended', (fact) => fact.legId === legId)).toBe(1);
    });

    test('on a leg that never was fail as unknown', async () => {
      const { control, account } = cast();
      for (const command of [...legCommands('leg_never', account), { type: 'end-leg', legId: 'leg_never', cause: 'hung-up' } as const]) {
        const commandId = await control.order(command);
        expect((await control.fact('command-failed', (fact) => fact.commandId === commandId)).reason).toBe('unknown-leg');
      }
    });

    test('that come before their time fail, and the leg goes on', async () => {
      const { control, account } = cast();
      const { legId } = await cast().offered();
      const early: readonly Command[] = [
        { type: 'hold-leg', legId, music: true },
        { type: 'mute-leg', legId, muted: true },
        { type: 'send-digits', legId, digits: '1' },
        { type: 'connect', bridgeId: ControlSeat.newId('brg'), account, legIds: [legId] },
      ];
      for (const command of early) {
        const commandId = await control.order(command);
        expect(await control.fact('command-failed', (fact) => fact.commandId === commandId)).toMatchObject({ legId, reason: 'wrong-state' });
      }
      const { legs } = await control.settle();
      expect(legs.find((leg) => leg.legId === legId)?.state).toBe('offered');
      await cast().end(legId);
    });

    test('about bridges and recordings that are not there fail', async () => {
      const { control, account } = cast();
      const { far, legId } = await cast().customer();
      const lost: readonly [Command, string][] = [
        [{ type: 'disconnect', bridgeId: 'brg_never', legIds: [legId] }, 'unknown-bridge'],
        [{ type: 'monitor', legId, bridgeId: 'brg_never', mode: 'listen', agentLegId: legId }, 'unknown-bridge'],
        [{ type: 'start-recording', recordingId: 'rec_unbegun', account, bridgeId: 'brg_never', customerLegIds: [legId] }, 'unknown-bridge'],
        [{ type: 'pause-recording', recordingId: 'rec_never' }, 'unknown-recording'],
        [{ type: 'resume-recording', recordingId: 'rec_never' }, 'unknown-recording'],
        [{ type: 'stop-recording', recordingId: 'rec_never' }, 'unknown-recording'],
      ];
      for (const [command, reason] of lost) {
        const commandId = await control.order(command);
        expect((await control.fact('command-failed', (fact) => fact.commandId === commandId)).reason).toBe(reason);
      }
      // A recording that could not begin has an end all the same: its file is waited for.
      await control.fact('recording-failed', (fact) => fact.recordingId === 'rec_unbegun' && fact.reason === 'unknown-bridge');
      far.hangUp();
      await control.fact('leg-ended', (fact) => fact.legId === legId);
    });

    test('repeated with the same id do nothing more', async () => {
      const { control, account, diego } = cast();
      const legId = ControlSeat.newId('leg');
      const placing: Command = {
        type: 'place-legs',
        placementId: ControlSeat.newId('plc'),
        account,
        legs: [{ legId, target: { kind: 'device', deviceId: diego.deviceId } }],
        caller: { number: '' },
        ringTimeoutMs: 10_000,
        onAnswer: { bridgeId: ControlSeat.newId('brg') },
      };
      const id = await control.order(placing);
      await control.order(placing, id);
      const far = await diego.nextCall();
      far.ring();
      far.answer();
      await control.fact('leg-joined', (fact) => fact.legId === legId);
      await control.order(placing, id);
      // Under another id the leg is known all the same: a repeat never dials twice.
      await control.order(placing);
      for (const command of [{ type: 'hold-leg', legId, music: false } as const, { type: 'play', playId: ControlSeat.newId('pla'), legId, items: [{ kind: 'tone', name: 'busy' }], loop: true } as const]) {
        const once = await control.order(command);
        await control.order(command, once);
      }
      await control.settle();
      expect(control.count('leg-held', (fact) => fact.legId === legId)).toBe(1);
      expect(control.count('play-finished', (fact) => fact.legId === legId)).toBe(0);
      const ending: Command = { type: 'end-leg', legId, cause: 'hung-up' };
      const end = await control.order(ending);
      await control.order(ending, end);
      await control.order(placing, id);
      await control.order(placing);
      await far.ended;
      await control.settle();
      expect(control.story(legId).filter((type) => type === 'leg-answered' || type === 'leg-ended')).toEqual(['leg-answered', 'leg-ended']);
    });

    test('that make no sense are refused and do nothing', async () => {
      const { control } = cast();
      const { legId } = await cast().offered();
      const nonsense = [{ type: 'end-leg', legId }, { type: 'end-leg', legId: 'leg\r\nBYE', cause: 'hung-up' }, { type: 'send-digits', legId, digits: 'x' }, { type: 'play', playId: 'p', legId, items: [] }, 7];
      for (const command of nonsense) expect(await control.send(command as Command)).toEqual({ accepted: false, reason: 'malformed' });
      const { legs } = await control.settle();
      expect(legs.some((leg) => leg.legId === legId)).toBe(true);
      await cast().end(legId);
    });
  });
}
