import type { TelephonyFact, Trunk, TrunkProfile } from '../../port/index.ts';
import { describe, expect, test } from 'vitest';
import { addressRanges, isLoopback } from '../addresses.ts';
import { Directory } from './directory.ts';
import { fromTrunk, toTrunk } from './number-format.ts';
import { Trunks } from './trunks.ts';

const profile: TrunkProfile = {
  servers: ['sip:192.0.2.1', 'sip:192.0.2.2'],
  addressRanges: ['192.0.2.0/24', '2001:db8::/32'],
  dialledFrom: 'request-uri',
  callerFrom: 'from',
  numberFormat: { kind: 'e164' },
  channelLimit: 10,
  keepAliveSeconds: 30,
  outbound: true,
};
const trunk = (change: Partial<TrunkProfile> = {}): Trunk => ({ trunkId: 'trk_1', name: 'Carrier', profile: { ...profile, ...change } });

function trunks() {
  const facts: TelephonyFact[] = [];
  const made = new Trunks((_account, fact) => ({ seq: facts.push(fact) }));
  return { facts, made };
}

describe('trunks', () => {
  test('are known by the address of the sender, IPv4 in IPv6 clothes included', () => {
    const { made } = trunks();
    made.provision('acc_1', [trunk()]);
    expect(made.isTrunkAddress('192.0.2.77')).toBe(true);
    expect(made.isTrunkAddress('::ffff:192.0.2.77')).toBe(true);
    expect(made.isTrunkAddress('2001:db8::1')).toBe(true);
    expect(made.isTrunkAddress('198.51.100.1')).toBe(false);
    expect(made.isTrunkAddress('not an address')).toBe(false);
  });

  test('go up with the first server that answers and down with the last that does not', () => {
    const { made, facts } = trunks();
    made.provision('acc_1', [trunk()]);
    const line = made.get('trk_1')!;
    made.serverAnswered(line, 'sip:192.0.2.1', false);
    expect(facts).toEqual([]);
    made.serverAnswered(line, 'sip:192.0.2.2', true);
    expect(made.serversInOrder(line)).toEqual(['sip:192.0.2.2', 'sip:192.0.2.1']);
    made.serverAnswered(line, 'sip:192.0.2.2', false);
    expect(facts).toEqual([
      { type: 'trunk-up', trunkId: 'trk_1' },
      { type: 'trunk-down', trunkId: 'trk_1', reason: 'no server answers' },
    ]);
  });

  test('that did not change keep their state when the list comes again; those left out are gone', () => {
    const { made, facts } = trunks();
    made.provision('acc_1', [trunk({ keepAliveSeconds: 0 })]);
    expect(facts).toEqual([{ type: 'trunk-up', trunkId: 'trk_1' }]);
    made.provision('acc_1', [trunk({ keepAliveSeconds: 0 })]);
    made.provision('acc_2', []);
    expect(facts).toHaveLength(1);
    made.provision('acc_1', []);
    expect(made.get('trk_1')).toBeUndefined();
  });

  test('with an unreadable range raise an alarm and use the others', () => {
    const { made, facts } = trunks();
    made.provision('acc_1', [trunk({ addressRanges: ['192.0.2.0/24', 'carrier.example'] })]);
    expect(facts).toMatchObject([{ type: 'alarm', name: 'trunk-misconfigured' }]);
    expect(made.isTrunkAddress('192.0.2.1')).toBe(true);
  });
});

describe('numbers', () => {
  const spain = { kind: 'national', countryCode: '34', prefix: '0' } as const;
  test.each([
    ['+34910000001', { kind: 'e164' } as const, '+34910000001'],
    ['+34910000001', { kind: 'digits' } as const, '34910000001'],
    ['+34910000001', spain, '0910000001'],
    ['+441632960001', spain, '00441632960001'],
    ['112', spain, '112'],
  ])('%s goes out as the trunk wants it', (number, format, dialled) => {
    expect(toTrunk(number, format)).toBe(dialled);
    if (number.startsWith('+')) expect(fromTrunk(dialled, format)).toBe(number);
  });

  test('a short code stays one', () => {
    expect(fromTrunk('1004', { kind: 'digits' })).toBe('1004');
  });

  test('have one owner per trunk: the row that names the trunk first', () => {
    const directory = new Directory();
    directory.provision('acc_1', [{ number: '+34910000001' }]);
    directory.provision('acc_2', [{ number: '34910000001', trunkId: 'trk_2' }]);
    expect(directory.forTrunk('trk_1', 'acc_1', '+34910000001')?.account).toBe('acc_1');
    expect(directory.forTrunk('trk_2', 'acc_9', '34910000001')?.account).toBe('acc_2');
    expect(directory.forTrunk('trk_3', 'acc_3', '34910000001')).toBeUndefined();
    expect(directory.openToLoopback('34910000001')).toBeUndefined();
    directory.provision('acc_2', []);
    expect(directory.forTrunk('trk_2', 'acc_9', '34910000001')).toBeUndefined();
  });
});

test('loopback is all of 127/8 and ::1, and nothing else', () => {
  expect(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
  expect(['10.0.0.1', '128.0.0.1', '', '::2'].some(isLoopback)).toBe(false);
  expect(() => addressRanges(['10.0.0.0/33'])).toThrow(RangeError);
});
