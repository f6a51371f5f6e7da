import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { writeTone } from './wav.ts';

export interface TestBrowser {
  readonly browser: Browser;
  newPage(options?: { readonly language?: 'es' | 'en' }): Promise<Page>;
  close(): Promise<void>;
  /** Ends it as a crash or the power switch would: `kill -9`, nothing is said to anybody. */
  kill(): Promise<void>;
}

export interface BrowserOptions {
  readonly folder: string;
  readonly hertz: number;
  /** false leaves out the flag that lets peer connections use loopback, as a customer's browser would be. */
  readonly loopback?: boolean;
  /** The center's certificate is one that the browser does not know. */
  readonly ownCertificate?: boolean;
  /** Ports of localhost that this browser reaches through another port: a proxy on its way to the center. */
  readonly through?: ReadonlyMap<number, number>;
}

/** Debian's Chromium with a microphone that speaks a tone. */
export async function openBrowser(options: BrowserOptions): Promise<TestBrowser> {
  const microphone = join(options.folder, `microphone-${options.hertz}.wav`);
  writeTone(microphone, { hertz: options.hertz, seconds: 60, rate: 48_000 });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--autoplay-policy=no-user-gesture-required',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-audio-capture=${microphone}`,
      ...(options.through ? [`--host-resolver-rules=${[...options.through].map(([port, by]) => `MAP localhost:${port} 127.0.0.1:${by}`).join(', ')}`] : []),
      ...(options.loopback === false ? [] : ['--allow-loopback-in-peer-connection']),
    ],
  });
  const contexts: BrowserContext[] = [];
  return {
    browser,
    async newPage({ language = 'es' } = {}) {
      const context = await browser.newContext({ locale: language === 'es' ? 'es-ES' : 'en-GB', permissions: ['microphone', 'notifications'], ignoreHTTPSErrors: options.ownCertificate ?? false, viewport: { width: 1440, height: 900 } });
      contexts.push(context);
      return context.newPage();
    },
    async close() {
      if (!browser.isConnected()) return;
      for (const context of contexts) await context.close();
      await browser.close();
    },
    async kill() {
      if (!browser.isConnected()) return;
      const gone = new Promise((resolve) => browser.once('disconnected', resolve));
      process.kill(childWith(microphone), 'SIGKILL');
      await gone;
    },
  };
}

/** Playwright does not tell the browser's process: it is the child of ours that was given this microphone. */
function childWith(argument: string): number {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(argument));
  if (found === undefined) throw new Error(`no browser runs with ${argument}`);
  return found;
}

/**
 * How loud tones are in what the page plays to its person: the peak of the spectrum around each frequency over `ms`, in dB
 * (0 is full scale). Measured on the stream of the `<audio data-testid="remote-audio">` element.
 */
export function hearInPage(page: Page, hertz: readonly number[], ms = 800): Promise<Record<number, number>> {
  return page.evaluate(
    async ({ hertz, ms }) => {
      const element = document.querySelector<HTMLAudioElement>('[data-testid="remote-audio"]');
      const stream = element?.srcObject;
      if (!(stream instanceof MediaStream)) throw new Error('the page plays no remote audio');
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      analyser.fftSize = 8192;
      analyser.smoothingTimeConstant = 0;
      context.createMediaStreamSource(stream).connect(analyser);
      const bins = new Float32Array(analyser.frequencyBinCount);
      const width = context.sampleRate / analyser.fftSize;
      const loudest: Record<number, number> = Object.fromEntries(hertz.map((one) => [one, -200]));
      const until = performance.now() + ms;
      while (performance.now() < until) {
        await new Promise((next) => requestAnimationFrame(next));
        analyser.getFloatFrequencyData(bins);
        for (const one of hertz) {
          const bin = Math.round(one / width);
          for (let i = bin - 2; i <= bin + 2; i++) loudest[one] = Math.max(loudest[one]!, bins[i]!);
        }
      }
      await context.close();
      return loudest;
    },
    { hertz: [...hertz], ms },
  );
}
