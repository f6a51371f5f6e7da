import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage } from '@centralita/contract';
import type { Page } from 'playwright-core';
import { hearInPage, openBrowser, type TestBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { ask, becomeAvailable, signIn } from '../support/people.ts';
import { freePort } from '../support/ports.ts';
import { Product } from '../support/product.ts';

const CARLA_HZ = 1_900;

let folder: string;
let product: Product;
let browser: TestBrowser;
/** A carrier that answers every call and sends back what it hears. */
let carrier: ChildProcess;
let carrierPort: number;
let carla: Page;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-outgoing-'));
  carrierPort = await freePort();
  carrier = spawn('sipp', ['-sn', 'uas', '-rtp_echo', '-i', '127.0.0.1', '-p', String(carrierPort), '-mp', String(await freePort(5)), '-nostdin'], { cwd: folder, stdio: 'ignore' });
  product = await Product.start();
  browser = await openBrowser({ folder, hertz: CARLA_HZ });
});
after(async () => {
  carrier?.kill('SIGKILL');
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function dial(page: Page, number: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Número o extensión' }).fill(number);
  await page.keyboard.press('Enter');
}

describe('the keypad of the workspace softphone', () => {
  it('[S2.1, S2.12] calls a number outside through a trunk, with sound both ways', async () => {
    const fabian = await signIn(browser, product, 'administrator');
    await ask(fabian, 'POST', '/api/trunks', { name: 'Prueba', servers: [`sip:127.0.0.1:${carrierPort}`], addressRanges: [], keepAliveSeconds: 0, outbound: true });
    carla = await signIn(browser, product, 'agent');
    await becomeAvailable(carla);
    await dial(carla, '+34600000142');
    await carla.getByText('Hablando').first().waitFor();
    await eventually(async () => {
      const heard = await hearInPage(carla, [CARLA_HZ]);
      assert.ok(heard[CARLA_HZ]! > -60, `the carrier's echo is heard at ${heard[CARLA_HZ]} dB`);
    }, 30_000);
  });

  it('[S2.14, S2.15] leaves the status as it is and takes the capacity: the board shows one outgoing line', async () => {
    await carla.getByRole('button', { name: /Estado de Carla.*Disponible/s }).waitFor();
    const diego = await signIn(browser, product, 'supervisor');
    await diego.getByRole('link', { name: 'En vivo' }).click();
    await diego.getByRole('row', { name: /Carla.*Hablando/ }).waitFor();
    await eventually(async () => assert.match(await diego.locator('main').innerText(), /0 entrantes, 1 salientes?/));
    await diego.goto(`${product.address}/workspace`);
    await becomeAvailable(diego);
    await carla.getByRole('button', { name: 'Colgar' }).first().click();
    await carla.getByText('Todo listo para la próxima llamada').waitFor();
    await eventually(async () => {
      const { items } = await ask<ConversationPage>(carla, 'GET', '/api/conversations?mine=true');
      assert.deepEqual(items.map(({ direction, ending }) => [direction, ending]), [['outbound', 'answered']]);
    });
    await dial(carla, '202');
    await diego.getByRole('button', { name: /Contestar/ }).first().click();
    await carla.getByText('Hablando').first().waitFor();
    await diego.getByText('Hablando').first().waitFor();
    await diego.getByRole('button', { name: 'Colgar' }).first().click();
    await carla.getByText('Todo listo para la próxima llamada').waitFor();
  });

  it('[S2.12] a number that leads nowhere is refused with the reason', async () => {
    await dial(carla, '299');
    await carla.getByRole('alert').or(carla.getByRole('status')).filter({ hasText: /299|no existe|no se/i }).first().waitFor();
  });
});
