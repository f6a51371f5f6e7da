import fs from 'node:fs';
import path from 'node:path';
import { isTypeScript, listFiles } from '../source/files.ts';
import { readModule } from '../source/module.ts';
import { readWorkspaces } from '../source/resolve.ts';
import { codeFindings, type Limits } from './code-rules.ts';
import { describe } from './finding.ts';
import { deadFindings, rootFindings } from './house-rules.ts';
import { applyRatchet, type Ratchet, tighten } from './ratchet.ts';
import { isText, textFindings } from './text-rules.ts';

// Polices the source. --tighten makes the exceptions in ratchet.json as small as they can be.
const root = path.resolve(import.meta.dirname, '../..');
const ratchetFile = path.join(import.meta.dirname, 'ratchet.json');
const rules = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, 'rules.json'), 'utf8')) as Limits & { readonly rootEntries: string[]; readonly entries: string[] };
const ratchet = JSON.parse(fs.readFileSync(ratchetFile, 'utf8')) as Ratchet;

const files = listFiles(root);
const modules = files.filter(isTypeScript).map((file) => readModule(root, file));
const findings = [
  ...modules.flatMap((module) => codeFindings(module, rules)),
  ...files.filter(isText).flatMap((file) => textFindings(file, fs.readFileSync(path.join(root, file), 'utf8'))),
  ...rootFindings(files, rules.rootEntries),
  ...deadFindings(root, readWorkspaces(root), modules, rules.entries),
];

if (process.argv.includes('--tighten')) {
  fs.writeFileSync(ratchetFile, `${JSON.stringify(tighten(findings, ratchet), undefined, 2)}\n`);
} else {
  const problems = applyRatchet(findings, ratchet);
  for (const problem of problems) console.log(describe(problem));
  if (problems.length > 0) {
    console.log(`${problems.length} findings`);
    process.exitCode = 1;
  }
}
