import { expect, test } from 'vitest';
import { SourceLock } from './source-lock.ts';

const SDP = '192.0.2.1:4000';
const NAT = '198.51.100.7:61000';
const STRANGER = '203.0.113.9:5000';

/** `count` packets in a row, 20 ms apart. @returns how many were admitted */
function packets(lock: SourceLock, from: string, ssrc: number, sequence: number, count: number, atMs: number): number {
  let admitted = 0;
  for (let n = 0; n < count; n++) if (lock.admits(from, ssrc, sequence + n, atMs + n * 20)) admitted += 1;
  return admitted;
}

function expecting(): SourceLock {
  const lock = new SourceLock();
  lock.expect(SDP);
  return lock;
}

test('[design 11] the address of the SDP is taken from its first packet on and locked by its fourth', () => {
  const lock = expecting();
  expect(packets(lock, SDP, 1, 10, 3, 0)).toBe(3);
  expect(lock.source).toBe('');
  expect(packets(lock, SDP, 1, 13, 1, 60)).toBe(1);
  expect(lock.source).toBe(SDP);
});

test('[design 11] another address is learnt from four consecutive packets of one SSRC', () => {
  const lock = expecting();
  expect(packets(lock, NAT, 1, 65_534, 3, 0)).toBe(0);
  expect(lock.admits(NAT, 1, 65_537 & 0xffff, 60)).toBe(true);
  expect(lock.source).toBe(NAT);
  expect(lock.strangers).toBe(3);
});

test('gaps, other SSRCs and other addresses begin the row again', () => {
  const lock = expecting();
  packets(lock, NAT, 1, 10, 3, 0);
  lock.admits(NAT, 1, 20, 80);
  packets(lock, NAT, 2, 21, 3, 100);
  expect(lock.source).toBe('');
});

test('[issue 2] RTP from a third address is dropped and counted', () => {
  const lock = expecting();
  packets(lock, SDP, 1, 10, 4, 0);
  expect(packets(lock, STRANGER, 1, 14, 100, 100)).toBe(0);
  expect(lock.strangers).toBe(100);
  expect(packets(lock, SDP, 1, 14, 10, 2_200)).toBe(10);
});

test('who was faster than the SDP’s own address loses to it', () => {
  const lock = expecting();
  packets(lock, STRANGER, 9, 1, 10, 0);
  expect(lock.source).toBe(STRANGER);
  expect(packets(lock, SDP, 1, 10, 5, 300)).toBe(2);
  expect(lock.source).toBe(SDP);
});

test('the row of the SDP’s address cannot be broken by sending in between, unless it goes quiet', () => {
  const lock = expecting();
  for (let n = 0; n < 4; n++) {
    lock.admits(SDP, 1, 10 + n, n * 20);
    lock.admits(STRANGER, 9, 1 + n, n * 20 + 1);
  }
  expect(lock.source).toBe(SDP);

  const quiet = expecting();
  quiet.admits(SDP, 1, 10, 0);
  expect(packets(quiet, NAT, 2, 1, 5, 400)).toBe(2);
});

test('[design 11] learning starts anew after 5 s of silence and at each offer and answer', () => {
  const lock = expecting();
  packets(lock, NAT, 1, 10, 4, 0);
  expect(packets(lock, STRANGER, 2, 10, 8, 4_000)).toBe(0);
  expect(packets(lock, STRANGER, 2, 18, 5, 5_200)).toBeGreaterThan(0);
  lock.expect(SDP);
  expect(lock.source).toBe('');
});
