import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { type BrowserOptions, hearInPage, openBrowser, type TestBrowser } from './chromium.ts';
import { eventually } from './eventually.ts';
import { becomeAvailable, signIn } from './people.ts';
import type { Product } from './product.ts';

/** A tone in a page is at -45 dB at least when it is heard. */
const HEARD_DB = -45;

/** Somebody of the center at a browser of their own, which can be killed without touching anybody else's. */
export class AgentAtBrowser {
  readonly page: Page;
  readonly #browser: TestBrowser;

  private constructor(page: Page, browser: TestBrowser) {
    this.page = page;
    this.#browser = browser;
  }

  static async start(product: Product, options: BrowserOptions & { readonly role: string }): Promise<AgentAtBrowser> {
    const browser = await openBrowser(options);
    return new AgentAtBrowser(await signIn(browser, product, options.role), browser);
  }

  takeWork(): Promise<void> {
    return becomeAvailable(this.page);
  }

  /** @param caller a number, or the name of a contact */
  async ringsWith(caller: string): Promise<void> {
    await this.page.getByTestId('incoming-card').getByText(caller).first().waitFor();
  }

  async answer(): Promise<void> {
    await this.page.getByRole('button', { name: /Contestar/ }).first().click();
    await this.shows('Hablando');
  }

  /** Text on the page; when it does not come, what is there instead says why. */
  async shows(text: string): Promise<void> {
    try {
      await this.page.getByText(text).first().waitFor();
    } catch (cause) {
      throw new Error(`${text} is not on the page, which shows: ${await this.page.locator('body').innerText()}`, { cause });
    }
  }

  async hangUp(): Promise<void> {
    await this.page.getByRole('button', { name: 'Colgar' }).first().click();
  }

  /** After-service is on the screen, and is ended early. */
  async finishAfterService(): Promise<void> {
    await this.page.getByText(/Posllamada de/).first().waitFor();
    await this.page.getByRole('button', { name: 'Terminar posllamada' }).last().click();
  }

  async untilHears(hertz: number): Promise<void> {
    await eventually(async () => {
      const heard = await hearInPage(this.page, [hertz]);
      assert.ok(heard[hertz]! > HEARD_DB, `the agent hears ${hertz} Hz at ${heard[hertz]} dB`);
    }, 30_000);
  }

  kill(): Promise<void> {
    return this.#browser.kill();
  }

  close(): Promise<void> {
    return this.#browser.close();
  }
}
