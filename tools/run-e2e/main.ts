import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { countsIn, failuresIn, type Counts } from './counts.ts';

// Runs e2e/**/*.e2e.ts one file after another, each in its own process with a time limit: they share ports and a browser, and
// two cores. With --long also *.long.ts. Words on the command line choose files by a part of their path.
const MINUTE_MS = 60_000;
const LIMIT_MS = 10 * MINUTE_MS;
const LONG_LIMIT_MS = 40 * MINUTE_MS;

const root = path.resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({ allowPositionals: true, options: { long: { type: 'boolean' }, report: { type: 'string' } } });

const files = fs
  .globSync(values.long ? ['e2e/**/*.e2e.ts', 'e2e/**/*.long.ts'] : ['e2e/**/*.e2e.ts'], { cwd: root, exclude: (name) => name === 'node_modules' })
  .filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
  .sort();

const totals = { passed: 0, failed: 0 };
const failures: { readonly file: string; readonly why: string }[] = [];
for (const file of files) {
  const { passed, failed, why } = await runFile(file);
  totals.passed += passed;
  totals.failed += failed;
  if (failed > 0) failures.push({ file, why });
}
if (values.report) fs.writeFileSync(values.report, JSON.stringify(totals));
// Once more at the end: the reason is easily lost among what the other files print.
for (const { file, why } of failures) console.log(`\nfailed: ${file}\n${why}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;

async function runFile(file: string): Promise<Counts & { readonly why: string }> {
  console.log(`\n-- ${file}`);
  const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'e2e-'));
  const tap = path.join(scratch, 'result.tap');
  const limitMs = file.endsWith('.long.ts') ? LONG_LIMIT_MS : LIMIT_MS;
  const reporters = ['--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${tap}`];
  // In a group of its own, so that a run that hangs is ended with the browsers and phones it started.
  const child = spawn(process.execPath, ['--test', ...reporters, file], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const end = () => process.kill(-child.pid!, 'SIGKILL');
  const timer = setTimeout(() => {
    console.log(`${file} took longer than ${limitMs / MINUTE_MS} minutes and was ended`);
    end();
  }, limitMs);
  process.once('SIGINT', end);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  process.off('SIGINT', end);
  clearTimeout(timer);
  const result = fs.existsSync(tap) ? fs.readFileSync(tap, 'utf8') : '';
  fs.rmSync(scratch, { recursive: true, force: true });
  return { ...countsIn(result, code === 0), why: failuresIn(result) };
}
