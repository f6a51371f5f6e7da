import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SoundLibrary } from './library.ts';
import { loudestTone, toneAmplitude } from './measure.ts';
import { numberWordFiles, numberWords } from './numbers.ts';
import { Player } from './player.ts';
import { cadenceSamples, toneSamples, toneSource } from './tone.ts';
import { readWav, writeWav } from './wav.ts';

describe('measuring', () => {
  test('a tone is as loud as it was made, and its neighbours are not there', () => {
    const samples = new Int16Array(4_000);
    toneSource(1_000, 8_000)(samples);
    expect(toneAmplitude(samples, 1_000)).toBeCloseTo(8_000, -2);
    for (const hertz of [700, 900, 1_100, 2_000]) expect(toneAmplitude(samples, hertz)).toBeLessThan(30);
    expect(toneAmplitude(new Int16Array(4_000), 1_000)).toBe(0);
  });

  test('a moment of a tone is found in seconds of silence', () => {
    const samples = new Int16Array(40_000);
    toneSource(700, 8_000)(samples.subarray(20_000, 20_800));
    expect(toneAmplitude(samples, 700)).toBeLessThan(1_300);
    expect(loudestTone(samples, 700)).toBeGreaterThan(7_500);
  });
});

describe('WAV files', () => {
  test('are read as they were written', () => {
    const channels = [Int16Array.of(1, -2, 32_767), Int16Array.of(4, 5, -32_768)];
    expect(readWav(writeWav({ sampleRate: 8_000, channels }))).toEqual({ ok: true, value: { sampleRate: 8_000, channels } });
  });

  test('µ-law with an odd chunk before the data', () => {
    const format = Buffer.alloc(18);
    format.writeUInt16LE(7, 0);
    format.writeUInt16LE(1, 2);
    format.writeUInt32LE(8_000, 4);
    format.writeUInt16LE(8, 14);
    const chunk = (name: string, body: Buffer) => {
      const head = Buffer.alloc(8);
      head.write(name, 'latin1');
      head.writeUInt32LE(body.length, 4);
      return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
    };
    const body = Buffer.concat([chunk('fmt ', format), chunk('LIST', Buffer.from('abc')), chunk('data', Buffer.from([0x80, 0xff]))]);
    const file = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), body]);
    const read = readWav(file);
    expect(read.ok && [...read.value.channels[0]!]).toEqual([32_124, 0]);
  });

  test('a length beyond the end is cut, other files are refused', () => {
    const file = writeWav({ sampleRate: 8_000, channels: [Int16Array.of(1, 2, 3)] });
    file.writeUInt32LE(1_000_000, 40);
    const read = readWav(file);
    expect(read.ok && read.value.channels[0]!.length).toBe(3);
    expect(readWav(Buffer.from('hello'))).toEqual({ ok: false, refusal: 'not-a-wav' });
    expect(readWav(file.subarray(0, 36))).toEqual({ ok: false, refusal: 'no-samples' });
    file.writeUInt16LE(3, 20);
    expect(readWav(file)).toEqual({ ok: false, refusal: 'format-not-known' });
  });
});

describe('numbers', () => {
  const text = (value: number, language: 'es' | 'en') => {
    const files = new Map(numberWordFiles(language).map(({ name, text: word }) => [name, word]));
    return numberWords(value, language)
      .map((name) => files.get(name) ?? `(${name} missing)`)
      .join(' ');
  };

  test('[issue 2] every number from 0 to 999 has its files, and they are all different', () => {
    for (const language of ['es', 'en'] as const) {
      const said = new Set<string>();
      for (let value = 0; value <= 999; value++) said.add(text(value, language));
      expect(said.size).toBe(1_000);
      expect([...said].filter((each) => each.includes('missing'))).toEqual([]);
    }
  });

  test.each([
    [0, 'cero', 'zero'],
    [7, 'siete', 'seven'],
    [16, 'dieciséis', 'sixteen'],
    [22, 'veintidós', 'twenty-two'],
    [30, 'treinta', 'thirty'],
    [31, 'treinta y uno', 'thirty one'],
    [45, 'cuarenta y cinco', 'forty five'],
    [90, 'noventa', 'ninety'],
    [100, 'cien', 'one hundred'],
    [101, 'ciento uno', 'one hundred and one'],
    [142, 'ciento cuarenta y dos', 'one hundred and forty two'],
    [200, 'doscientos', 'two hundred'],
    [515, 'quinientos quince', 'five hundred and fifteen'],
    [999, 'novecientos noventa y nueve', 'nine hundred and ninety nine'],
    [1_024, 'uno cero dos cuatro', 'one zero two four'],
  ])('%i', (value, spanish, english) => {
    expect(text(value, 'es')).toBe(spanish);
    expect(text(value, 'en')).toBe(english);
  });

  test('only whole numbers from 0 on', () => {
    expect(() => numberWords(-1, 'es')).toThrow();
    expect(() => numberWords(1.5, 'es')).toThrow();
  });
});

describe('playing', () => {
  test('pieces follow each other over frame borders, then silence', () => {
    const player = new Player([new Int16Array(100).fill(1), 100, new Int16Array(60).fill(2)], false);
    const frame = new Int16Array(160);
    player.pull(frame);
    expect([frame[99], frame[100], frame[159]]).toEqual([1, 0, 0]);
    expect(player.done).toBe(false);
    player.pull(frame);
    expect([frame[39], frame[40], frame[99], frame[100]]).toEqual([0, 2, 2, 0]);
    expect(player.done).toBe(true);
  });

  test('a loop has no end; a loop of nothing has one', () => {
    const player = new Player([new Int16Array(7).fill(3)], true);
    const frame = new Int16Array(160);
    for (let n = 0; n < 10; n++) player.pull(frame);
    expect(frame.every((sample) => sample === 3)).toBe(true);
    expect(player.done).toBe(false);
    expect(new Player([0, new Int16Array(0)], true).done).toBe(true);
  });

  test('cadences have their length and their tone', () => {
    expect(toneSamples('ringback').length).toBe(40_000);
    expect(toneAmplitude(toneSamples('ringback').subarray(0, 8_000), 425)).toBeGreaterThan(7_000);
    expect(Math.max(...cadenceSamples([{ hertz: [1_000, 1_100], durationMs: 100 }], 30_000))).toBe(32_767);
  });
});

describe('the sound library', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'centralita-sounds-'));
    for (const part of ['es', 'music']) mkdirSync(join(folder, part));
    writeFileSync(join(folder, 'es', 'number-1.wav'), writeWav({ sampleRate: 8_000, channels: [Int16Array.of(1)] }));
    writeFileSync(join(folder, 'music', 'fast.wav'), writeWav({ sampleRate: 16_000, channels: [Int16Array.of(1)] }));
    writeFileSync(join(folder, 'secret.wav'), writeWav({ sampleRate: 8_000, channels: [Int16Array.of(1)] }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('finds by name and language, keeps what it read, refuses the rest with a reason', async () => {
    const library = new SoundLibrary(folder);
    await library.preload();
    const first = await library.prompt('number-1', 'es');
    expect(first.ok && first.value.length).toBe(1);
    const again = await library.prompt('number-1', 'es');
    expect(first.ok && again.ok && first.value === again.value).toBe(true);
    expect(await library.prompt('number-1', 'en')).toEqual({ ok: false, refusal: 'no-such-sound' });
    expect(await library.music('fast')).toEqual({ ok: false, refusal: 'wrong-rate' });
    expect(await library.music('../secret')).toEqual({ ok: false, refusal: 'bad-name' });
  });
});
