/**
 * An agent's click on Answer to sound both ways in a real Chromium, and how much later the center sends sound on.
 * `node e2e/measure/answer.ts [--calls 20]`. Needs Chromium.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toneAmplitude, toneSource } from '@centralita/media';
import type { Page } from 'playwright-core';
import { AgentAtWire } from '../support/agent-at-wire.ts';
import { Api } from '../support/api.ts';
import { CallerAtWire } from '../support/caller-at-wire.ts';
import { leadStraightToVentas } from '../support/center.ts';
import { openBrowser } from '../support/chromium.ts';
import { becomeAvailable, signIn } from '../support/people.ts';
import { Product } from '../support/product.ts';
import type { Voice } from '../support/voice.ts';

const { values } = parseArgs({ options: { calls: { type: 'string', default: '20' } } });
const calls = Number(values.calls);

const CALLER_HZ = 1_000;
const AGENT_HZ = 1_900;
/** A frame of 20 ms in which a tone of 8,000 is at more than this carries it; music and rounding do not. */
const CARRIED = 1_000;
const GIVE_UP_MS = 15_000;
/** A beep each half second, at a place in it that differs from call to call. */
const BEEP_EVERY_MS = 500;
const BEEP_MS = 60;

const folder = mkdtempSync(join(tmpdir(), 'centralita-answer-'));
const product = await Product.start();
try {
  await leadStraightToVentas(await Api.signIn(product, 'administrator'));
  console.log(`${cpus().length} × ${cpus()[0]!.model.trim()}, Node ${process.version}; ms at p50, p95 and most`);
  const clicks = await measureClicks();
  console.log(row('click on Answer: the agent hears the customer', clicks.map(({ agentHears }) => agentHears)));
  console.log(row('click on Answer: the customer hears the agent', clicks.map(({ customerHears }) => customerHears)));
  const delays = await measureDelays();
  console.log(row('center, customer to agent', delays.toAgent));
  console.log(row('center, agent to customer', delays.toCustomer));
  console.log(`load ${loadavg()[0]!.toFixed(1)}`);
} finally {
  await product.stop();
  rmSync(folder, { recursive: true, force: true });
}

function row(what: string, measured: readonly number[]): string {
  const sorted = measured.toSorted((one, other) => one - other);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!);
  return `| ${what} | ${sorted.length} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`;
}

/** From the click, as the page sees it, to the first moment in which each hears the other; both clocks are this machine's. */
async function measureClicks(): Promise<readonly { readonly agentHears: number; readonly customerHears: number }[]> {
  const browser = await openBrowser({ folder, hertz: AGENT_HZ });
  const measured: { agentHears: number; customerHears: number }[] = [];
  try {
    const page = await signIn(browser, product, 'agent');
    await becomeAvailable(page);
    for (let call = 0; call < calls; call++) {
      const ana = await CallerAtWire.start(product, `51999${100_000 + call}`);
      ana.voice.say(CALLER_HZ);
      await ana.dial();
      const answer = page.getByRole('button', { name: /Contestar/ }).first();
      await answer.waitFor();
      const heardByAgent = listenInPage(page, CALLER_HZ);
      const heardByCustomer = firstTone(ana.voice, AGENT_HZ);
      await answer.click();
      const { clickedAt, heardAt } = await heardByAgent;
      measured.push({ agentHears: heardAt - clickedAt, customerHears: (await heardByCustomer) - clickedAt });
      ana.hangUp();
      await page.getByText('Todo listo para la próxima llamada').waitFor();
      await ana.stop();
    }
  } finally {
    await browser.close();
  }
  return measured;
}

/** Beeps of each side, from the packet that carries their beginning to the first packet with them at the other side. */
async function measureDelays(): Promise<{ readonly toAgent: readonly number[]; readonly toCustomer: readonly number[] }> {
  const toAgent: number[] = [];
  const toCustomer: number[] = [];
  const carla = await AgentAtWire.start(product, 'agent');
  await carla.takeWork();
  for (let call = 0; call < calls; call++) {
    const ana = await CallerAtWire.start(product, `51999${200_000 + call}`);
    await ana.dial();
    const ringing = await carla.rings();
    ringing.answer();
    await firstTone(ana.voice, 0);
    toAgent.push(...(await beeps(ana.voice, ringing.voice, CALLER_HZ, call)));
    toCustomer.push(...(await beeps(ringing.voice, ana.voice, AGENT_HZ, call)));
    ana.hangUp();
    await ringing.sip.ended();
    await ana.stop();
    ringing.stop();
  }
  await carla.stop();
  return { toAgent, toCustomer };
}

/** @returns the delay of each of four beeps, in ms. @throws when one is not heard within half a second */
async function beeps(speaker: Voice, listener: Voice, hertz: number, seed: number): Promise<readonly number[]> {
  const tone = toneSource(hertz, 8_000);
  const offsetMs = (seed * 20) % (BEEP_EVERY_MS - BEEP_MS);
  const said: number[] = [];
  const heard: number[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  let silent = true;
  listener.onSound = (samples) => {
    const carries = toneAmplitude(samples, hertz) > CARRIED;
    if (carries && silent) heard.push(performance.now());
    silent = !carries;
    if (heard.length >= 5) resolve();
  };
  speaker.speak((ownMs, into) => {
    const at = (ownMs + offsetMs) % BEEP_EVERY_MS;
    if (at === 0 || at >= BEEP_MS) {
      if (at === 0) said.push(performance.now());
      if (at !== 0) return;
    }
    tone(into);
  });
  await promise;
  listener.onSound = undefined;
  speaker.speak(() => undefined);
  // The first may have been cut where listening began.
  return heard.slice(1, 5).map((at) => at - said.findLast((beep) => beep < at)!);
}

/** @param hertz 0: any sound at all */
function firstTone(voice: Voice, hertz: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${hertz} Hz are not heard`)), GIVE_UP_MS);
    voice.onSound = (samples) => {
      if (hertz !== 0 && toneAmplitude(samples, hertz) < CARRIED) return;
      clearTimeout(limit);
      voice.onSound = undefined;
      resolve(Date.now());
    };
  });
}

/** Resolves with the moments of the click and of the first sound of this frequency in what the page plays. */
function listenInPage(page: Page, hertz: number): Promise<{ readonly clickedAt: number; readonly heardAt: number }> {
  return page.evaluate(
    async ({ hertz, limitMs }) => {
      const clicked = new Promise<number>((resolve) => document.addEventListener('click', () => resolve(Date.now()), { capture: true, once: true }));
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 1_024;
      analyser.smoothingTimeConstant = 0;
      const bins = new Float32Array(analyser.frequencyBinCount);
      const bin = Math.round(hertz / (context.sampleRate / analyser.fftSize));
      const clickedAt = await clicked;
      let source: MediaStreamAudioSourceNode | undefined;
      while (Date.now() < clickedAt + limitMs) {
        const stream = document.querySelector<HTMLAudioElement>('[data-testid="remote-audio"]')?.srcObject;
        if (!source && stream instanceof MediaStream && stream.getAudioTracks().some(({ readyState }) => readyState === 'live')) {
          source = context.createMediaStreamSource(stream);
          source.connect(analyser);
        }
        analyser.getFloatFrequencyData(bins);
        if (source && bins[bin]! > -45) {
          await context.close();
          return { clickedAt, heardAt: Date.now() };
        }
        await new Promise((next) => setTimeout(next, 5));
      }
      throw new Error(`${hertz} Hz are not heard in the page`);
    },
    { hertz, limitMs: GIVE_UP_MS },
  );
}
