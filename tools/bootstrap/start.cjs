// npm start: makes sure of everything that the program needs, says what it is doing meanwhile, and runs it.
'use strict';
const { spawn } = require('node:child_process');
const path = require('node:path');
const { ROOT, ensureInstalled, ensureWebBuilt, fail, findNode } = require('./install.cjs');

const COMMANDS = ['all-in-one', 'credentials', 'backup', 'restore', 'replay'];

const args = process.argv.slice(2);
const command = COMMANDS.includes(args[0]) ? args.shift() : 'all-in-one';
const helpOnly = args.includes('--help') || args.includes('-h');

ensureInstalled();
const node = findNode();
if (command === 'all-in-one' && !helpOnly && !ensureWebBuilt(node)) fail('The web application could not be built; see above.');

const child = spawn(node, [path.join(ROOT, 'server/src/main.ts'), command, ...args], { stdio: 'inherit' });
// The program stops in its own order; this process only waits for it, and passes on what it is told.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => fail(`${node} could not be started: ${error.message}`));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? code : 1;
});
