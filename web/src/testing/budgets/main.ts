import { gzipSync } from 'node:zlib';
import { parseArgs } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { preview } from 'vite';
import { agent, board, manyAgents, NOW, session, totals } from '../cast.ts';
import { serve, type Scene } from '../fake-server.ts';

/**
 * `node web/src/testing/budgets/main.ts`: the two budgets of design 10 that are the browser's, on a fresh build (`--dist DIR`, else dist):
 * script of the first load of the workspace, until its phone is registered and nothing more is asked for; and long tasks while a
 * board of 500 people updates four times a second. `--slow N` slows the processor N times, to see what is near the edge.
 */
const { values } = parseArgs({ options: { dist: { type: 'string' }, slow: { type: 'string', default: '1' }, updates: { type: 'string', default: '40' }, people: { type: 'string', default: '500' } } });
const FIRST_LOAD_BYTES = 250_000;
const UPDATE_MS = 250;
const CHANGED_EACH = 100;

const server = await preview({ root: new URL('../../..', import.meta.url).pathname, build: { outDir: values.dist ?? 'dist' }, preview: { port: 4189, strictPort: false }, logLevel: 'error' });
const address = server.resolvedUrls?.local[0] ?? 'http://localhost:4189/';
const chrome = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'] });
try {
  const bytes = await firstLoad(chrome);
  console.log(`first load of the workspace: ${(bytes / 1_000).toFixed(1)} kB of script, gzip (budget ${FIRST_LOAD_BYTES / 1_000})`);
  const long = await longTasks(chrome);
  console.log(`board of ${values.people}, ${values.updates} updates of ${CHANGED_EACH}: ${long.length} tasks over 50 ms${long.length > 0 ? `: ${long.map((ms) => Math.round(ms)).join(', ')} ms` : ''} (budget 0)`);
  process.exitCode = bytes > FIRST_LOAD_BYTES || long.length > 0 ? 1 : 0;
} finally {
  await chrome.close();
  await server.close();
}
process.exit();

async function firstLoad(browser: Browser): Promise<number> {
  const page = await browser.newPage({ locale: 'es' });
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.endsWith('.js')) bodies.push(response.body());
  });
  await serve(page, { session: session('agent'), me: { agent: agent() } });
  await page.goto(new URL('/workspace', address).href);
  await page.waitForSelector('.dock-state.good');
  await page.waitForLoadState('networkidle');
  const sizes = (await Promise.all(bodies)).map((body) => gzipSync(body).length);
  await page.close();
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function longTasks(browser: Browser): Promise<readonly number[]> {
  const scene: Scene = { session: session('supervisor'), me: { agent: agent({ userId: 'usr_diego' }) }, board: board({}, manyAgents(Number(values.people))) };
  const page = await browser.newPage({ locale: 'es', viewport: { width: 1440, height: 900 } });
  const { feed } = await serve(page, scene);
  await page.goto(new URL('/live', address).href);
  await page.waitForSelector('.people [role=row] .who');
  await page.waitForLoadState('networkidle');
  if (Number(values.slow) > 1) await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: Number(values.slow) });
  // Only what begins from here on: opening the screen has a budget of its own.
  await page.evaluate(() => {
    const found: number[] = [];
    Object.assign(window, { found });
    new PerformanceObserver((list) => found.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  });
  const people = manyAgents(Number(values.people));
  const activities = ['talking', 'idle', 'after-service', 'holding', 'offered'] as const;
  for (let update = 1; update <= Number(values.updates); update++) {
    const now = NOW + update * UPDATE_MS;
    const changed = Object.fromEntries(
      Array.from({ length: CHANGED_EACH }, (_, index) => {
        const person = people[(update * 37 + index * 5) % people.length]!;
        return [`agent:${person.userId}`, { ...person, activity: activities[(update + index) % activities.length]!, since: now, answeredToday: update }];
      }),
    );
    feed()!.send(JSON.stringify({ type: 'change', topic: 'board', position: update + 1, now, changed: { ...changed, totals: totals({ waiting: update % 7 }) }, removed: [] }));
    await page.waitForTimeout(UPDATE_MS);
  }
  // The last update was drawn: what was sent is what is on the screen.
  await page.waitForFunction((waiting) => document.querySelector('.fig.wait .v, .fig:nth-child(2) .v')?.textContent === String(waiting), Number(values.updates) % 7);
  const found = await page.evaluate(() => (window as unknown as { found: number[] }).found);
  await page.close();
  return found;
}
