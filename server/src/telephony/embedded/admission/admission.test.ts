import { describe, expect, it } from 'vitest';
import { Directory } from '../trunks/directory.ts';
import { Admission } from './admission.ts';

const directory = new Directory();
directory.provision('acc_1', [{ number: '100', openToLoopback: true }, { number: '200' }]);

/** Nobody is known here: no device, no trunk, no password. */
function admission(openTo: readonly string[]): Admission {
  const nobody = {
    devices: { onRemoved: () => {}, byUsername: () => undefined, isContactHost: () => false },
    registrar: { isRegistered: () => false, wasAt: () => false, hasAddress: () => false },
    trunks: { from: () => [], isTrunkAddress: () => false },
    bans: { isBanned: () => false },
  };
  return new Admission({ ...nobody, directory, digest: {}, legs: {}, openTo } as unknown as ConstructorParameters<typeof Admission>[0]);
}

function judged(address: string, dialled: string, openTo: readonly string[]): string {
  const flow = { protocol: 'udp', remote: { address, port: 5_060 } };
  const headers = { get: () => undefined };
  const request = { method: 'INVITE', toTag: '', headers, from: { uri: 'sip:someone@example.org' } };
  const invite = { request, flow, requestUser: dialled, from: request.from, headers };
  const admitting = admission(openTo);
  const heard = admitting.admit(request as never, flow as never);
  return heard === 'drop' ? 'drop' : admitting.judge(invite as never).kind;
}

describe('[S0.5] [design 11] a caller whom nobody knows', () => {
  it.each([
    ['127.0.0.1', '100', [], 'admit'],
    ['127.0.0.1', '200', [], 'ignore'],
    ['192.0.2.7', '100', [], 'drop'],
    ['192.0.2.7', '100', ['192.0.2.0/24'], 'admit'],
    ['::ffff:192.0.2.7', '100', ['192.0.2.0/24'], 'admit'],
    ['192.0.2.7', '200', ['192.0.2.0/24'], 'ignore'],
    ['198.51.100.1', '100', ['192.0.2.0/24'], 'drop'],
    ['198.51.100.1', '100', ['0.0.0.0/0'], 'admit'],
    ['2001:db8::1', '100', ['0.0.0.0/0'], 'drop'],
  ])('from %s to %s, open to %j: %s', (address, dialled, openTo, verdict) => {
    expect(judged(address, dialled, openTo)).toBe(verdict);
  });
});
