import { describe, expect, test } from 'vitest';
import { parseUri } from '../message/uri.ts';
import { virtualTimers } from '../testing/virtual-timers.ts';
import type { Resolver } from './flow.ts';
import { Locator } from './locator.ts';
import { natAddressing } from './nat-addressing.ts';

const uri = (text: string) => parseUri(text)!;

function setUp(resolver: Partial<Resolver> = {}) {
  const timers = virtualTimers();
  const asked: string[] = [];
  const locator = new Locator(
    {
      addresses: async (host) => {
        asked.push(host);
        return resolver.addresses ? resolver.addresses(host) : ['192.0.2.1', '192.0.2.2'];
      },
      services: resolver.services,
    },
    timers,
  );
  return { timers, asked, locator };
}

describe('RFC 3263', () => {
  test.each([
    ['sip:192.0.2.9', { address: '192.0.2.9', port: 5060, protocol: 'udp' }],
    ['sip:a@[2001:db8::1]:5070;transport=tcp', { address: '2001:db8::1', port: 5070, protocol: 'tcp' }],
    ['sips:192.0.2.9', { port: 5061, protocol: 'tls' }],
    ['sip:192.0.2.9;transport=tls', { port: 5061, protocol: 'tls' }],
  ])('%s is known in the same tick', (text, place) => {
    expect(setUp().locator.locate(uri(text))).toMatchObject([place]);
  });

  test('a name is asked for once, then known; when old, the old answer serves while it is asked again', async () => {
    const { locator, asked, timers } = setUp();
    const both = [locator.locate(uri('sip:trunk.test:5060')), locator.locate(uri('sip:trunk.test:5060'))];
    expect(await both[0]).toMatchObject([{ address: '192.0.2.1' }, { address: '192.0.2.2' }]);
    await both[1];
    expect(asked).toHaveLength(1);
    expect(locator.locate(uri('sip:trunk.test:5060'))).toBeInstanceOf(Array);
    await timers.advance(61_000);
    expect(locator.locate(uri('sip:trunk.test:5060'))).toBeInstanceOf(Array);
    expect(asked).toHaveLength(2);
  });

  test('an unknown name is refused, and not asked for again at once', async () => {
    const { locator, asked, timers } = setUp({ addresses: () => Promise.reject(new Error('ENOTFOUND')) });
    await expect(locator.locate(uri('sip:nowhere.test'))).rejects.toThrow('ENOTFOUND');
    await expect(locator.locate(uri('sip:nowhere.test'))).rejects.toThrow('a moment ago');
    expect(asked).toHaveLength(1);
    await timers.advance(6_000);
    await expect(locator.locate(uri('sip:nowhere.test'))).rejects.toThrow('ENOTFOUND');
  });

  test('4.2: SRV by priority and weight, addresses when there is none', async () => {
    const { locator } = setUp({
      services: async (name) => (name === '_sip._udp.trunk.test' ? [{ name: 'b.test', port: 5080, priority: 20, weight: 1 }, { name: 'a.test', port: 5070, priority: 10, weight: 1 }] : []),
      addresses: async (host) => [host === 'a.test' ? '192.0.2.1' : '192.0.2.2'],
    });
    expect((await locator.locate(uri('sip:trunk.test'))).map((place) => `${place.address}:${place.port}`)).toEqual(['192.0.2.1:5070', '192.0.2.2:5080']);
    expect((await locator.locate(uri('sip:other.test')))[0]).toMatchObject({ address: '192.0.2.2', port: 5060 });
  });

  test('4.3: a place that was not reached goes last for a while', async () => {
    const { locator, timers } = setUp();
    await locator.locate(uri('sip:trunk.test:5060'));
    locator.avoid({ address: '192.0.2.1', port: 5060 });
    expect((await locator.locate(uri('sip:trunk.test:5060')))[0]).toMatchObject({ address: '192.0.2.2' });
    await timers.advance(31_000);
    expect((await locator.locate(uri('sip:trunk.test:5060')))[0]).toMatchObject({ address: '192.0.2.1' });
  });
});

describe('design 4: what we call ourselves', () => {
  test('peers outside the local networks are told the public address', () => {
    const addressing = natAddressing({ publicAddress: '203.0.113.7', localNetworks: ['192.168.0.0/16', '2001:db8::/32'] });
    const ask = (address: string) => addressing({ address, port: 5060, protocol: 'udp' });
    expect(ask('198.51.100.1')).toEqual({ host: '203.0.113.7' });
    for (const local of ['127.0.0.1', '192.168.3.4', '2001:db8::5', '::1']) expect(ask(local)).toBeUndefined();
    expect(natAddressing({})({ address: '198.51.100.1', port: 1, protocol: 'udp' })).toBeUndefined();
  });
});
