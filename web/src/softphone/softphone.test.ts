import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isExtension, normaliseDialled, qualityLevel } from './dial.view-model.ts';
import { faultOf, levelOf } from './microphone.ts';
import { Phone } from './phone.ts';
import { socketAddress, type SoftphoneTransport, type TransportCall, type TransportEvent } from './transport.ts';

class FakeTransport implements SoftphoneTransport {
  readonly heard: string[] = [];
  #listener: (event: TransportEvent) => void = () => {};
  start(): void {
    this.heard.push('start');
    this.tell({ type: 'state', state: 'registered' });
  }
  stop(): void {
    this.heard.push('stop');
  }
  reconnect(): void {
    this.heard.push('reconnect');
  }
  dial(number: string): TransportCall {
    this.heard.push(`dial ${number}`);
    return this.call({ direction: 'outgoing', offerId: null });
  }
  listen(listener: (event: TransportEvent) => void): () => void {
    this.#listener = listener;
    return () => {};
  }
  tell(event: TransportEvent): void {
    this.#listener(event);
  }
  call(facts: Partial<TransportCall> = {}): TransportCall {
    const offerId = facts.offerId === undefined ? 'off_1' : facts.offerId;
    const say = (what: string) => () => void this.heard.push(`${what} ${offerId ?? ''}`.trim());
    return { id: 'c', direction: 'incoming', offerId, resumes: false, autoAnswer: false, caller: { name: null, number: '204' }, answer: say('answer'), decline: say('decline'), hangUp: say('hang up'), sendTones: say('tones'), replaceMicrophone: async () => {}, ...facts };
  }
}

const track = { enabled: true, stop: vi.fn() };
const stream = { active: true, getTracks: () => [track], getAudioTracks: () => [track] };
const getUserMedia = vi.fn(async () => stream);

beforeEach(() => {
  track.enabled = true;
  getUserMedia.mockClear();
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function phoneOn(transport: FakeTransport): Promise<Phone> {
  const phone = new Phone({
    transport: async () => transport,
    register: async () => ({ webSocketPath: '/sip', sipDomain: 'd', username: 'u', password: 'p', iceServers: [], expiresAt: Date.now() + 3_600_000 }),
    microphoneId: () => null,
    now: () => Date.now(),
  });
  phone.start();
  await vi.waitFor(() => expect(phone.state.transport).toBe('registered'));
  return phone;
}

describe('the phone of this browser', () => {
  it('[S2.25] answers what rings, with the microphone, once', async () => {
    const transport = new FakeTransport();
    const phone = await phoneOn(transport);
    const call = transport.call();
    transport.tell({ type: 'incoming', call });
    expect(phone.state.call).toMatchObject({ state: 'ringing', offerId: 'off_1' });
    await phone.answer('off_1');
    await phone.answer('off_1');
    expect(transport.heard.filter((what) => what.startsWith('answer'))).toEqual(['answer off_1']);
    transport.tell({ type: 'connected', call });
    expect(phone.state.call?.state).toBe('live');
    phone.stop();
  });

  it('answers a click that came before the ring', async () => {
    const transport = new FakeTransport();
    const phone = await phoneOn(transport);
    await phone.answer('off_1');
    transport.tell({ type: 'incoming', call: transport.call() });
    await vi.waitFor(() => expect(transport.heard).toContain('answer off_1'));
    phone.stop();
  });

  it('takes a resumed call in the place of its own, and declines a second one', async () => {
    const transport = new FakeTransport();
    const phone = await phoneOn(transport);
    const first = transport.call();
    transport.tell({ type: 'incoming', call: first });
    transport.tell({ type: 'incoming', call: transport.call({ offerId: 'off_2' }) });
    expect(transport.heard).toContain('decline off_2');
    const resumed = transport.call({ offerId: null, resumes: true, autoAnswer: true });
    transport.tell({ type: 'incoming', call: resumed });
    await vi.waitFor(() => expect(transport.heard).toContain('answer'));
    transport.tell({ type: 'ended', call: first, failure: null });
    expect(phone.state.call?.state).toBe('answering');
    phone.stop();
  });

  it('lets a live call go for the one that rings now, and when the server knows of none: nobody with a call is rung', async () => {
    const transport = new FakeTransport();
    const phone = await phoneOn(transport);
    const dead = transport.call();
    transport.tell({ type: 'incoming', call: dead });
    await phone.answer('off_1');
    transport.tell({ type: 'connected', call: dead });
    transport.tell({ type: 'incoming', call: transport.call({ offerId: 'off_2' }) });
    expect(transport.heard).toContain('hang up off_1');
    expect(phone.state.call).toMatchObject({ state: 'ringing', offerId: 'off_2' });
    phone.letGo();
    expect(transport.heard).toContain('hang up off_2');
    expect(phone.state.call).toBeNull();
    phone.stop();
  });

  it('[Faults] refused in the middle of a call by a telephone service that was restarted, it registers again without ending the call', async () => {
    vi.useFakeTimers();
    try {
      const transport = new FakeTransport();
      const phone = await phoneOn(transport);
      const call = transport.call();
      transport.tell({ type: 'incoming', call });
      await phone.answer('off_1');
      transport.tell({ type: 'connected', call });
      for (const afterMs of [1_000, 1_700]) {
        transport.tell({ type: 'state', state: 'refused' });
        transport.heard.length = 0;
        await vi.advanceTimersByTimeAsync(afterMs);
        expect(transport.heard).toEqual(['reconnect']);
      }
      transport.tell({ type: 'state', state: 'registered' });
      expect(phone.state).toMatchObject({ transport: 'registered', call: { state: 'live' } });
      phone.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  it('[S2.25] a renewal that crosses a ring does not take it away, and comes once the call is over', async () => {
    vi.useFakeTimers();
    try {
      const transport = new FakeTransport();
      const secrets: (() => void)[] = [];
      const registration = () => ({ webSocketPath: '/sip', sipDomain: 'd', username: 'u', password: 'p', iceServers: [], expiresAt: Date.now() + 120_000 });
      const phone = new Phone({ transport: async () => transport, register: () => new Promise((give) => secrets.push(() => give(registration()))), microphoneId: () => null, now: () => Date.now() });
      phone.start();
      await vi.waitFor(() => expect(secrets).toHaveLength(1));
      secrets.shift()!();
      await vi.waitFor(() => expect(phone.state.transport).toBe('registered'));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(secrets, 'a new secret is asked for a minute before').toHaveLength(1);
      const call = transport.call();
      transport.tell({ type: 'incoming', call });
      secrets.shift()!();
      await phone.answer('off_1');
      transport.tell({ type: 'connected', call });
      await vi.advanceTimersByTimeAsync(30_000);
      expect(transport.heard.filter((what) => what === 'start')).toHaveLength(1);
      expect(phone.state).toMatchObject({ transport: 'registered', call: { state: 'live' } });
      transport.tell({ type: 'ended', call, failure: null });
      await vi.advanceTimersByTimeAsync(10_000);
      secrets.shift()!();
      await vi.waitFor(() => expect(transport.heard.filter((what) => what === 'start')).toHaveLength(2));
      phone.stop();
    } finally {
      vi.useRealTimers();
    }
  });

  it('mutes locally, and lets the microphone go when the call ends', async () => {
    const transport = new FakeTransport();
    const phone = await phoneOn(transport);
    await phone.dial('204');
    expect(transport.heard).toContain('dial 204');
    phone.mute(true);
    expect(track.enabled).toBe(false);
    const stopped = track.stop.mock.calls.length;
    phone.hangUp();
    expect(transport.heard).toContain('hang up');
    phone.stop();
    expect(track.stop.mock.calls.length).toBeGreaterThan(stopped);
  });

  it('rings for a colleague who dialled the extension, without an offer', async () => {
    const transport = new FakeTransport();
    const phone = await phoneOn(transport);
    transport.tell({ type: 'incoming', call: transport.call({ offerId: null, caller: { name: 'Diego', number: '220' } }) });
    expect(phone.state.call).toMatchObject({ offerId: null, caller: { name: 'Diego' } });
    await phone.answer(null);
    expect(transport.heard).toContain('answer');
    expect(phone.decline()).toBe(false);
    phone.stop();
  });

  it('says what keeps the microphone closed, and goes on ringing', async () => {
    const transport = new FakeTransport();
    const phone = await phoneOn(transport);
    getUserMedia.mockRejectedValueOnce(Object.assign(new Error('no'), { name: 'NotAllowedError' }));
    transport.tell({ type: 'incoming', call: transport.call() });
    await phone.answer('off_1');
    expect(phone.state).toMatchObject({ fault: 'microphoneBlocked', call: { state: 'ringing' } });
    phone.stop();
  });
});

describe('dialling', () => {
  it('[S2.12] takes a number or an extension in any pasted form', () => {
    expect(normaliseDialled('910 000 233')).toBe('910000233');
    expect(normaliseDialled('tel:+34 (600) 000-142')).toBe('+34600000142');
    expect(normaliseDialled('0034 600.000.142')).toBe('+34600000142');
    expect(normaliseDialled('204')).toBe('204');
    for (const wrong of ['', ' ', 'Ana', '1', '+', '123456789012345678901']) expect(normaliseDialled(wrong)).toBeNull();
    expect(isExtension('204')).toBe(true);
    expect(isExtension('910000233')).toBe(false);
  });

  it('finds the registrar on the page’s own address unless told otherwise', () => {
    const page = { protocol: 'https:', host: 'center.example:8443', hostname: 'center.example' };
    expect(socketAddress('/sip', page)).toBe('wss://center.example:8443/sip');
    expect(socketAddress(':5443/sip', page)).toBe('wss://center.example:5443/sip');
    expect(socketAddress('ws://localhost:5066', page)).toBe('ws://localhost:5066');
  });

  it('lights the quality lamp by loss, jitter and score', () => {
    expect(qualityLevel({ mos: 4.3, lossRatio: 0, jitterMs: 5 })).toBe('good');
    expect(qualityLevel({ mos: 4.1, lossRatio: 0.06, jitterMs: 5 })).toBe('fair');
    expect(qualityLevel({ mos: 4.1, lossRatio: 0, jitterMs: 45 })).toBe('fair');
    expect(qualityLevel({ mos: 2.9, lossRatio: 0, jitterMs: 5 })).toBe('poor');
  });

  it('shows loudness as it is heard, and faults as they are mended', () => {
    expect(levelOf(0)).toBe(0);
    expect(levelOf(0.5)).toBeCloseTo(1, 1);
    expect(levelOf(0.01)).toBeGreaterThan(0.3);
    expect(faultOf(Object.assign(new Error(), { name: 'NotFoundError' }))).toBe('microphoneMissing');
    expect(faultOf('anything')).toBe('microphoneFailed');
  });
});
