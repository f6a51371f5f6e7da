import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage } from '@centralita/contract';
import type { Page } from 'playwright-core';
import { hearInPage, openBrowser, type TestBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { ask, becomeAvailable, signIn } from '../support/people.ts';
import { Product } from '../support/product.ts';

const GUEST_HZ = 1_000;
const CARLA_HZ = 1_900;

let folder: string;
let product: Product;
let staff: TestBrowser;
let outside: TestBrowser;
let guest: Page;
let carla: Page;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-guest-'));
  product = await Product.start();
  staff = await openBrowser({ folder, hertz: CARLA_HZ });
  // As a customer's browser is: nothing but the machine's own addresses to meet at.
  outside = await openBrowser({ folder, hertz: GUEST_HZ, loopback: false });
});
after(async () => {
  await staff?.close();
  await outside?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the public call page', () => {
  it('tells of the recording before it asks for the microphone, and calls with one button', async () => {
    carla = await signIn(staff, product, 'agent');
    await becomeAvailable(carla);
    guest = await outside.newPage();
    await guest.goto(`${product.address}/llamar/demo`);
    await guest.getByText('La llamada se graba').waitFor();
    await guest.getByRole('button', { name: /Llamar/ }).first().click();
    await guest.getByText('En llamada').waitFor();
  });

  it('[S0.5] reaches an agent through the menu by a key of the keyboard, and both hear each other', async () => {
    await guest.getByRole('button', { name: /^1/ }).first().waitFor();
    await guest.keyboard.press('1');
    await carla.getByTestId('incoming-card').getByRole('heading', { name: 'Visitante web' }).waitFor();
    await carla.getByRole('button', { name: /Contestar/ }).first().click();
    await carla.getByRole('heading', { name: 'Visitante web' }).waitFor();
    await eventually(async () => {
      const heard = await hearInPage(guest, [GUEST_HZ, CARLA_HZ]);
      assert.ok(heard[CARLA_HZ]! > -60 && heard[GUEST_HZ]! < heard[CARLA_HZ]! - 15, `the guest hears ${JSON.stringify(heard)}`);
    }, 30_000);
    await eventually(async () => {
      const heard = await hearInPage(carla, [GUEST_HZ, CARLA_HZ]);
      assert.ok(heard[GUEST_HZ]! > -60 && heard[CARLA_HZ]! < heard[GUEST_HZ]! - 15, `Carla hears ${JSON.stringify(heard)}`);
    }, 30_000);
  });

  it("ends for both when the guest hangs up, and is in the agent's own calls", async () => {
    await guest.getByRole('button', { name: 'Colgar' }).click();
    await carla.getByText(/Posllamada de/).first().waitFor();
    await eventually(async () => {
      const { items } = await ask<ConversationPage>(carla, 'GET', '/api/conversations?mine=true');
      assert.equal(items[0]?.ending, 'answered');
      assert.deepEqual(items[0]?.customer, { kind: 'web', number: '', name: null, contactId: null });
    });
    await carla.getByRole('link', { name: /Visitante web/ }).first().waitFor();
    assert.equal(await carla.getByText('Número oculto').count(), 0);
  });
});

describe('the live demo', () => {
  it('[S4.12, S4.13, S4.14] lives within a minute in an account of its own, marked as simulated', async () => {
    const elena = await signIn(staff, product, 'manager');
    await elena.getByRole('link', { name: 'En vivo' }).click();
    await elena.getByRole('switch', { name: 'Demo en vivo' }).click({ force: true });
    await elena.getByText('Simulada').first().waitFor();
    await elena.getByRole('row', { name: /Hablando/ }).first().waitFor({ timeout: 60_000 });
    const { items } = await ask<ConversationPage>(elena, 'GET', '/api/conversations');
    assert.equal(items.length, 1, 'the demo account keeps only real calls');
    await elena.getByRole('switch', { name: 'Demo en vivo' }).click({ force: true });
    await eventually(async () => assert.equal(await elena.getByRole('row', { name: /Hablando/ }).count(), 0));
  });
});
