import { mulberry32 } from '@centralita/kernel';
import { describe, expect, test } from 'vitest';
import { encodeG711 } from '../g711.ts';
import { loudness, toneAmplitude } from '../sound/measure.ts';
import { type FrameKind, JitterBuffer } from './jitter-buffer.ts';

/** A far end with its own clock, and a network, in virtual time: what it sent and what the buffer played. */
interface Line {
  readonly seconds: number;
  readonly hertz?: number;
  /** How much faster the far clock runs, in parts per million. */
  readonly skewPpm?: number;
  readonly packetMs?: number;
  readonly lossRatio?: number;
  /** Uniform extra delay of each packet. */
  readonly jitterMs?: number;
  readonly duplicate?: boolean;
  readonly delayAtMs?: (sentMs: number) => number;
  readonly speaks?: (sentMs: number) => boolean;
}

interface Played {
  readonly samples: Int16Array;
  readonly kinds: readonly FrameKind[];
  /** Buffer delay at the end of each second. */
  readonly delays: readonly number[];
  readonly buffer: JitterBuffer;
}

function run(line: Line): Played {
  const { hertz = 500, skewPpm = 0, packetMs = 20, lossRatio = 0, jitterMs = 0 } = line;
  const random = mulberry32(7);
  const perPacket = packetMs * 8;
  const arrivals: { atMs: number; timestamp: number; payload: Uint8Array }[] = [];
  const period = packetMs / (1 + skewPpm / 1e6);
  for (let n = 0; n * period < line.seconds * 1_000; n++) {
    const sentMs = n * period;
    const lost = random() < lossRatio;
    const late = random() * jitterMs;
    if (lost || (line.speaks && !line.speaks(sentMs))) continue;
    const samples = Int16Array.from({ length: perPacket }, (_, i) => Math.round(8_000 * Math.sin((2 * Math.PI * hertz * (n * perPacket + i)) / 8_000)));
    const payload = new Uint8Array(perPacket);
    encodeG711('PCMU', samples, 0, perPacket, payload, 0);
    const atMs = 100 + sentMs + late + (line.delayAtMs?.(sentMs) ?? 0);
    arrivals.push({ atMs, timestamp: (4_294_960_000 + n * perPacket) >>> 0, payload });
    if (line.duplicate) arrivals.push({ atMs: atMs + 3, timestamp: (4_294_960_000 + n * perPacket) >>> 0, payload });
  }
  arrivals.sort((one, other) => one.atMs - other.atMs);
  return play(arrivals, line.seconds);
}

function play(arrivals: readonly { readonly atMs: number; readonly timestamp: number; readonly payload: Uint8Array }[], seconds: number): Played {
  const buffer = new JitterBuffer();
  const frame = new Int16Array(160);
  const samples = new Int16Array(seconds * 8_000);
  const kinds: FrameKind[] = [];
  const delays: number[] = [];
  let next = 0;
  for (let n = 0; n < seconds * 50; n++) {
    const nowMs = n * 20 + 7;
    for (; next < arrivals.length && arrivals[next]!.atMs <= nowMs; next++) {
      const { atMs, timestamp, payload } = arrivals[next]!;
      buffer.put(timestamp, payload, 0, payload.length, 'PCMU', atMs);
    }
    kinds.push(buffer.pull(frame, nowMs));
    samples.set(frame, n * 160);
    if (n % 50 === 49) delays.push(buffer.delayMs);
  }
  return { samples, kinds, delays, buffer };
}

const soundShare = (kinds: readonly FrameKind[]): number => kinds.filter((kind) => kind === 'sound').length / kinds.length;

describe('a steady stream', () => {
  test('is played whole, 40 ms later', () => {
    const { samples, kinds, delays } = run({ seconds: 10 });
    expect(toneAmplitude(samples.subarray(8_000, 72_000), 500)).toBeGreaterThan(7_800);
    expect(kinds.slice(10).every((kind) => kind === 'sound')).toBe(true);
    expect(Math.max(...delays)).toBeLessThan(50);
    expect(Math.min(...delays)).toBeGreaterThan(35);
  });

  test.each([10, 20, 30, 40, 60])('[issue 2.6] packets of %i ms are neither loss nor gaps', (packetMs) => {
    const { samples, kinds, buffer } = run({ seconds: 6, packetMs });
    expect(soundShare(kinds.slice(20))).toBe(1);
    expect(buffer.late).toBe(0);
    expect(toneAmplitude(samples.subarray(16_000), 500)).toBeGreaterThan(7_700);
  });

  test('twice every packet is once every packet', () => {
    const { samples, buffer } = run({ seconds: 4, duplicate: true });
    expect(toneAmplitude(samples.subarray(8_000), 500)).toBeGreaterThan(7_800);
    expect(buffer.late).toBe(0);
  });
});

describe('a network that is not steady', () => {
  test('[issue 2] 10 minutes with 100 ppm of skew, 5 % loss and 40 ms of jitter: the delay does not grow', () => {
    for (const skewPpm of [100, -100]) {
      const { delays, kinds, samples, buffer } = run({ seconds: 600, skewPpm, lossRatio: 0.05, jitterMs: 40 });
      const late = delays.slice(20);
      expect(Math.max(...late)).toBeLessThan(90);
      expect(Math.min(...late)).toBeGreaterThan(40);
      expect(soundShare(kinds)).toBeGreaterThan(0.93);
      expect(buffer.late / kinds.length).toBeLessThan(0.01);
      expect(loudness(samples.subarray(-80_000))).toBeGreaterThan(4_500);
    }
  }, 20_000);

  test('skew alone costs no sound: one sample is dropped or doubled now and then', () => {
    for (const skewPpm of [100, -100]) {
      const { kinds, delays } = run({ seconds: 600, skewPpm });
      expect(soundShare(kinds.slice(10))).toBe(1);
      expect(Math.max(...delays)).toBeLessThan(55);
    }
  }, 20_000);

  test('reordering within the delay is repaired', () => {
    const { kinds, buffer } = run({ seconds: 20, delayAtMs: (sentMs) => (Math.round(sentMs / 20) % 5 === 0 ? 30 : 0) });
    expect(soundShare(kinds.slice(150))).toBeGreaterThan(0.99);
    expect(buffer.late).toBeLessThan(10);
  });

  test('a path that gets 80 ms longer is followed within a second, and given back later', () => {
    const { kinds, delays } = run({ seconds: 60, delayAtMs: (sentMs) => (sentMs > 10_000 && sentMs < 30_000 ? 80 : 0) });
    expect(soundShare(kinds.slice(11 * 50 + 25, 29 * 50))).toBeGreaterThan(0.99);
    expect(delays.at(-1)).toBeLessThan(60);
  });

  test('a stall of 400 ms that ends in a burst does not leave its delay behind', () => {
    const { delays, kinds } = run({ seconds: 30, delayAtMs: (sentMs) => (sentMs >= 5_000 && sentMs < 5_400 ? 5_400 - sentMs : 0) });
    expect(Math.max(...delays)).toBeLessThanOrEqual(165);
    expect(delays.at(-1)).toBeLessThan(60);
    expect(soundShare(kinds.slice(8 * 50))).toBe(1);
  });

  test('a lost packet is covered by fading sound, not by a hole', () => {
    const lost = (sentMs: number) => Math.round(sentMs / 20) !== 100;
    const { kinds, samples } = run({ seconds: 4, speaks: lost });
    const at = kinds.indexOf('concealed', 20);
    expect(kinds.filter((kind) => kind === 'concealed').length).toBeLessThanOrEqual(2);
    expect(loudness(samples.subarray(at * 160, at * 160 + 160))).toBeGreaterThan(2_500);
  });
});

describe('silence suppression', () => {
  const spurts = (sentMs: number) => sentMs % 5_000 < 2_000;

  test('[issue 2.6] pauses are silence of the same length, and each spurt begins where it was said', () => {
    const { samples, buffer } = run({ seconds: 60, skewPpm: 100, speaks: spurts });
    expect(buffer.late).toBe(0);
    for (let second = 2; second < 55; second += 5) {
      expect(loudness(samples.subarray((second + 1) * 8_000, (second + 2) * 8_000))).toBe(0);
      expect(toneAmplitude(samples.subarray((second + 3) * 8_000 + 1_600, (second + 4) * 8_000), 500)).toBeGreaterThan(7_000);
    }
  });

  test('[RFC 3389] comfort noise fills the pause at its level', () => {
    const buffer = new JitterBuffer();
    const frame = new Int16Array(160);
    const voice = new Uint8Array(160).fill(0x90);
    for (let n = 0; n < 50; n++) {
      buffer.put(n * 160, voice, 0, 160, 'PCMU', n * 20);
      buffer.pull(frame, n * 20);
    }
    buffer.comfortNoise(40);
    const kinds: FrameKind[] = [];
    for (let n = 50; n < 100; n++) kinds.push(buffer.pull(frame, n * 20));
    expect(kinds.slice(5).every((kind) => kind === 'comfort-noise')).toBe(true);
    expect(loudness(frame)).toBeGreaterThan(200);
    expect(loudness(frame)).toBeLessThan(500);
    buffer.put(100 * 160, voice, 0, 160, 'PCMU', 2_000);
    for (let n = 100; n < 104; n++) kinds.push(buffer.pull(frame, n * 20));
    expect(kinds).toContain('sound');
  });

  test('a device that stops its clock in silence is heard from its first packets on', () => {
    const arrivals = Array.from({ length: 300 }, (_, n) => ({
      atMs: 100 + n * 20 + Math.floor(n / 100) * 3_000,
      timestamp: n * 160,
      payload: new Uint8Array(160).fill(0x90),
    }));
    const { kinds } = play(arrivals, 14);
    expect(kinds.filter((kind) => kind === 'sound').length).toBeGreaterThan(290);
  });
});
