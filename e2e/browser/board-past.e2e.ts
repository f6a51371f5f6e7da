import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { PastBoard } from '@centralita/contract';
import type { Page } from 'playwright-core';
import { Baresip } from '../support/baresip.ts';
import { openBrowser, type TestBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { ask, signIn } from '../support/people.ts';
import { Product } from '../support/product.ts';

let folder: string;
let product: Product;
let browser: TestBrowser;
let carla: Page;
let diego: Page;
let ana: Baresip;
/** Whole seconds at which Ana waited, and talked with Carla: both had lasted for some seconds by then. */
let waitedAt: number;
let talkedAt: number;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-past-'));
  product = await Product.start();
  browser = await openBrowser({ folder, hertz: 1_900 });
});
after(async () => {
  await ana?.stop();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Two seconds ago, by the clock of this machine, which is the server's. */
const justNow = (): number => Math.floor(Date.now() / 1_000) * 1_000 - 2_000;
/** As the fields say it, in the person's zone. */
const clock = (at: number, timeZone: string): string => new Intl.DateTimeFormat('sv', { timeZone, timeStyle: 'medium' }).format(at);
const queueTile = (page: Page) => page.getByRole('article').filter({ hasText: 'Ventas' });
const whoWaited = () => diego.getByRole('region', { name: 'Quién esperaba' });
const zoneOf = async (page: Page): Promise<string> => (await ask<{ timeZone: string }>(page, 'GET', '/api/session')).timeZone;
const typeTime = async (at: number): Promise<void> => {
  await diego.getByLabel('Hora', { exact: true }).fill(clock(at, await zoneOf(diego)));
  await diego.waitForURL(`**/live?at=${at}`);
  await shown();
};
/** The board of the moment that the bar names is there. */
const shown = (): Promise<void> => diego.locator('section[aria-label="Momento del pasado"][aria-busy="false"]').waitFor();

describe('the live board, scrubbed back', () => {
  it('has a call that waited, was talked, and is over', async () => {
    diego = await signIn(browser, product, 'supervisor');
    await diego.getByRole('link', { name: 'En vivo' }).click();
    carla = await signIn(browser, product, 'agent');
    ana = await Baresip.start({ folder: join(folder, 'ana'), user: '51999111222', hertz: 1_000 });
    ana.dial(`sip:100@127.0.0.1:${product.sipPort}`);
    await ana.told('CALL_ESTABLISHED');
    // A key pressed into the greeting is taken at the menu.
    ana.press('1');
    await eventually(async () => assert.match(await queueTile(diego).innerText(), /^1$[\s\S]*00:(0[4-9]|[1-5]\d)/m), 60_000);
    waitedAt = justNow();
    await carla.getByText('Conectado', { exact: true }).waitFor();
    await carla.getByRole('button', { name: 'Pasar a Disponible' }).click();
    await carla.getByRole('button', { name: /Contestar/ }).first().click();
    const row = diego.getByRole('row', { name: /Carla.*Hablando/ });
    await row.waitFor();
    await eventually(async () => assert.match(await row.innerText(), /00:(0[4-9]|[1-5]\d)/), 60_000);
    talkedAt = justNow();
    await carla.getByRole('button', { name: 'Colgar' }).first().click();
    await diego.getByRole('row', { name: /Carla.*Posllamada/ }).waitFor();
  });

  it('goes back to the moment when she waited: typed, marked as past, and nothing of now in it', async () => {
    await diego.getByRole('button', { name: 'Volver atrás' }).click();
    await diego.getByRole('heading', { name: 'El panel, antes' }).waitFor();
    await typeTime(waitedAt);
    await whoWaited().getByRole('link', { name: 'Ana Torres' }).waitFor();
    assert.match(await diego.getByRole('region', { name: 'Momento del pasado' }).innerText(), new RegExp(`pasado[\\s\\S]*${clock(waitedAt, await zoneOf(diego))}`, 'i'));
    assert.match(await diego.title(), /^Pasado/);
    assert.match(await queueTile(diego).innerText(), /^1$/m);
    assert.equal(await diego.getByRole('row', { name: /Carla.*(Hablando|Posllamada)/ }).count(), 0);
    assert.equal(await diego.getByText(/^Actualizado/).count(), 0);
  });

  it('stands still: what had waited five seconds then still has', async () => {
    const then = await whoWaited().innerText();
    // Other screens have gone on by a second of the server's meanwhile.
    const status = diego.getByRole('banner').or(diego.locator('.bar')).first();
    const before = await status.innerText();
    await eventually(async () => assert.notEqual(await status.innerText(), before));
    assert.equal(await whoWaited().innerText(), then);
  });

  it('goes on to the moment when she talked, and steps by seconds and minutes from the keyboard', async () => {
    await typeTime(talkedAt);
    await diego.getByRole('row', { name: /Carla.*Hablando.*Ana Torres/ }).waitFor();
    await diego.getByText('Nadie esperaba en ese momento.').waitFor();
    const slider = diego.getByRole('slider', { name: 'Momento del día' });
    await slider.press('ArrowLeft');
    await diego.waitForURL(`**/live?at=${talkedAt - 1_000}`);
    await slider.press('ArrowRight');
    await diego.waitForURL(`**/live?at=${talkedAt}`);
    await diego.getByRole('button', { name: 'Un segundo antes' }).click();
    await diego.waitForURL(`**/live?at=${talkedAt - 1_000}`);
    // One at a time for each person: the page may be asking itself.
    const { firstAt } = await eventually(() => ask<PastBoard>(diego, 'GET', `/api/board?at=${talkedAt}`));
    await slider.press('Shift+ArrowLeft');
    await diego.waitForURL(`**/live?at=${Math.max(talkedAt - 61_000, Math.ceil(firstAt / 1_000) * 1_000)}`);
  });

  it('plays: from when she waited to when she talked', async () => {
    await typeTime(waitedAt);
    assert.equal(await diego.getByRole('row', { name: /Carla.*Hablando/ }).count(), 0);
    await diego.getByRole('button', { name: 'Dejar correr' }).click();
    await diego.getByRole('row', { name: /Carla.*Hablando/ }).waitFor({ timeout: 60_000 });
    await diego.getByRole('button', { name: 'Detener' }).click();
  });

  it('leads from whoever waited to that conversation, and back to the same moment', async () => {
    await typeTime(waitedAt);
    await whoWaited().getByRole('link', { name: 'Ana Torres' }).click();
    await diego.waitForURL('**/history/cnv_*');
    await diego.getByText(/Ventas/).first().waitFor();
    await diego.goBack();
    await diego.waitForURL(`**/live?at=${waitedAt}`);
    await shown();
    await whoWaited().getByRole('link', { name: 'Ana Torres' }).waitFor();
  });

  it('says what is not there: before the journal, and what has not come', async () => {
    const { firstAt } = await ask<PastBoard>(diego, 'GET', `/api/board?at=${talkedAt}`);
    await assert.rejects(ask(diego, 'GET', `/api/board?at=${firstAt - 1}`), /410.*past-not-kept/);
    await assert.rejects(ask(diego, 'GET', `/api/board?at=${Date.now() + 3_600_000}`), /422.*in-the-future/);
    await assert.rejects(ask(carla, 'GET', `/api/board?at=${talkedAt}`), /403/);
    await diego.getByLabel('Día', { exact: true }).fill('2020-01-01');
    await diego.getByText('De ese momento ya no se conserva el panel').waitFor();
  });

  it('comes back to now', async () => {
    await diego.getByRole('button', { name: 'Volver a ahora' }).click();
    await diego.getByRole('heading', { name: 'En vivo' }).waitFor();
    await diego.getByText(/^Actualizado/).waitFor();
    assert.ok(!diego.url().includes('at='));
  });
});
