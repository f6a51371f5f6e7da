import { describe, expect, test } from 'vitest';
import { readWav, toneSource } from '@centralita/media';
import { VirtualLine, type VirtualPhone } from '../testing/virtual-line.ts';

/** 100 ppm of skew each way, 5 % loss, 40 ms of jitter. Both say a tone of half a second every 5 s of the true clock, so that the recording shows how far apart they are. */
const BURST_EVERY_MS = 5_000;
const BURST_MS = 500;

function phone(hertz: number, skewPpm: number, network: { readonly lossRatio: number; readonly jitterMs: number }): VirtualPhone {
  const tone = toneSource(hertz, 8_000);
  return {
    skewPpm,
    ...network,
    say: (ownMs, into) => {
      tone(into);
      for (let i = 0; i < into.length; i++) if (((ownMs + i / 8) / (1 + skewPpm / 1e6)) % BURST_EVERY_MS >= BURST_MS) into[i] = 0;
    },
  };
}

/** When each burst begins, in milliseconds of the file. A lost first packet makes one late, so single ones prove nothing. */
function onsets(channel: Int16Array): readonly number[] {
  const found: number[] = [];
  let quietSince = 0;
  for (let i = 0; i < channel.length; i++) {
    if (Math.abs(channel[i]!) < 2_000) continue;
    if (i - quietSince > 8 * 1_000) found.push(i / 8);
    quietSince = i;
  }
  return found;
}

const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[values.length >> 1]!;

describe.each([
  ['both networks bad', { lossRatio: 0.05, jitterMs: 40 }],
  ['one network bad', { lossRatio: 0, jitterMs: 0 }],
])('[issue 2] a 10-minute call with skew, loss and jitter: %s', (_name, second) => {
  test('delay does not grow, the channels stay within 40 ms of each other, the file is as long as the talk', async () => {
    const line = new VirtualLine(3);
    await line.dial('leg_ana', phone(900, 100, { lossRatio: 0.05, jitterMs: 40 }));
    await line.dial('leg_carla', phone(600, -100, second));
    line.worker.order({ type: 'join', bridgeId: 'brg_1', legIds: ['leg_ana', 'leg_carla'] });
    line.worker.order({ type: 'start-recording', recordingId: 'rec_1', bridgeId: 'brg_1', customerLegIds: ['leg_ana'] });
    await line.pass(600_000);
    line.worker.order({ type: 'stop-recording', recordingId: 'rec_1' });
    await line.pass(1_000);

    const finished = line.facts.find((fact) => fact.type === 'recording-finished');
    expect(Math.abs(finished!.durationMs - 600_000)).toBeLessThanOrEqual(100);
    const wav = readWav(line.files.get('rec_1.wav')!);
    const [left, right] = wav.ok ? wav.value.channels : [];
    const [ana, carla] = [onsets(left!), onsets(right!)];
    expect(ana.length).toBeGreaterThan(110);
    const delayOf = (found: readonly number[]) => found.map((ms) => ms % BURST_EVERY_MS);
    for (const found of [ana, carla]) {
      const [early, late] = [median(delayOf(found.slice(1, 20))), median(delayOf(found.slice(-20)))];
      expect(Math.abs(late - early)).toBeLessThan(25);
      expect(late).toBeLessThan(140);
    }
    const apart = ana.map((ms) => Math.min(...carla.map((other) => Math.abs(other - ms))));
    expect(median(apart)).toBeLessThan(40);
    // A burst whose first packet is lost on one side begins 20 ms later there: 5 % of them.
    expect(apart.filter((ms) => ms > 40 && ms < 1_000).length / apart.length).toBeLessThan(0.1);

    const quality = line.facts.filter((fact) => fact.type === 'quality' && fact.legId === 'leg_ana');
    expect(quality.length).toBeGreaterThan(100);
    const losses = quality.map((fact) => (fact.type === 'quality' ? fact.lossRatio : 0));
    expect(losses.reduce((sum, loss) => sum + loss, 0) / losses.length).toBeCloseTo(0.05, 1);
  }, 60_000);
});
