import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { SDP_ANSWER, SDP_OFFER, TestPhone } from '../testing/index.ts';
import { systemTimers } from '../timers.ts';
import type { UserAgent } from './api.ts';
import { createBindings } from './bindings.ts';
import { createDigestServer } from './digest-server.ts';
import { createUserAgent } from './user-agent.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A little switch: registers devices and joins two legs, as the README shows. */
async function startSwitch() {
  const timers = systemTimers();
  const digest = createDigestServer({ realm: 'centralita.test', timers });
  const bindings = createBindings(timers);
  const faults: unknown[] = [];
  const agent: UserAgent = createUserAgent({
    timers,
    product: 'Centralita',
    onFault: (where, error) => faults.push([where, error]),
    onInvite(invite) {
      const binding = bindings.find(invite.requestUser)[0];
      if (!binding) return invite.reject(404);
      const other = agent.invite({ uri: binding.contact, flow: binding.flow, from: invite.from, sdp: invite.sdp, maxForwards: invite.maxForwards });
      other.on('provisional', ({ status, sdp }) => (sdp === undefined ? status === 180 && invite.ringing() : invite.progress(sdp)));
      other.on('answered', ({ dialog, sdp }) => {
        const leg = invite.accept(sdp!);
        leg.on('ended', () => dialog.bye());
        dialog.on('ended', () => leg.bye());
      });
      other.on('failed', ({ status, reason }) => invite.reject(status, reason));
      invite.on('cancelled', () => other.cancel());
    },
    onRequest(incoming) {
      if (incoming.request.method !== 'REGISTER') return incoming.respond(200);
      const verdict = digest.verify(incoming.request, (user) => (user === 'carla' || user === 'ana' ? `${user}-secret` : undefined));
      if (verdict.outcome === 'accepted') return bindings.register(verdict.username, incoming);
      incoming.respond(401, { headers: { 'WWW-Authenticate': digest.challenge(verdict.outcome === 'stale') } });
    },
    onFlowClosed: (flow) => bindings.flowClosed(flow),
  });
  const udp = await agent.listen({ protocol: 'udp', address: '127.0.0.1', port: 0 });
  const tcp = await agent.listen({ protocol: 'tcp', address: '127.0.0.1', port: 0 });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  agent.acceptWebSockets({ server, path: '/sip' });
  const address = server.address() as { port: number };
  closing.push(async () => {
    await agent.close();
    bindings.close();
    await new Promise((resolve) => server.close(resolve));
    expect(faults).toEqual([]);
  });
  return { agent, udp: udp.bound, tcp: tcp.bound, ws: `ws://127.0.0.1:${address.port}/sip`, bindings };
}

async function phone(options: Parameters<typeof TestPhone.start>[0]) {
  const started = await TestPhone.start(options);
  closing.push(() => started.close());
  return started;
}

describe('a call over real sockets', () => {
  test.each(['udp', 'tcp', 'ws'] as const)('RFC 3261 13, 15: from UDP to a device registered over %s: rings, is answered, ended by the caller', async (protocol) => {
    const center = await startSwitch();
    const where = protocol === 'ws' ? { protocol, url: center.ws } : { protocol, server: protocol === 'udp' ? center.udp : center.tcp };
    const carla = await phone({ ...where, username: 'carla', password: 'carla-secret' });
    expect((await carla.register()).status).toBe(200);
    const ana = await phone({ protocol: 'udp', server: center.udp, address: '127.0.0.2', username: 'ana' });

    const call = ana.call('carla');
    const ringing = await carla.nextCall();
    expect(ringing.incoming!.sdp).toBe(SDP_OFFER);
    ringing.ring();
    await call.provisional(180);
    ringing.answer();
    expect((await call.answered()).sdp).toBe(SDP_ANSWER);
    await ringing.acked();
    call.bye();
    expect(await ringing.ended()).toMatchObject({ by: 'peer', why: 'bye' });
    expect(center.agent.stats().dialogs).toBe(0);
  });

  test('RFC 3261 9: a CANCEL ends the ringing, with 487 to the caller', async () => {
    const center = await startSwitch();
    const carla = await phone({ protocol: 'ws', url: center.ws, username: 'carla', password: 'carla-secret' });
    await carla.register();
    const ana = await phone({ protocol: 'udp', server: center.udp });
    const call = ana.call('carla');
    const ringing = await carla.nextCall();
    ringing.ring();
    await call.provisional(180);
    call.cancel();
    await ringing.cancelled();
    expect(await call.failed()).toMatchObject({ status: 487 });
  });

  test('RFC 3261 15: the called side hangs up', async () => {
    const center = await startSwitch();
    const carla = await phone({ protocol: 'tcp', server: center.tcp, username: 'carla', password: 'carla-secret' });
    await carla.register();
    const ana = await phone({ protocol: 'ws', url: center.ws });
    const call = ana.call('carla');
    const ringing = await carla.nextCall();
    ringing.answer();
    await call.answered();
    await ringing.acked();
    ringing.bye();
    expect(await call.ended()).toMatchObject({ by: 'peer', why: 'bye' });
  });
});
