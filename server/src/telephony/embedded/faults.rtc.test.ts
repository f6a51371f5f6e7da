import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { ControlSeat } from '../testing/control-seat.ts';
import { EmbeddedHarness } from '../testing/embedded-harness.ts';
import { startSwitchProcess } from '../testing/switch-process.ts';
import type { TelephoneCall } from '../testing/telephone.ts';

let harness: EmbeddedHarness | undefined;
afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

const start = async (...settings: Parameters<typeof EmbeddedHarness.start>): Promise<[EmbeddedHarness, ControlSeat]> => {
  harness = await EmbeddedHarness.start(...settings);
  return [harness, await harness.connect({ epoch: 1, committedSeq: 0 })];
};

/** Puts the legs of a customer and a device in a bridge. */
async function talk(center: EmbeddedHarness, control: ControlSeat, kind: 'phone' | 'browser'): Promise<{ ana: TelephoneCall; anaLeg: string; agent: TelephoneCall; agentLeg: string }> {
  const device = await center.device(control, kind);
  const ana = await (await center.telephone()).call(center.number);
  const { legId: anaLeg } = await control.fact('leg-offered');
  const agentLeg = `leg_agent_${kind}`;
  const bridgeId = `brg_${kind}`;
  await control.order({ type: 'answer-leg', legId: anaLeg });
  await control.order({ type: 'connect', bridgeId, account: center.account, legIds: [anaLeg], endWhenAlone: [anaLeg] });
  await control.order({ type: 'place-legs', placementId: `plc_${kind}`, account: center.account, legs: [{ legId: agentLeg, target: { kind: 'device', deviceId: device.deviceId } }], caller: { number: '' }, ringTimeoutMs: 20_000, onAnswer: { bridgeId } });
  const agent = await device.nextCall();
  agent.answer();
  await control.fact('leg-joined', (fact) => fact.legId === agentLeg);
  ana.say(1_000);
  agent.say(700);
  await Promise.all([ana.hears(700), agent.hears(1_000)]);
  return { ana, anaLeg, agent, agentLeg };
}

describe('faults', () => {
  test('[issue 2] a media worker dies: two telephones are re-INVITEd and hear each other again', async () => {
    const [center, control] = await start();
    const { ana, anaLeg, agent, agentLeg } = await talk(center, control, 'phone');
    for (const pid of center.process.mediaWorkers()) process.kill(pid, 'SIGKILL');
    await control.fact('alarm', (fact) => fact.name === 'media-worker-died');
    await control.fact('media-resumed', (fact) => fact.legId === anaLeg);
    await control.fact('media-resumed', (fact) => fact.legId === agentLeg);
    await Promise.all([ana.hears(700), agent.hears(1_000)]);
    expect(control.count('leg-ended')).toBe(0);
  });

  test('[issue 2] a media worker dies under a browser: its leg ends as media lost, the customer stays and hears music', async () => {
    const [center, control] = await start();
    const { ana, anaLeg, agentLeg } = await talk(center, control, 'browser');
    for (const pid of center.process.mediaWorkers()) process.kill(pid, 'SIGKILL');
    expect(await control.fact('leg-ended', (fact) => fact.legId === agentLeg)).toMatchObject({ cause: 'media-lost' });
    await control.fact('media-resumed', (fact) => fact.legId === anaLeg);
    await ana.hears(center.musicHertz);
    expect((await control.settle()).legs.map((leg) => leg.legId)).toEqual([anaLeg]);
  });

  test.each(['phone', 'browser'] as const)('legs placed on different media workers are brought together: customer and %s', async (kind) => {
    const [center, control] = await start({ mediaWorkers: 2 });
    await control.until(() => control.port.load().workers.length === 2);
    const { ana, agent } = await talk(center, control, kind);
    expect(await ana.loudest([1_000])).toBeLessThan(0.1);
    expect(control.count('leg-ended')).toBe(0);
    agent.hangUp();
    expect(await ana.ended).toBe(0);
  });

  test('of a call over two media workers, either may die: the telephones hear each other again', async () => {
    const [center, control] = await start({ mediaWorkers: 2 });
    await control.until(() => control.port.load().workers.length === 2);
    const { ana, agent } = await talk(center, control, 'phone');
    for (const pid of center.process.mediaWorkers()) {
      process.kill(pid, 'SIGKILL');
      await control.fact('media-resumed');
      await Promise.all([ana.hears(700), agent.hears(1_000)]);
    }
    expect(control.count('leg-ended')).toBe(0);
  });

  test('[issue 2] a browser that stops sending in mid-call: the customer hears music, and the browser again when it is back', async () => {
    const [center, control] = await start();
    const { ana, agent, agentLeg } = await talk(center, control, 'browser');
    agent.media.fallSilent();
    await control.fact('media-stalled', (fact) => fact.legId === agentLeg);
    await ana.hears(center.musicHertz);
    agent.media.fallSilent(false);
    await control.fact('media-resumed', (fact) => fact.legId === agentLeg);
    await ana.hears(700);
  });

  test('[issue 2] the whole switch dies: the next one has its own numbers, knows registrations, and answers 481 to old calls', async () => {
    const [center, control] = await start();
    const phone = await center.device(control, 'phone');
    const { ana } = await talk(center, control, 'browser');
    await control.settle();
    const committed = control.lastSeq();
    // Registrations are written within a second of their change.
    const file = `${center.process.folder}/data/registrations.json`;
    await control.until(() => existsSync(file) && readFileSync(file, 'utf8').includes(phone.deviceId));
    await center.process.kill();
    center.process = await startSwitchProcess({ soundsDir: `${center.process.folder}/sounds`, sip: { udp: { address: '127.0.0.1', port: center.process.ports.udp ?? 0 } } }, center.process.folder);
    const next = await center.connect({ epoch: 2, committedSeq: committed });
    await next.until(() => next.snapshots.length === 1);
    expect(next.snapshots[0]).toMatchObject({ legs: [], devices: expect.arrayContaining([{ deviceId: phone.deviceId, account: center.account }]) });
    expect(next.snapshots[0]!.seq).toBeGreaterThan(committed);
    expect(await ana.dialog!.request('INFO')).toBe(481);
  });

  test('[design 2] control stays down: a number with a fallback rings that device, and control finds the call when it is back', async () => {
    const [center, control] = await start({ limits: { controlAwayMs: 100 } });
    const phone = await center.device(control, 'phone');
    await control.order({ type: 'provision-numbers', account: center.account, numbers: [{ number: center.number, openToLoopback: true, fallbackDeviceIds: [phone.deviceId] }, { number: '900', openToLoopback: true }] });
    await control.settle();
    const committed = control.lastSeq();
    await control.port.close();
    let refused = 0;
    // Until the switch has noticed for long enough that nobody is there, the call waits for control and is taken back.
    while (refused !== 503) {
      const call = await (await center.telephone()).call('900');
      refused = await Promise.race([call.ended, new Promise<number>((resolve) => setTimeout(() => resolve(0), 150))]);
      call.hangUp();
    }
    const ana = await (await center.telephone()).call(center.number);
    const agent = await phone.nextCall();
    agent.ring();
    await ana.early;
    await ana.hears(425);
    agent.answer();
    await ana.answered;
    ana.say(1_000);
    agent.say(700);
    await Promise.all([ana.hears(700), agent.hears(1_000)]);
    const next = await center.connect({ epoch: 2, committedSeq: committed });
    const { legs } = await next.settle();
    expect(legs.map((leg) => leg.state)).toEqual(['answered', 'answered']);
    expect(new Set(legs.map((leg) => leg.bridgeId)).size).toBe(1);
    ana.hangUp();
    expect(await agent.ended).toBe(0);
  });

  test('[design 4] a caller whom control says nothing to gets 503', async () => {
    const [center, control] = await start({ limits: { untoldMs: 200 } });
    const ana = await center.customer();
    const { legId } = await control.fact('leg-offered');
    expect(await ana.ended).toBe(503);
    expect(await control.fact('leg-ended', (fact) => fact.legId === legId)).toMatchObject({ by: 'center', cause: 'congestion' });
  });

  test('[design 2] late media takes the first eight legs, which are not why it is late, then no more, and leaves live ones alone', async () => {
    const [center, control] = await start({ mediaWorkers: 1, maxTickLateMs: -1 });
    const calls: Awaited<ReturnType<EmbeddedHarness['customer']>>[] = [];
    const answered = new Set<string>();
    for (let i = 0; i < 8; i++) {
      const call = await center.customer();
      const { legId } = await control.fact('leg-offered', (fact) => !answered.has(fact.legId));
      answered.add(legId);
      await control.order({ type: 'answer-leg', legId });
      await call.answered;
      calls.push(call);
    }
    await control.until(() => !control.port.load().admitting);
    expect(await (await center.customer()).ended).toBe(503);
    expect(await control.send({ type: 'place-legs', placementId: 'plc_1', account: center.account, legs: [{ legId: 'leg_1', target: { kind: 'number', number: '1', trunkIds: [] } }], caller: { number: '' }, ringTimeoutMs: 1_000 })).toEqual({ accepted: false, reason: 'overloaded' });
    expect(control.events.filter(({ fact }) => fact.type === 'leg-ended')).toEqual([]);
    calls[0]!.hangUp();
    await control.fact('leg-ended');
    await control.until(() => control.port.load().admitting);
  });

  test('a clean stop hangs up', async () => {
    const [center, control] = await start();
    const { ana, agent } = await talk(center, control, 'phone');
    await center.process.stop();
    expect(await Promise.all([ana.ended, agent.ended])).toEqual([0, 0]);
    expect(control.events.filter(({ fact }) => fact.type === 'leg-ended').map(({ fact }) => 'cause' in fact && fact.cause)).toEqual(['switch-lost', 'switch-lost']);
  });
});
