import { afterAll, beforeAll, expect, test } from 'vitest';
import { EmbeddedHarness } from '../testing/embedded-harness.ts';

let harness: EmbeddedHarness;
beforeAll(async () => {
  harness = await EmbeddedHarness.start();
});
afterAll(() => harness.close());

test('[issue 2] a customer over UDP is played to, answered, and talks with an agent’s browser', async () => {
  const control = await harness.connect({ epoch: 1, committedSeq: 0 });
  const browser = await harness.device(control, 'browser');
  const ana = await harness.customer();
  const offered = await control.fact('leg-offered');
  expect(offered).toMatchObject({ from: { kind: 'loopback' }, dialled: harness.number });
  const { legId } = offered;
  await control.order({ type: 'play', playId: 'pla_1', legId, items: [{ kind: 'music', name: 'default' }], loop: true });
  await ana.early;
  await ana.hears(harness.musicHertz);
  await control.order({ type: 'answer-leg', legId });
  await ana.answered;
  await control.order({ type: 'connect', bridgeId: 'brg_1', account: harness.account, legIds: [legId], endWhenAlone: [legId] });
  await control.order({ type: 'place-legs', placementId: 'plc_1', account: harness.account, legs: [{ legId: 'leg_carla', target: { kind: 'device', deviceId: browser.deviceId } }], caller: { number: '+34600000001' }, ringTimeoutMs: 10_000, onAnswer: { bridgeId: 'brg_1' } });
  const carla = await browser.nextCall();
  carla.ring();
  await control.fact('leg-ringing', (fact) => fact.legId === 'leg_carla');
  carla.answer();
  await control.fact('leg-joined', (fact) => fact.legId === 'leg_carla');
  ana.say(1_000);
  carla.say(700);
  await Promise.all([ana.hears(700), carla.hears(1_000)]);
  expect(await ana.loudest([1_000, harness.musicHertz])).toBeLessThan(0.1);
  carla.hangUp();
  expect(await ana.ended).toBe(0);
  await control.fact('leg-ended', (fact) => fact.legId === legId);
  expect(control.story('leg_carla')).toEqual(expect.arrayContaining(['leg-ringing', 'leg-answered', 'leg-joined', 'leg-left', 'leg-ended']));
});
