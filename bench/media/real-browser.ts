import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

export interface BrowserReport {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** As the browser measures it (RFC 3550), ms. */
  readonly jitterMs: number;
  /** How loud what it plays is, between 0 and 1. */
  readonly level: number;
}

/** One Chromium among the peers: what a real browser makes of the same stream. */
export class RealBrowser {
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.#page = page;
  }

  static async open(): Promise<RealBrowser> {
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--allow-loopback-in-peer-connection'],
    });
    const context = await browser.newContext({ permissions: ['microphone'] });
    const page = await context.newPage();
    // The microphone needs a secure context: a page of localhost, answered here.
    await page.route('http://localhost/**', (route) => route.fulfill({ contentType: 'text/html', body: '<audio autoplay></audio>' }));
    await page.goto('http://localhost/');
    await page.addScriptTag({ path: join(import.meta.dirname, 'page.js') });
    return new RealBrowser(browser, page);
  }

  /** @returns its answer to the center's offer */
  answer(offer: string): Promise<string> {
    return this.#page.evaluate(`answerOffer(${JSON.stringify(offer)})`);
  }

  report(): Promise<BrowserReport> {
    return this.#page.evaluate('reportOfPeer()');
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}
