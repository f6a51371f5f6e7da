// Shared by the two bootstraps. Nothing but Node's own modules, and nothing newer than Node 18: this runs before anything is
// installed, on whatever Node the machine has.
'use strict';
const { createHash } = require('node:crypto');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '../..');
const LOCK = path.join(ROOT, 'package-lock.json');
const STAMP = path.join(ROOT, 'node_modules', '.centralita-installed');
/** From here on Node runs TypeScript as it is. */
const OLDEST_NODE = [22, 18];

/** Runs `npm ci` when node_modules is missing or not what package-lock.json says; offline when there is nothing to do. */
function ensureInstalled() {
  const wanted = createHash('sha256').update(fs.readFileSync(LOCK)).digest('hex');
  if (read(STAMP) === wanted) return;
  if (!matchesLock()) {
    console.log('Installing what Centralita needs (npm ci; once, a minute or two)…');
    const npm = process.env.npm_execpath;
    const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
    const how = { cwd: ROOT, stdio: 'inherit' };
    const result = npm && /\.c?js$/.test(npm) ? spawnSync(process.execPath, [npm, ...args], how) : spawnSync('npm', args, { ...how, shell: process.platform === 'win32' });
    if (result.status !== 0) fail('npm ci did not succeed; see above. It needs the network the first time.');
  }
  fs.writeFileSync(STAMP, wanted);
}

/** npm writes down what it installed; somebody may have run `npm ci` or `npm install` by hand. */
function matchesLock() {
  const installed = read(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (installed === undefined) return false;
  const have = JSON.parse(installed).packages;
  const want = JSON.parse(fs.readFileSync(LOCK, 'utf8')).packages;
  return Object.keys(want).every((where) => {
    const one = want[where];
    if (!where.includes('node_modules/') || one.link) return true;
    // Optional packages of other systems are rightly absent, and so is what only they need.
    if (have[where] === undefined) return one.optional === true && !isForThisSystem(one);
    return have[where].version === one.version && fs.existsSync(path.join(ROOT, where));
  });
}

function isForThisSystem(one) {
  const names = (list, value) => Array.isArray(list) && list.includes(value);
  // Packages built for musl name their libc, and npm leaves them out on glibc.
  return names(one.os, process.platform) && names(one.cpu, process.arch) && (one.libc === undefined || one.libc.includes('glibc'));
}

/** The Node to run everything with: the one npm brought, else this one if it is new enough. */
function findNode() {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const brought = path.join(ROOT, 'node_modules', `node-${system}-${process.arch}`, 'bin', name);
  if (fs.existsSync(brought)) {
    // A tarball unpacked without modes, or with `--ignore-scripts` on some systems.
    if (process.platform !== 'win32' && (fs.statSync(brought).mode & 0o111) === 0) fs.chmodSync(brought, 0o755);
    return brought;
  }
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return process.execPath;
  return fail(`This is Node ${process.versions.node}, and npm brings none for ${process.platform} on ${process.arch}: install Node ${OLDEST_NODE.join('.')} or later.`);
}

/** What web/dist was built from; a change of any of it makes a new build. */
function webSources() {
  const hash = createHash('sha256');
  for (const part of ['package-lock.json', 'web', 'contract/src', 'kernel/src']) {
    for (const file of filesBelow(path.join(ROOT, part))) {
      const stat = fs.statSync(file);
      hash.update(`${path.relative(ROOT, file)} ${stat.size} ${stat.mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function filesBelow(where) {
  if (!fs.existsSync(where)) return [];
  if (!fs.statSync(where).isDirectory()) return [where];
  const entries = fs.readdirSync(where).filter((name) => name !== 'node_modules' && name !== 'dist');
  return entries.sort().flatMap((name) => filesBelow(path.join(where, name)));
}

/** @returns {boolean} whether the web application is there, up to date */
function ensureWebBuilt(node) {
  const stamp = path.join(ROOT, 'web', 'dist', '.built-from');
  const wanted = webSources();
  if (read(stamp) === wanted) return true;
  console.log('Building the web application…');
  const vite = require.resolve('vite/package.json', { paths: [path.join(ROOT, 'web')] });
  const result = spawnSync(node, [path.join(path.dirname(vite), 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], { cwd: path.join(ROOT, 'web'), stdio: 'inherit' });
  if (result.status !== 0) return false;
  fs.writeFileSync(stamp, wanted);
  return true;
}

function read(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
}

function fail(line) {
  console.error(line);
  return process.exit(1);
}

module.exports = { ROOT, ensureInstalled, ensureWebBuilt, fail, findNode };
