// npm test: everything that continuous integration runs. The last line is always "N passed, N failed".
'use strict';
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT, ensureInstalled, ensureWebBuilt, fail, findNode } = require('./install.cjs');

/** Debian's programs for the tests, and how to see that each is there. */
const DEBIAN = [
  { package: 'chromium', file: '/usr/bin/chromium' },
  { package: 'sip-tester', file: '/usr/bin/sipp' },
  { package: 'baresip-core', file: '/usr/bin/baresip' },
  { package: 'coturn', file: '/usr/bin/turnserver' },
  { package: 'espeak-ng', file: '/usr/bin/espeak-ng' },
  { package: 'sox', file: '/usr/bin/sox' },
  { package: 'postgresql-15', file: '/usr/lib/postgresql/15/bin/postgres' },
];

const long = process.argv.includes('--long');

ensureInstalled();
ensureDebianPackages();
const node = findNode();
const environment = { ...process.env, PATH: [path.join(ROOT, 'node_modules', '.bin'), path.dirname(node), process.env.PATH].join(path.delimiter) };
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'centralita-test-'));

const totals = { passed: 0, failed: 0 };
const summary = [];
step('types', () => checked(() => run(bin('typescript', 'tsc'), ['-p', 'tsconfig.json']) && run(bin('typescript', 'tsc'), ['-p', 'web/tsconfig.json']) && run(bin('typescript', 'tsc'), ['-p', 'e2e/tsconfig.json'])));
step('lint', () => checked(() => run(bin('eslint', 'eslint'), ['.'])));
step('boundaries', () => checked(() => run('tools/check-boundaries/main.ts', [])));
step('tidy', () => checked(() => run('tools/tidy/main.ts', [])));
step('tests', () => vitest('pure', ['--project', 'pure']));
step('database tests', () => vitest('database', ['--project', 'database']));
// One file at a time: they keep to the clock (audio every 20 ms), and two cores are soon full.
step('telephony tests', () => vitest('rtc', ['--project', 'rtc', '--no-file-parallelism']));
step('database tests on PostgreSQL 15', () => vitest('postgres-15', ['--project', 'database'], { CENTRALITA_TEST_POSTGRES: '15' }));
step('web build', () => checked(() => ensureWebBuilt(node)));
step('end to end', endToEnd);

fs.rmSync(scratch, { recursive: true, force: true });
console.log(`\n${summary.join('\n')}`);
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exitCode = totals.failed > 0 ? 1 : 0;

function step(name, work) {
  console.log(`\n== ${name}`);
  const startedAt = Date.now();
  const { passed, failed } = work();
  totals.passed += passed;
  totals.failed += failed;
  summary.push(`${failed === 0 ? 'ok    ' : 'FAILED'} ${name} (${passed} passed, ${failed} failed, ${Math.round((Date.now() - startedAt) / 1000)} s)`);
}

/** A check counts as one test. */
function checked(work) {
  return work() ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

function run(script, args, more) {
  return spawnSync(node, [script, ...args], { cwd: ROOT, stdio: 'inherit', env: { ...environment, ...more } }).status === 0;
}

function vitest(name, args, more) {
  const report = path.join(scratch, `${name}.json`);
  const ok = run(bin('vitest', 'vitest'), ['run', ...args, '--reporter=default', '--reporter=json', `--outputFile=${report}`], more);
  if (!fs.existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests, numFailedTests } = JSON.parse(fs.readFileSync(report, 'utf8'));
  // A file that does not load, or an error outside any test, fails the run without a failed test.
  return { passed: numPassedTests, failed: ok ? numFailedTests : Math.max(1, numFailedTests) };
}

function endToEnd() {
  const report = path.join(scratch, 'e2e.json');
  const ok = run('tools/run-e2e/main.ts', ['--report', report, ...(long ? ['--long'] : [])]);
  if (!fs.existsSync(report)) return { passed: 0, failed: 1 };
  const { passed, failed } = JSON.parse(fs.readFileSync(report, 'utf8'));
  return { passed, failed: ok ? failed : Math.max(1, failed) };
}

/** A package's program, without the shell scripts in node_modules/.bin. */
function bin(name, program) {
  const file = require.resolve(`${name}/package.json`, { paths: [ROOT] });
  const { bin: programs } = JSON.parse(fs.readFileSync(file, 'utf8'));
  return path.join(path.dirname(file), typeof programs === 'string' ? programs : programs[program]);
}

function ensureDebianPackages() {
  const missing = DEBIAN.filter(({ file }) => !fs.existsSync(file)).map((one) => one.package);
  if (missing.length === 0) return;
  const canInstall = process.getuid && process.getuid() === 0 && fs.existsSync('/usr/bin/apt-get');
  if (!canInstall) fail(`The tests need these Debian packages: apt-get install --no-install-recommends ${missing.join(' ')}`);
  console.log(`Installing Debian packages for the tests: ${missing.join(' ')}`);
  const apt = (args) => spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
  apt(['update', '-q']);
  if (!apt(['install', '-y', '-q', '--no-install-recommends', ...missing])) fail(`apt-get could not install them: ${missing.join(' ')}`);
}
