import { mkdir } from 'node:fs/promises';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type Page } from 'playwright-core';
import { preview } from 'vite';
import { serve, type FakeRegistrar, type Scene } from './fake-server.ts';
import { scenes } from './scenes.ts';

/** `node web/src/testing/pictures.ts FOLDER [names…]`: a picture of every screen and what axe says of it. Needs a fresh build, in DIST if not in dist. */
const [folder = 'pictures', ...only] = process.argv.slice(2);
/** Both themes, both languages, phone, middle and wide, without every product of them. `LOOKS=all` takes them all, `LOOKS=one` the first. */
const every = ['light', 'dark'].flatMap((theme) => ['es', 'en'].flatMap((language) => [1440, 900, 400].map((width) => [theme, language, width] as const)));
const some = [['light', 'es', 1440], ['dark', 'en', 1440], ['light', 'en', 400], ['dark', 'es', 400], ['light', 'es', 900]] as const;
const looks = process.env['LOOKS'] === 'all' ? every : process.env['LOOKS'] === 'one' ? some.slice(0, 1) : some;
await mkdir(folder, { recursive: true });
const dist = process.env['DIST'];
const server = await preview({ root: new URL('../..', import.meta.url).pathname, ...(dist ? { build: { outDir: dist } } : {}), preview: { port: 4179, strictPort: false }, logLevel: 'error' });
const address = server.resolvedUrls?.local[0] ?? 'http://localhost:4179/';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'] });
let faults = 0;
try {
  for (const scene of scenes) {
    if (only.length > 0 && !only.includes(scene.name)) continue;
    for (const [theme, language, width] of looks) faults += await picture(browser, scene, theme, language, width);
  }
} finally {
  await browser.close();
  await server.close();
}
console.log(faults === 0 ? 'axe found nothing' : `axe found ${faults}`);
process.exit(faults === 0 ? 0 : 1);

export interface NamedScene extends Scene {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page, sip: FakeRegistrar) => Promise<void>;
  readonly ready: string;
}

async function picture(chrome: Browser, scene: NamedScene, theme: string, language: string, width: number): Promise<number> {
  const context = await chrome.newContext({ viewport: { width, height: width === 400 ? 860 : 900 }, locale: language, permissions: ['microphone'], reducedMotion: 'reduce', serviceWorkers: 'block' });
  await context.addInitScript(({ theme, language }) => {
    localStorage.setItem('centralita.theme', theme);
    localStorage.setItem('centralita.language', language);
  }, { theme, language });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`${scene.name}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) console.log(`${scene.name}: ${message.text()}`);
  });
  const { sip } = await serve(page, scene);
  await page.goto(new URL(scene.path, address).href);
  await page.waitForSelector(scene.ready, { timeout: 10_000 }).catch((error: Error) => console.log(`${scene.name} ${width}: ${error.message.split('\n')[0]}`));
  await page.waitForTimeout(350);
  await scene.act?.(page, sip);
  await page.waitForTimeout(150);
  await page.screenshot({ path: `${folder}/${scene.name}-${theme}-${language}-${width}.png` });
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
  for (const { id, nodes } of violations) console.log(`${scene.name} ${theme} ${language} ${width}: ${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).slice(0, 3).join(' | ')}`);
  await context.close();
  return violations.length;
}
