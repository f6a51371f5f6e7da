import { expect, describe, test } from 'vitest';
import { BAN_MS, Bans, WRONG_DIGESTS } from './bans.ts';
import { Devices } from './devices.ts';

function clockAt(start = 1_000_000) {
  let now = start;
  return { now: () => now, pass: (ms: number) => (now += ms) };
}

describe('bans', () => {
  test('the tenth wrong digest brings one, and it passes', () => {
    const clock = clockAt();
    const bans = new Bans(clock);
    for (let i = 1; i < WRONG_DIGESTS; i++) expect(bans.failed('192.0.2.1')).toBe(false);
    expect(bans.failed('192.0.2.1')).toBe(true);
    expect(bans.isBanned('192.0.2.1')).toBe(true);
    expect(bans.isBanned('192.0.2.2')).toBe(false);
    clock.pass(BAN_MS);
    expect(bans.isBanned('192.0.2.1')).toBe(false);
  });

  test('a success in between forgives', () => {
    const bans = new Bans(clockAt());
    for (let i = 1; i < WRONG_DIGESTS; i++) bans.failed('192.0.2.1');
    bans.succeeded('192.0.2.1');
    expect(bans.failed('192.0.2.1')).toBe(false);
  });

  test('a flood from many addresses does not grow without bound', () => {
    const bans = new Bans(clockAt());
    for (let i = 0; i < 30_000; i++) bans.failed(`source ${i}`);
    expect(bans.failed('source 1')).toBe(false);
  });
});

describe('devices', () => {
  const credential = { deviceId: 'dev_1', kind: 'browser', username: 'carla', password: 'a' } as const;

  test('a secret that expired is nobody’s', () => {
    const clock = clockAt();
    const devices = new Devices(clock);
    const gone: string[] = [];
    devices.onRemoved((device) => gone.push(device.deviceId));
    devices.provision('acc_1', [{ ...credential, expiresAt: clock.now() + 1_000 }, { ...credential, deviceId: 'dev_2', username: 'diego' }]);
    expect(devices.byUsername('carla')?.deviceId).toBe('dev_1');
    clock.pass(1_000);
    expect(devices.byUsername('carla')).toBeUndefined();
    expect(devices.byUsername('diego')?.deviceId).toBe('dev_2');
    expect(gone).toEqual(['dev_1']);
  });

  test('a new secret for the same name replaces the old one and keeps the device', () => {
    const devices = new Devices(clockAt());
    const gone: string[] = [];
    devices.onRemoved((device) => gone.push(device.username));
    devices.provision('acc_1', [credential]);
    devices.provision('acc_1', [{ ...credential, password: 'b' }]);
    expect(devices.byUsername('carla')?.password).toBe('b');
    expect(gone).toEqual([]);
    devices.provision('acc_1', [{ ...credential, username: 'carla2' }]);
    expect(gone).toEqual(['carla']);
    expect(devices.byUsername('carla')).toBeUndefined();
  });

  test('phones that do not register are known by their host', () => {
    const devices = new Devices(clockAt());
    devices.provision('acc_1', [{ ...credential, kind: 'phone', contact: 'sip:192.0.2.9:5062' }]);
    expect(devices.isContactHost('::ffff:192.0.2.9')).toBe(true);
    devices.remove('dev_1');
    expect(devices.isContactHost('192.0.2.9')).toBe(false);
  });
});
