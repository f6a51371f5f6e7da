import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { openBrowser, type TestBrowser } from '../support/chromium.ts';
import { signIn } from '../support/people.ts';
import { Product } from '../support/product.ts';

let folder: string;
let product: Product;
let browser: TestBrowser;
let diego: Page;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-what-if-'));
  product = await Product.start();
  browser = await openBrowser({ folder, hertz: 1_900 });
});
after(async () => {
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const chart = (name: string) => diego.locator('figure').filter({ hasText: name });
/** What a chart says in large, in per cent: of the whole day, or of the half hour at the cursor. */
const percent = async (name: string): Promise<number> => Number(/^\d+/.exec(await chart(name).locator('.now b').innerText())?.[0]);
/** Presses "Simular" and waits for the answer to what is asked now. */
async function simulate(): Promise<void> {
  const answered = diego.waitForResponse((response) => response.url().endsWith('/api/what-if'));
  await diego.getByRole('button', { name: 'Simular' }).click();
  assert.equal((await answered).status(), 200);
  await diego.locator('.results:not(.old)').waitFor();
}

describe('[issue 3] "What if" in the browser', () => {
  it('simulates a made-up day of a queue that has no past yet', async () => {
    diego = await signIn(browser, product, 'supervisor');
    await diego.getByRole('link', { name: '¿Y si…?' }).click();
    await diego.getByRole('button', { name: 'Un día inventado', pressed: true }).waitFor();
    await diego.getByLabel('Llamadas en el día').fill('120');
    await simulate();
    await diego.getByText('20 días simulados').waitFor();
    for (const name of ['Nivel de servicio', 'Espera media', 'Abandono', 'Ocupación']) assert.match(await chart(name).locator('.now').innerText(), /\d.*entre/s);
    assert.ok((await percent('Nivel de servicio')) > 30);
  });

  it('tells meanwhile how many of the days are done', async () => {
    await diego.getByLabel('Llamadas en el día').fill('500');
    const answered = diego.waitForResponse((response) => response.url().endsWith('/api/what-if'));
    await diego.getByRole('button', { name: 'Simular' }).click();
    const bar = diego.getByRole('progressbar', { name: 'Avance de la simulación' });
    const beyond = (days: number) => diego.waitForFunction((before) => Number(document.querySelector('[role=progressbar][aria-valuemax="20"]')?.getAttribute('aria-valuenow') ?? 0) > before, days);
    await beyond(0);
    const [done] = /^\d+(?= de 20 días simulados$)/.exec((await bar.getAttribute('aria-valuetext'))!)!;
    await beyond(Number(done));
    assert.equal((await answered).status(), 200);
    await bar.waitFor({ state: 'detached' });
    await diego.getByText('20 días simulados, ').waitFor();
    await diego.getByLabel('Llamadas en el día').fill('120');
    await simulate();
  });

  it('answers other agents with other figures, half hour by half hour with the keyboard', async () => {
    const before = await percent('Ocupación');
    await diego.getByRole('button', { name: 'Un agente más' }).click();
    await diego.getByRole('button', { name: 'Un agente más' }).click();
    await diego.getByLabel('Agentes, 10:30').fill('0');
    await diego.getByText('Hay cambios sin simular').waitFor();
    await simulate();
    assert.ok((await percent('Ocupación')) < before, `${await percent('Ocupación')} after ${before}`);
    await diego.getByRole('slider', { name: 'Media hora' }).focus();
    const steps = 1 + (await diego.locator('.half-hours tbody th').allInnerTexts()).indexOf('10:30');
    for (let step = 0; step < steps; step++) await diego.keyboard.press('ArrowRight');
    await diego.getByRole('heading', { name: 'A las 10:30' }).waitFor();
    // Nobody is there, but for whoever talks on.
    assert.ok((await percent('Nivel de servicio')) < 10);
    await diego.keyboard.press('Home');
    await diego.getByRole('heading', { name: 'Todo el día' }).waitFor();
  });

  it('lets only some agents have the skill, and the others help after a while', async () => {
    const all = await percent('Nivel de servicio');
    await diego.getByLabel('Solo algunos agentes tienen la habilidad de la cola').check();
    await diego.getByLabel('Agentes que la tienen (%)').fill('40');
    await simulate();
    const some = await percent('Nivel de servicio');
    assert.ok(some < all, `${some} after ${all}`);
    await diego.getByLabel('Los demás atienden a quien lleva tiempo esperando').check();
    await diego.getByLabel('Atienden tras una espera de (s)').fill('5');
    await simulate();
    const helped = await percent('Nivel de servicio');
    assert.ok(helped > some, `${helped} after ${some}`);
    await diego.getByLabel('Solo algunos agentes tienen la habilidad de la cola').uncheck();
  });

  it('says what cannot be simulated, and where', async () => {
    await diego.getByLabel('Llamadas en el día').fill('8000');
    for (let times = 0; times < 2; times++) await diego.getByRole('button', { name: '10 % más llamadas' }).click();
    await diego.getByRole('button', { name: 'Simular' }).click();
    await diego.getByRole('alert').getByText(/Llamadas: at most 8000/).waitFor();
  });
});
