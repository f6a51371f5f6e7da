import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { QueueView, RealDay } from '@centralita/contract';
import type { Page } from 'playwright-core';
import { openBrowser, type TestBrowser } from '../support/chromium.ts';
import { countCalls, type CountedDay, countOccupancy, livePastDay, type PastEvent, yesterdayIn } from '../support/past-day.ts';
import { ask, signIn } from '../support/people.ts';
import { Product } from '../support/product.ts';

/** The demo account's. */
const ZONE = 'America/Lima';
const DATE = yesterdayIn(ZONE);

let folder: string;
let product: Product;
let browser: TestBrowser;
let diego: Page;
let events: readonly PastEvent[];
let ventas: QueueView;
let counted: CountedDay;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-what-if-'));
  product = await Product.start({ before: async (data) => void (events = await livePastDay(data, DATE)) });
  browser = await openBrowser({ folder, hertz: 1_900 });
});
after(async () => {
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const FIGURES = ['Nivel de servicio', 'Espera media', 'Abandono', 'Ocupación'];
const chart = (name: string, of = diego.locator('.results > .charts')) => of.locator('figure').filter({ has: diego.getByRole('heading', { name, exact: true }) });
const numberIn = (text: string): number => Number(/\d+(?:[.,]\d+)?/.exec(text)?.[0].replace(',', '.') ?? Number.NaN);
/** In large: what was simulated, in per cent or seconds. */
const simulated = async (name: string): Promise<number> => inUnits(await chart(name).locator('.now b').innerText());
/** Beside it: what really happened. */
const real = async (name: string): Promise<string> => (await chart(name).locator('.now .was').innerText()).replace(/^[^\d]*/s, '').trim();
const inUnits = (text: string): number => (text.includes(':') ? text.split(':').reduce((sum, part) => 60 * sum + Number(part), 0) : numberIn(text));
const percent = (share: number): string => `${Math.round(100 * share)} %`;
const seconds = (wait: number): string => (wait < 59.5 ? `${Math.round(wait)} s` : new Date(Math.round(wait) * 1_000).toISOString().slice(14, 19));

/** Presses "Simular" and waits for the answer to what is asked now. */
async function simulate(): Promise<void> {
  const answered = diego.waitForResponse((response) => response.url().endsWith('/api/what-if'));
  await diego.getByRole('button', { name: 'Simular' }).click();
  assert.equal((await answered).status(), 200);
  await diego.locator('.results:not(.old)').waitFor();
}

describe('[issue 3] "What if" beside a real day', () => {
  it('opens on yesterday, with what happened: the figures that a count of the journal gives', async () => {
    diego = await signIn(browser, product, 'supervisor');
    const { items } = await ask<{ items: QueueView[] }>(diego, 'GET', '/api/queues');
    ventas = items.find(({ name }) => name === 'Ventas')!;
    counted = countCalls(events, ventas.queueId, ventas.serviceLevelThresholdMs / 1_000, ZONE);
    assert.ok(counted.offered > 100 && counted.abandoned > 0.02 && counted.serviceLevel < 0.98, `a day on which something happened: ${JSON.stringify(counted)}`);
    await diego.getByRole('link', { name: '¿Y si…?' }).click();
    await diego.getByLabel(/^Cola/).selectOption('Ventas');
    await diego.getByRole('button', { name: 'Un día real', pressed: true }).waitFor();
    const day = diego.getByLabel(/^Día/);
    assert.equal(await day.inputValue(), DATE);
    assert.match(await day.locator('option:checked').innerText(), new RegExp(`· ${counted.offered} llamadas$`));
    await chart('Ocupación').waitFor();
    const { statuses } = await ask<{ statuses: { statusId: string; takesQueueWork: boolean }[] }>(diego, 'GET', '/api/session');
    const available = statuses.find(({ takesQueueWork }) => takesQueueWork)!.statusId;
    const shown = { serviceLevel: await real('Nivel de servicio'), wait: await real('Espera media'), abandoned: await real('Abandono'), occupancy: await real('Ocupación') };
    assert.deepEqual(shown, { serviceLevel: percent(counted.serviceLevel), wait: seconds(counted.waitSeconds), abandoned: percent(counted.abandoned), occupancy: percent(countOccupancy(events, available)) });
  });

  it('has each half hour of it, to the last call', async () => {
    const rows = diego.locator('.half-hours tbody tr');
    const calls = new Map<string, number>();
    for (const row of await rows.all()) {
      const time = await row.getByRole('rowheader').innerText();
      const number = Number(await row.getByLabel(`Llamadas, ${time}`).inputValue());
      if (number > 0) calls.set(time, number);
    }
    assert.deepEqual(calls, new Map([...counted.calls].sort()));
    const { whole } = await ask<RealDay>(diego, 'GET', `/api/what-if/days/${DATE}?queueId=${ventas.queueId}`);
    assert.equal(whole.calls, counted.offered);
    for (const [name, by] of [['serviceLevel', counted.serviceLevel], ['waitSeconds', counted.waitSeconds], ['abandoned', counted.abandoned]] as const) assert.ok(Math.abs(whole[name]! - by) < 1e-9, `${name}: ${whole[name]} and counted ${by}`);
  });

  it('simulates it as it was: bands beside what happened, of about as many calls', async () => {
    await simulate();
    for (const name of FIGURES) {
      assert.match(await chart(name).locator('.now').innerText(), /\d.*entre .*\d.* y .*\d/s);
      assert.match(await real(name), /^\d/);
    }
    assert.match(await real('Nivel de servicio'), new RegExp(`^${percent(counted.serviceLevel)}$`));
    const [, days, calls] = /(\d+) días simulados, ([\d.\s]+) llamadas/.exec(await diego.locator('.verdict').innerText())!;
    const perDay = Number(calls!.replace(/\D/g, '')) / Number(days);
    assert.ok(Math.abs(perDay / counted.offered - 1) < 0.08, `${perDay} simulated and ${counted.offered} real calls a day`);
  });

  it('shows what twice the after-service time would do: agents are busier', async () => {
    const asItWas = await simulated('Ocupación');
    const field = diego.getByLabel('Posllamada media (s)');
    await field.fill(String(2 * Number(await field.inputValue())));
    await diego.getByText('Hay cambios sin simular').waitFor();
    await simulate();
    assert.ok((await simulated('Ocupación')) > asItWas, `${await simulated('Ocupación')} after ${asItWas}`);
    assert.equal(await real('Nivel de servicio'), percent(counted.serviceLevel));
  });

  it('shows what one more agent would do: customers wait less', async () => {
    const before = await simulated('Espera media');
    await diego.getByRole('button', { name: 'Un agente más' }).click();
    await simulate();
    assert.ok((await simulated('Espera media')) < before, `${await simulated('Espera media')} after ${before}`);
  });

  it('shows another queue that its agents serve, with charts of its own', async () => {
    await diego.getByLabel('Los agentes atienden otra cola').check();
    await simulate();
    await diego.getByRole('heading', { name: 'La otra cola' }).waitFor();
    for (const name of FIGURES) {
      const own = chart(name, diego.getByRole('region', { name: 'La otra cola' }));
      assert.match(await own.locator('.now').innerText(), /^\d.*entre .*\d.* y .*\d/s);
      assert.match((await own.locator('path.band').getAttribute('d'))!, /^M/);
      assert.equal(await own.locator('.was').count(), 0, 'nothing is known of a queue that is not there');
    }
  });

  it('says the same in English', async () => {
    await diego.getByRole('button', { name: /Estado de Diego/ }).click();
    await diego.getByRole('menuitemradio', { name: 'English' }).click();
    await diego.keyboard.press('Escape');
    await diego.getByRole('button', { name: 'A real day', pressed: true }).waitFor();
    assert.match(await chart('Service level').locator('.now').innerText(), /What happened.*\d+ %/s);
    await diego.getByRole('heading', { name: 'The other queue' }).waitFor();
    await diego.getByText(/20 simulated days, [\d,]+ calls/).waitFor();
  });
});
