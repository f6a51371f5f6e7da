import { describe, expect, test } from 'vitest';
import type { PlayItem } from '../../port/index.ts';
import { ControlSeat } from '../control-seat.ts';
import type { Cast } from './cast.ts';

/** A share of full volume below which nothing has leaked: a late packet on a busy machine clicks, a leak is at 1. */
const NOTHING = 0.1;
const ANA = 1_000;
const CARLA = 700;
const music: readonly PlayItem[] = [{ kind: 'music', name: 'default' }];

/** What people hear. A port without sound is held to the events alone. */
export function soundContract(cast: () => Cast): void {
  describe('sound', () => {
    test('a caller hears what is played before the answer, and after it', async () => {
      const { control, harness } = cast();
      const { far, legId } = await cast().offered();
      const playId = ControlSeat.newId('pla');
      await control.order({ type: 'play', playId, legId, items: music, loop: true });
      await far.early;
      if (harness.sound) await far.hears(harness.musicHertz);
      await control.order({ type: 'answer-leg', legId });
      await far.answered;
      if (harness.sound) await far.hears(harness.musicHertz);
      await control.order({ type: 'stop-play', playId });
      expect((await control.fact('play-finished', (fact) => fact.playId === playId)).reason).toBe('stopped');
      await cast().end(legId);
    });

    test('each play ends once, with its reason', async () => {
      const { control } = cast();
      const { far, legId } = await cast().customer();
      const [first, second, third, fourth, last] = Array.from({ length: 5 }, () => ControlSeat.newId('pla')) as [string, string, string, string, string];
      const reason = async (playId: string) => (await control.fact('play-finished', (fact) => fact.playId === playId)).reason;
      await control.order({ type: 'play', playId: first, legId, items: music, loop: true });
      await control.order({ type: 'play', playId: second, legId, items: [{ kind: 'silence', durationMs: 60 }] });
      expect(await reason(first)).toBe('replaced');
      expect(await reason(second)).toBe('completed');
      await control.order({ type: 'play', playId: third, legId, items: music, loop: true, stopOnDigit: true });
      far.press('5');
      expect(await reason(third)).toBe('digit');
      expect(await control.fact('digit', (fact) => fact.legId === legId)).toMatchObject({ digit: '5' });
      await control.order({ type: 'play', playId: fourth, legId, items: [{ kind: 'prompt', name: 'no-such-prompt', language: 'es' }] });
      expect(await reason(fourth)).toBe('failed');
      await control.order({ type: 'play', playId: last, legId, items: music, loop: true });
      far.hangUp();
      expect(await reason(last)).toBe('stopped');
      await control.fact('leg-ended', (fact) => fact.legId === legId);
      expect(control.count('play-finished', (fact) => fact.legId === legId)).toBe(5);
    });

    test('two in a bridge hear each other; held, one hears music and nothing leaks either way', async () => {
      const { control, harness, carla } = cast();
      const { customer, agent } = await cast().talking(carla);
      if (harness.sound) {
        customer.far.say(ANA);
        agent.far.say(CARLA);
        await Promise.all([customer.far.hears(CARLA), agent.far.hears(ANA)]);
      }
      await control.order({ type: 'hold-leg', legId: customer.legId, music: true });
      expect(await control.fact('leg-held', (fact) => fact.legId === customer.legId)).toMatchObject({ by: 'center' });
      if (harness.sound) {
        await customer.far.hears(harness.musicHertz);
        expect(await customer.far.loudest([CARLA, ANA])).toBeLessThan(NOTHING);
        expect(await agent.far.loudest([ANA, harness.musicHertz])).toBeLessThan(NOTHING);
      }
      expect((await control.settle()).legs.find((leg) => leg.legId === customer.legId)?.state).toBe('held');
      await control.order({ type: 'resume-leg', legId: customer.legId });
      await control.fact('leg-resumed', (fact) => fact.legId === customer.legId);
      if (harness.sound) await Promise.all([customer.far.hears(CARLA), agent.far.hears(ANA)]);
      await cast().end(agent.legId);
      await control.fact('leg-ended', (fact) => fact.legId === customer.legId);
    });

    test('a phone’s own hold button plays music to the other side', async () => {
      const { control, harness, diego } = cast();
      const { customer, agent } = await cast().talking(diego);
      if (harness.sound) agent.far.say(CARLA);
      await agent.far.hold();
      expect((await control.fact('leg-held', (fact) => fact.legId === agent.legId)).by).not.toBe('center');
      if (harness.sound) {
        await customer.far.hears(harness.musicHertz);
        expect(await customer.far.loudest([CARLA])).toBeLessThan(NOTHING);
      }
      await agent.far.resume();
      await control.fact('leg-resumed', (fact) => fact.legId === agent.legId);
      if (harness.sound) await customer.far.hears(CARLA);
      customer.far.hangUp();
      await cast().end(agent.legId);
    });

    test('a muted leg is not heard and hears', async () => {
      const { control, harness } = cast();
      const { customer, agent } = await cast().talking();
      await control.order({ type: 'mute-leg', legId: agent.legId, muted: true });
      if (harness.sound) {
        customer.far.say(ANA);
        agent.far.say(CARLA);
        await agent.far.hears(ANA);
        expect(await customer.far.loudest([CARLA])).toBeLessThan(NOTHING);
      }
      await control.order({ type: 'mute-leg', legId: agent.legId, muted: false });
      if (harness.sound) await customer.far.hears(CARLA);
      await cast().end(agent.legId);
    });

    test('digits are told once each, and sent ones arrive', async () => {
      const { control } = cast();
      const { far, legId } = await cast().customer();
      far.press('42#');
      await control.fact('digit', (fact) => fact.legId === legId && fact.digit === '#');
      const seen = control.events.flatMap(({ fact }) => (fact.type === 'digit' && fact.legId === legId ? [fact.digit] : []));
      expect(seen.join('')).toBe('42#');
      await control.order({ type: 'send-digits', legId, digits: '09*' });
      const playId = ControlSeat.newId('pla');
      await control.order({ type: 'play', playId, legId, items: [{ kind: 'silence', durationMs: 1_000 }] });
      await control.fact('play-finished', (fact) => fact.playId === playId);
      expect(far.digits.join('')).toBe('09*');
      await cast().end(legId);
    });

    test('a recording holds each side on its channel, and silence while it is paused', async () => {
      const { control, account, harness } = cast();
      const { bridgeId, customer, agent } = await cast().talking();
      const recordingId = ControlSeat.newId('rec');
      await control.order({ type: 'start-recording', recordingId, account, bridgeId, customerLegIds: [customer.legId] });
      await control.fact('recording-started', (fact) => fact.recordingId === recordingId);
      expect((await control.settle()).recordings.find((one) => one.recordingId === recordingId)?.state).toBe('running');
      if (harness.sound) {
        customer.far.say(ANA);
        agent.far.say(CARLA);
        await Promise.all([customer.far.hears(CARLA), agent.far.hears(ANA)]);
      }
      await control.order({ type: 'pause-recording', recordingId });
      expect((await control.settle()).recordings.find((one) => one.recordingId === recordingId)?.state).toBe('paused');
      await control.order({ type: 'resume-recording', recordingId });
      await control.order({ type: 'stop-recording', recordingId });
      const finished = await control.fact('recording-finished', (fact) => fact.recordingId === recordingId);
      const late = await control.order({ type: 'resume-recording', recordingId });
      expect((await control.fact('command-failed', (fact) => fact.commandId === late)).reason).toBe('wrong-state');
      if (harness.sound) await expectSides(await harness.recording(finished.file));
      await cast().end(agent.legId);
    });

    test('a leg hears the ringing of those placed for it', async () => {
      const { control, harness, diego } = cast();
      const { far, legId } = await cast().customer();
      const placed = await cast().place(diego, { earlyMediaTo: legId, near: legId });
      placed.far.ring();
      await control.fact('leg-ringing', (fact) => fact.legId === placed.legId);
      if (harness.sound) await far.hears(425);
      await cast().end(placed.legId, legId);
    });
  });

  async function expectSides(channels: readonly Int16Array[]): Promise<void> {
    const { loudestTone } = await import('@centralita/media');
    const [left, right] = channels as [Int16Array, Int16Array];
    expect(loudestTone(left, ANA)).toBeGreaterThan(6_000);
    expect(loudestTone(right, CARLA)).toBeGreaterThan(6_000);
    expect(loudestTone(left, CARLA) / 8_000).toBeLessThan(NOTHING);
    expect(loudestTone(right, ANA) / 8_000).toBeLessThan(NOTHING);
  }
}
