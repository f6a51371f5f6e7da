import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Child } from './child.ts';

let scratch: string;
beforeAll(() => {
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'child-'));
});
afterAll(() => fs.rmSync(scratch, { recursive: true }));

/** A program in the place of main.ts that writes its number into the log, and lives until it is told to stop. */
function program(body: string): string {
  const file = path.join(scratch, `program-${body.length}.mjs`);
  const supervised = path.resolve(import.meta.dirname, 'supervised.ts');
  fs.writeFileSync(file, `import { runSupervised } from ${JSON.stringify(supervised)};\n${body}\n`);
  return file;
}

const LIVING = `runSupervised(async (settings) => {
  const beat = setInterval(() => {}, 1000);
  console.log('started ' + process.pid);
  return { ready: { echo: settings.word }, stop: async () => { clearInterval(beat); console.log('stopped ' + process.pid); } };
});`;

it('says when it is ready, comes back after a kill -9, and stops in good order', async () => {
  const lines: string[] = [];
  let heard: () => void = () => {};
  const child = new Child({
    role: 'control',
    settings: { word: 'hola' },
    logFile: path.join(scratch, 'log'),
    program: program(LIVING),
    log: (line) => {
      lines.push(line);
      heard();
    },
  });
  expect(await child.start()).toEqual({ echo: 'hola' });
  const first = child.pid!;
  const ended = new Promise<void>((resolve) => (heard = resolve));
  process.kill(first, 'SIGKILL');
  await ended;
  expect(lines[0]).toBe('control ended unexpectedly (SIGKILL); it starts again in 100 ms');
  await expect.poll(() => fs.readFileSync(path.join(scratch, 'log'), 'utf8').match(/started/g)?.length, { timeout: 10_000 }).toBe(2);
  const second = child.pid!;
  expect(second).not.toBe(first);
  await expect.poll(() => child.settled, { timeout: 10_000 }).toBe(true);
  await child.stop();
  expect(fs.readFileSync(path.join(scratch, 'log'), 'utf8')).toContain(`stopped ${second}`);
}, 30_000);

it('[fault row 1] is back at once however often it is killed', async () => {
  const lines: string[] = [];
  const child = new Child({ role: 'control', settings: { word: 'hola' }, logFile: path.join(scratch, 'log3'), program: program(LIVING), log: (line) => lines.push(line) });
  await child.start();
  for (let kill = 1; kill <= 5; kill++) {
    await expect.poll(() => child.settled, { timeout: 10_000 }).toBe(true);
    process.kill(child.pid!, 'SIGKILL');
    await expect.poll(() => lines.length, { timeout: 10_000 }).toBe(kill);
  }
  await child.stop();
  expect(lines.map((line) => Number(/again in (\d+) ms/.exec(line)?.[1]))).toEqual([100, 200, 400, 500, 500]);
}, 30_000);

it('fails the first start with the reason', async () => {
  const failing = `runSupervised(async () => { throw new Error('the port is taken'); });`;
  const child = new Child({ role: 'switch', settings: {}, logFile: path.join(scratch, 'log2'), program: program(failing), log: () => {} });
  await expect(child.start()).rejects.toThrow('the port is taken');
  await child.stop();
}, 30_000);
