import { expect, test } from 'vitest';
import { toneSource } from './sound/tone.ts';
import { VoiceActivity } from './voice-activity.ts';

function changes(levelAt: (ms: number) => number, seconds: number): readonly (readonly [number, string])[] {
  const voice = new VoiceActivity();
  const found: [number, string][] = [];
  const frame = new Int16Array(160);
  for (let ms = 0; ms < seconds * 1_000; ms += 20) {
    toneSource(300, levelAt(ms))(frame);
    const change = voice.take(frame);
    if (change) found.push([ms, change]);
  }
  return found;
}

test('talking starts within 100 ms and stops after a pause of 600 ms, not at a breath', () => {
  const found = changes((ms) => (ms < 1_000 ? 20 : ms < 2_000 ? 4_000 : ms < 2_400 ? 20 : ms < 3_000 ? 4_000 : 20), 5);
  expect(found.map(([, change]) => change)).toEqual(['started', 'stopped']);
  expect(found[0]![0]).toBeLessThan(1_100);
  expect(found[1]![0]).toBeGreaterThan(3_500);
  expect(found[1]![0]).toBeLessThan(3_700);
});

test('steady noise is learnt, and voice above it is still found', () => {
  const found = changes((ms) => (ms > 20_000 && ms < 21_000 ? 6_000 : 400), 25);
  expect(found.filter(([ms]) => ms > 19_000).map(([, change]) => change)).toEqual(['started', 'stopped']);
});

test('a click is not talking', () => {
  expect(changes((ms) => (ms === 1_000 ? 9_000 : 10), 3)).toEqual([]);
});
