import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ConversationPage, ConversationView, QueueView } from '@centralita/contract';
import type { Page } from 'playwright-core';
import { Baresip } from '../support/baresip.ts';
import { hearInPage, openBrowser, type TestBrowser } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { ask, becomeAvailable, signIn } from '../support/people.ts';
import { Product } from '../support/product.ts';
import { readWav, toneOverTime } from '../support/wav.ts';

/** What Ana says into her phone, and Carla into her browser. The waiting music has no tone near either. */
const ANA_HZ = 1_000;
const CARLA_HZ = 1_900;
/** Tones are sent at 8,000; the browser's noise suppression takes a steady one down to some 800, codec noise is some tens. */
const CLEARLY = 300;
const NOT_AT_ALL = 100;

let folder: string;
let product: Product;
let browser: TestBrowser;
let carla: Page;
let diego: Page;
let ana: Baresip;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'centralita-call-'));
  product = await Product.start();
  browser = await openBrowser({ folder, hertz: CARLA_HZ });
});
after(async () => {
  await ana?.stop();
  await browser?.close();
  await product?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** How loud a tone was in the last second that Ana heard: the middle one of ten short looks, since a long one cancels itself where the phase jumps. */
const anaHears = (hertz: number): number => toneOverTime(ana.heard().subarray(-8_000), 8_000, hertz).sort((a, b) => a - b)[5] ?? 0;
const anaHearsSomething = (): number => {
  const heard = ana.heard().subarray(-8_000);
  return Math.sqrt(heard.reduce((sum, sample) => sum + sample * sample, 0) / heard.length);
};

describe("a customer's call reaches an agent's browser", () => {
  it('[S0.3, S0.13] the agent sees the Workspace and no other section', async () => {
    carla = await signIn(browser, product, 'agent');
    const sections = carla.getByRole('navigation', { name: 'Secciones' }).getByRole('link');
    assert.deepEqual(await sections.allInnerTexts(), ['Trabajo']);
    await carla.goto(`${product.address}/history`);
    await eventually(async () => assert.match(await carla.locator('main, body').first().innerText(), /no|permi|no se/i));
    await carla.goto(`${product.address}/workspace`);
    await becomeAvailable(carla);
  });

  it('[S4.12] the supervisor sees the agent free on the live board', async () => {
    diego = await signIn(browser, product, 'supervisor');
    await diego.getByRole('link', { name: 'En vivo' }).click();
    await diego.getByRole('row', { name: /Carla.*Libre/ }).waitFor();
  });

  it('[S0.5, S2.25] the call is greeted, chooses 1, waits with music and rings with what is known of the caller', async () => {
    ana = await Baresip.start({ folder: join(folder, 'ana'), user: '51999111222', hertz: ANA_HZ });
    ana.dial(`sip:100@127.0.0.1:${product.sipPort}`);
    await ana.told('CALL_ESTABLISHED');
    await eventually(() => assert.ok(anaHearsSomething() > 300, 'the greeting is heard'));
    ana.press('1');
    await carla.getByRole('button', { name: /Contestar/ }).first().waitFor();
    await carla.getByText('Ana Torres').first().waitFor();
    await carla.getByText('Menú: Ventas').waitFor();
    await carla.getByTestId('incoming-card').getByText('Cola Ventas').waitFor();
  });

  it('[S2.15, S2.21] both hear each other once it is answered', async () => {
    await carla.getByRole('button', { name: /Contestar/ }).first().click();
    await carla.getByText('Hablando').first().waitFor();
    await eventually(() => assert.ok(anaHears(CARLA_HZ) > CLEARLY, `Ana hears Carla at ${anaHears(CARLA_HZ)}`), 30_000);
    assert.ok(anaHears(ANA_HZ) < NOT_AT_ALL, 'Ana does not hear herself');
    await eventually(async () => {
      const heard = await hearInPage(carla, [ANA_HZ, CARLA_HZ]);
      assert.ok(heard[ANA_HZ]! > -45, `Carla hears Ana at ${heard[ANA_HZ]} dB`);
      assert.ok(heard[CARLA_HZ]! < heard[ANA_HZ]! - 20, 'Carla does not hear herself');
    }, 30_000);
  });

  it('[S4.12, S4.13, S4.14] the board shows the agent talking, nobody waiting and one line in use', async () => {
    await diego.getByRole('row', { name: /Carla.*Hablando/ }).waitFor();
    await eventually(async () => assert.match(await diego.locator('main').innerText(), /Líneas en uso\s*1/));
  });

  it('a held customer hears music and neither side hears the other', async () => {
    await carla.getByRole('button', { name: /Retener/ }).first().click();
    await carla.getByText('En retención').first().waitFor();
    await eventually(() => {
      assert.ok(anaHears(CARLA_HZ) < NOT_AT_ALL, 'nothing of Carla leaks');
      assert.ok(anaHearsSomething() > 150, 'music plays');
    });
    const heard = await hearInPage(carla, [ANA_HZ]);
    assert.ok(heard[ANA_HZ]! < -70, `Carla hears Ana at ${heard[ANA_HZ]} dB while she is held`);
    await carla.getByRole('button', { name: /Recuperar/ }).first().click();
    await eventually(() => assert.ok(anaHears(CARLA_HZ) > CLEARLY, `Ana hears Carla again at ${anaHears(CARLA_HZ)}`), 20_000);
  });

  it("the agent's digits reach the customer's phone", async () => {
    await carla.getByRole('button', { name: 'Teclado' }).first().click();
    await carla.getByRole('dialog').getByRole('button', { name: /^5/ }).click();
    await ana.told('CALL_DTMF_START');
    await carla.keyboard.press('Escape');
  });

  it('[S2.26, S2.27, S0.8] hanging up starts after-service: notes, tags and an outcome while its clock runs', async () => {
    await carla.getByRole('button', { name: 'Colgar' }).first().click();
    await ana.told('CALL_CLOSED');
    await carla.getByText(/Posllamada de/).first().waitFor();
    await carla.getByText(/Quedan 00:5\d/).first().waitFor();
    await carla.getByRole('textbox', { name: 'Notas de la conversación' }).fill('Pide brocas de 10 mm.');
    await carla.getByRole('button', { name: 'Etiqueta' }).click();
    await carla.getByRole('menuitem', { name: /herramientas/ }).or(carla.getByRole('option', { name: /herramientas/ })).first().click();
    await carla.getByLabel('Resultado').selectOption({ label: 'Venta cerrada' });
    await carla.getByText(/Guardadas/).waitFor();
    await carla.getByRole('button', { name: 'Terminar posllamada' }).last().click();
    await carla.getByText('Todo listo para la próxima llamada').waitFor();
    await diego.getByRole('row', { name: /Carla.*Libre/ }).waitFor();
  });

  it('the history has the call a moment later, with why this agent was chosen, and its recording on two channels', async () => {
    const conversation = await eventually(async () => {
      const { items } = await ask<ConversationPage>(diego, 'GET', '/api/conversations');
      assert.equal(items.length, 1);
      const view = await ask<ConversationView>(diego, 'GET', `/api/conversations/${items[0]!.conversationId}`);
      assert.equal(view.ending, 'answered');
      assert.equal(view.outcome, 'Venta cerrada');
      assert.deepEqual(view.tags, ['herramientas']);
      assert.equal(view.notes[0]?.text, 'Pide brocas de 10 mm.');
      assert.equal(view.recordings[0]?.state, 'ready');
      return view;
    });
    assert.equal(conversation.offers[0]?.agentName, 'Carla');
    await diego.goto(`${product.address}/history/${conversation.conversationId}`);
    await diego.getByText('Ofrecida a Carla').first().waitFor();
    await diego.getByText(/Se eligió a Carla/).first().waitFor();

    const { recordingId } = conversation.recordings[0]!;
    const { url } = await ask<{ url: string }>(diego, 'POST', `/api/conversations/${conversation.conversationId}/recordings/${recordingId}/link`);
    const bytes = await diego.evaluate(async (path) => [...new Uint8Array(await (await fetch(path)).arrayBuffer())], url);
    const file = join(folder, 'recording.wav');
    writeFileSync(file, Uint8Array.from(bytes));
    const { rate, channels } = readWav(file);
    assert.equal(channels.length, 2);
    // For half a second in all: the click of a hold or an answer has every frequency in it, for one look.
    const loudest = (channel: number, hertz: number) => toneOverTime(channels[channel]!, rate, hertz).sort((a, b) => b - a)[4] ?? 0;
    assert.ok(loudest(0, ANA_HZ) > CLEARLY, 'left: the customer');
    assert.ok(loudest(0, CARLA_HZ) < NOT_AT_ALL, 'left: nobody else');
    assert.ok(loudest(1, CARLA_HZ) > CLEARLY, 'right: the agent');
    assert.ok(loudest(1, ANA_HZ) < NOT_AT_ALL, 'right: nobody else');
  });

  it('its recording and its trace are downloaded from its page, the trace by an administrator alone', async () => {
    const downloaded = async (page: Page, button: string): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      const file = await download;
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
    };
    const recording = await downloaded(diego, 'Descargar');
    assert.match(recording.name, /^grabación \d{4}-\d{2}-\d{2} \d{2}\.\d{2}\.wav$/);
    assert.equal(recording.bytes.subarray(0, 4).toString('latin1'), 'RIFF');
    assert.equal(await diego.getByRole('button', { name: 'Traza técnica' }).count(), 0);

    const fabian = await signIn(browser, product, 'administrator');
    await fabian.goto(diego.url());
    const trace = await downloaded(fabian, 'Traza técnica');
    const { legs } = JSON.parse(trace.bytes.toString('utf8')) as { legs: { legId: string }[] };
    assert.equal(legs.length, 2, "Ana's leg and Carla's");
    assert.match(trace.bytes.toString('utf8'), /INVITE/);
    assert.doesNotMatch(trace.bytes.toString('utf8'), /51999111222/, 'no number of a person');
  });

  it('a screen that is switched to English names the statuses in English, the board too', async () => {
    await diego.goto(`${product.address}/live`);
    await carla.getByRole('button', { name: /Estado de Carla.*Disponible/s }).click();
    await carla.getByRole('menuitemradio', { name: /Almuerzo/ }).click();
    await diego.getByRole('row', { name: /Carla.*Almuerzo/ }).waitFor();
    await diego.getByRole('button', { name: /Estado de Diego/ }).click();
    await diego.getByRole('menuitemradio', { name: 'English' }).click();
    await diego.getByRole('row', { name: /Carla.*Lunch/ }).waitFor();
    await diego.getByRole('menuitemradio', { name: /^Lunch/ }).waitFor();
    await becomeAvailable(carla);
  });

  it("[S2.28] the queue's limit forces the agent out of after-service", async () => {
    const fabian = await signIn(browser, product, 'administrator');
    const queues = await ask<QueueView[] | { items: QueueView[] }>(fabian, 'GET', '/api/queues');
    const { queueId, version: _version, ...ventas } = ('items' in queues ? queues.items : queues).find(({ name }) => name === 'Ventas')!;
    await ask(fabian, 'PUT', `/api/queues/${queueId}`, { ...ventas, afterServiceLimitMs: 3_000 });
    await ana.stop();
    ana = await Baresip.start({ folder: join(folder, 'beto'), user: '51999333444', hertz: ANA_HZ });
    ana.dial(`sip:100@127.0.0.1:${product.sipPort}`);
    await ana.told('CALL_ESTABLISHED');
    await eventually(() => assert.ok(anaHearsSomething() > 300));
    ana.press('1');
    await carla.getByRole('button', { name: /Contestar/ }).first().click();
    await carla.getByText('Hablando').first().waitFor();
    ana.hangUp();
    await carla.getByText(/Posllamada de/).first().waitFor();
    await carla.getByText('Todo listo para la próxima llamada').waitFor();
  });
});
