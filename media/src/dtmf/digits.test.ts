import { describe, expect, test } from 'vitest';
import { AudioSender } from '../rtp/audio-sender.ts';
import { AudioReceiver } from '../rtp/audio-receiver.ts';
import { emptyRtpHeader, readRtp } from '../rtp/packet.ts';
import { DIGITS, eventCodeOf, tonesOfDigit } from './digits.ts';
import { DigitSender } from './digit-sender.ts';
import { EventReceiver, type ReceivedDigit, STUCK_AFTER_MS } from './event-receiver.ts';
import { InBandDetector } from './in-band-detector.ts';

const event = (code: number, duration: number, end = false) => Uint8Array.of(code, (end ? 0x80 : 0) | 10, duration >> 8, duration & 0xff);

function listening(): { readonly receiver: EventReceiver; readonly heard: ReceivedDigit[] } {
  const heard: ReceivedDigit[] = [];
  return { receiver: new EventReceiver((digit) => heard.push(digit)), heard };
}

test('event codes follow RFC 4733 table 3 and tones ITU-T Q.23', () => {
  expect([...'0', '9', '*', '#', 'A', 'd', 'x', ''].map(eventCodeOf)).toEqual([0, 9, 10, 11, 12, 15, -1, -1]);
  expect(tonesOfDigit('1')).toEqual([697, 1_209]);
  expect(tonesOfDigit('#')).toEqual([941, 1_477]);
  expect(tonesOfDigit('x')).toBeUndefined();
});

describe('received telephone events', () => {
  test('[issue 2.6] updates and three end packets are one key of 100 ms', () => {
    const { receiver, heard } = listening();
    for (let n = 1; n <= 5; n++) receiver.take(1_000, event(5, n * 160), 0, 4, n * 20);
    for (let n = 0; n < 3; n++) receiver.take(1_000, event(5, 800, true), 0, 4, 120 + n * 20);
    expect(heard).toEqual([{ digit: '5', durationMs: 100 }]);
  });

  test('[issue 2.6] all end packets lost: the key ends by itself, once', () => {
    const { receiver, heard } = listening();
    receiver.take(1_000, event(5, 160), 0, 4, 0);
    receiver.take(1_000, event(5, 320), 0, 4, 20);
    receiver.tick(20 + STUCK_AFTER_MS - 1);
    expect(heard).toEqual([]);
    receiver.tick(20 + STUCK_AFTER_MS);
    receiver.tick(9_999);
    receiver.take(1_000, event(5, 480, true), 0, 4, 10_000);
    expect(heard).toEqual([{ digit: '5', durationMs: 40 }]);
  });

  test('the next key ends one whose end was lost', () => {
    const { receiver, heard } = listening();
    receiver.take(1_000, event(5, 160), 0, 4, 0);
    receiver.take(3_000, event(5, 160), 0, 4, 200);
    receiver.take(3_000, event(5, 640, true), 0, 4, 260);
    expect(heard).toEqual([{ digit: '5', durationMs: 20 }, { digit: '5', durationMs: 80 }]);
  });

  test('only an end packet arrives: still a key; one from the past: none', () => {
    const { receiver, heard } = listening();
    receiver.take(5_000, event(11, 800, true), 0, 4, 0);
    receiver.take(1_000, event(7, 800), 0, 4, 10);
    expect(heard).toEqual([{ digit: '#', durationMs: 100 }]);
  });

  test('[RFC 4733 2.5.1.3] a press longer than 8.19 s is one key', () => {
    const { receiver, heard } = listening();
    receiver.take(1_000, event(5, 0xffff), 0, 4, 8_000);
    receiver.take(1_000 + 0xffff, event(5, 800), 0, 4, 8_100);
    receiver.take(1_000 + 0xffff, event(5, 1_600, true), 0, 4, 8_200);
    expect(heard).toEqual([{ digit: '5', durationMs: 8_392 }]);
  });

  test('events that are no keys (16: flash) and short packets are passed over', () => {
    const { receiver, heard } = listening();
    receiver.take(1_000, event(16, 800, true), 0, 4, 0);
    receiver.take(1_000, event(5, 800, true), 0, 3, 0);
    expect(heard).toEqual([]);
  });

  test('a new source counts its timestamps anew', () => {
    const { receiver, heard } = listening();
    receiver.take(1_000_000, event(1, 800, true), 0, 4, 0);
    receiver.reset();
    receiver.take(50, event(2, 800, true), 0, 4, 0);
    expect(heard.map(({ digit }) => digit)).toEqual(['1', '2']);
  });
});

describe('sent keys', () => {
  test('[RFC 4733 2.5.1] arrive once each, with other numbers on each side and a third of the packets lost', () => {
    const heard: string[] = [];
    const receiver = new AudioReceiver(({ digit }) => heard.push(digit));
    receiver.use({ 0: 'PCMU', 96: 'telephone-event' });
    let count = 0;
    const sender = new AudioSender({ ssrc: 1, sequence: 65_530, timestamp: 4_294_967_000 }, (packet) => {
      if (count++ % 3 !== 1) receiver.take(Buffer.from(packet), count * 20);
    });
    sender.use({ law: 'PCMU', payload: 0, eventPayload: 96, packetMs: 20 });
    expect(sender.digits.push(DIGITS)).toBe(true);
    for (let n = 0; n < 50 * 4; n++) {
      sender.frame(undefined);
      receiver.pull(new Int16Array(160), count * 20);
    }
    expect(heard.join('')).toBe(DIGITS);
  });

  test('the timestamp stands still, the duration grows, the end comes three times, and sound goes on after it', () => {
    const packets: { readonly type: number; readonly marker: boolean; readonly timestamp: number; readonly body: readonly number[] }[] = [];
    const header = emptyRtpHeader();
    const sender = new AudioSender({ ssrc: 1, sequence: 0, timestamp: 0 }, (packet) => {
      readRtp(packet, header);
      packets.push({ type: header.payloadType, marker: header.marker, timestamp: header.timestamp, body: header.payloadType === 101 ? [...packet.subarray(12)] : [] });
    });
    sender.use({ law: 'PCMA', payload: 8, eventPayload: 101, packetMs: 20 });
    sender.frame(undefined);
    sender.digits.push('7');
    for (let n = 0; n < 12; n++) sender.frame(undefined);
    const events = packets.filter(({ type }) => type === 101);
    expect(events.map(({ marker }) => marker)).toEqual([true, false, false, false, false, false, false]);
    expect(new Set(events.map(({ timestamp }) => timestamp))).toEqual(new Set([160]));
    expect(events.map(({ body }) => [body[0], body[1]! >> 7, (body[2]! << 8) | body[3]!])).toEqual([
      [7, 0, 160],
      [7, 0, 320],
      [7, 0, 480],
      [7, 0, 640],
      [7, 1, 800],
      [7, 1, 800],
      [7, 1, 800],
    ]);
    const after = packets.slice(packets.indexOf(events.at(-1)!) + 1);
    expect(after[0]).toMatchObject({ type: 8, marker: true, timestamp: 160 + 7 * 160 });
  });

  test('a comma waits, other characters are passed over, and the queue is bounded', () => {
    const sender = new DigitSender();
    const frames: string[] = [];
    sender.push('1,x 2');
    while (!sender.idle) frames.push(sender.next(false, new Int16Array(160)));
    expect(frames.filter((frame) => frame === 'event').length).toBe(14);
    expect(frames.length * 20).toBeGreaterThanOrEqual(2 * 200 + 500);
    expect(sender.push('1'.repeat(128))).toBe(true);
    expect(sender.push('1')).toBe(false);
  });
});

describe('keys heard in the sound', () => {
  function detect(samples: Int16Array): ReceivedDigit[] {
    const heard: ReceivedDigit[] = [];
    const detector = new InBandDetector((digit) => heard.push(digit));
    for (let at = 0; at + 160 <= samples.length; at += 160) detector.take(samples.subarray(at, at + 160));
    return heard;
  }
  function keys(digits: string, onMs: number, offMs: number, shift = 0): Int16Array {
    const samples = new Int16Array(shift + digits.length * (onMs + offMs) * 8 + 800);
    [...digits].forEach((digit, n) => {
      const [low, high] = tonesOfDigit(digit)!;
      const from = shift + n * (onMs + offMs) * 8;
      for (let i = 0; i < onMs * 8; i++) samples[from + i] = 5_000 * (Math.sin((2 * Math.PI * low * i) / 8_000) + Math.sin((2 * Math.PI * high * i) / 8_000));
    });
    return samples;
  }

  test.each([0, 40, 80, 119])('[Q.24] all sixteen keys of 60 ms with 60 ms between, %i samples off the frames', (shift) => {
    expect(
      detect(keys(DIGITS, 60, 60, shift))
        .map(({ digit }) => digit)
        .join(''),
    ).toBe(DIGITS);
  });

  test('a long key is one', () => {
    const heard = detect(keys('5', 1_000, 100));
    expect(heard).toHaveLength(1);
    expect(heard[0]!.durationMs).toBeGreaterThan(950);
  });

  test('the sender’s own tones are understood', () => {
    const sender = new DigitSender();
    sender.push('159D*');
    const frame = new Int16Array(160);
    const heard: string[] = [];
    const detector = new InBandDetector(({ digit }) => heard.push(digit));
    while (!sender.idle) {
      frame.fill(0);
      sender.next(true, frame);
      detector.take(frame);
    }
    for (let n = 0; n < 5; n++) detector.take(frame.fill(0));
    expect(heard.join('')).toBe('159D*');
  });

  test('single tones, noise and a chord of speech-like harmonics are no keys', () => {
    const tone = (hertz: readonly number[]) => Int16Array.from({ length: 16_000 }, (_, i) => hertz.reduce((sum, each) => sum + (12_000 / hertz.length) * Math.sin((2 * Math.PI * each * i) / 8_000), 0));
    expect(detect(tone([770]))).toEqual([]);
    expect(detect(tone([1_000]))).toEqual([]);
    expect(detect(tone([425]))).toEqual([]);
    expect(detect(tone([120, 240, 360, 480, 600, 720, 840, 960, 1_080, 1_200]))).toEqual([]);
    let seed = 1;
    expect(detect(Int16Array.from({ length: 80_000 }, () => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0) >> 18))).toEqual([]);
  });
});
