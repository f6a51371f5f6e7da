import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { codeFindings } from './code-rules.ts';
import type { Finding } from './finding.ts';
import { deadFindings, rootFindings } from './house-rules.ts';
import { applyRatchet, tighten } from './ratchet.ts';
import { textFindings } from './text-rules.ts';

const limits = { fileLines: 10, functionLines: 3 };
const moduleOf = (file: string, text: string) => ({ file, imports: [], syntax: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true) });
const rulesIn = (file: string, text: string) => codeFindings(moduleOf(file, text), limits).map(({ rule }) => rule);
const DOMAIN = 'server/src/capabilities/calls/domain/call.ts';

describe('tidy', () => {
  it('keeps time, chance and timers out of domains, and only there', () => {
    const text = 'Date.now(); Math.random(); setTimeout(f, 1); new Date(); new Date(5); facts.chance();';
    expect(rulesIn(DOMAIN, text)).toEqual(['no-ambient', 'no-ambient', 'no-ambient', 'no-ambient']);
    expect(rulesIn('server/src/floor/timers.ts', text)).toEqual([]);
    expect(rulesIn(DOMAIN.replace('.ts', '.test.ts'), text)).toEqual([]);
  });

  it('finds swallowed failures, prints and tests that were left out', () => {
    expect(rulesIn('server/src/a.ts', 'try { f() } catch {}')).toEqual(['no-swallowed']);
    expect(rulesIn('server/src/a.ts', 'p.catch(() => {}); q.catch(() => undefined); r.catch(note);')).toEqual(['no-swallowed', 'no-swallowed']);
    expect(rulesIn('server/src/a.ts', 'console.log(1)')).toEqual(['no-console']);
    expect(rulesIn('tools/a/main.ts', 'console.log(1)')).toEqual([]);
    expect(rulesIn('server/src/a.test.ts', 'it.only("x", f); describe.skip("y", f); test("z", f);')).toEqual(['no-focused-tests', 'no-focused-tests']);
  });

  it('measures functions and files', () => {
    const long = 'function f() {\n1;\n2;\n3;\n}\n';
    expect(codeFindings(moduleOf('server/src/a.ts', long), limits)[0]).toMatchObject({ rule: 'function-length', measured: { key: 'server/src/a.ts#f', value: 5 } });
    expect(rulesIn('server/src/a.test.ts', long)).toEqual([]);
    expect(rulesIn('server/src/a.ts', '\n'.repeat(11))).toEqual(['file-length']);
    expect(rulesIn('server/src/a.ts', '\n'.repeat(10))).toEqual([]);
  });

  it('lets exceptions shrink and never grow', () => {
    const finding = (value: number): Finding => ({ rule: 'file-length', file: 'a.ts', line: 1, text: '', measured: { key: 'a.ts', value } });
    const ratchet = { 'file-length': { 'a.ts': 600 } };
    expect(applyRatchet([finding(600)], ratchet)).toEqual([]);
    expect(applyRatchet([finding(601)], ratchet).length).toBe(1);
    expect(applyRatchet([finding(590)], ratchet)[0]!.text).toContain('--tighten');
    expect(tighten([finding(590)], ratchet)).toEqual({ 'file-length': { 'a.ts': 590 } });
    expect(tighten([finding(650)], ratchet)).toEqual(ratchet);
    expect(tighten([], ratchet)).toEqual({ 'file-length': {} });
  });

  it('finds paths of one machine, promises and download addresses', () => {
    const rule = (file: string, text: string) => textFindings(file, text).map((finding) => finding.rule);
    expect(rule('docs/a.md', `see ${'/home'}/ana/x`)).toEqual(['no-machine-paths']);
    expect(rule('server/src/a.ts', `// ${'TO'}DO later`)).toEqual(['no-promises']);
    expect(rule('package-lock.json', `"${'resolved'}": "https://x"`)).toEqual(['no-download-addresses']);
    expect(rule('server/src/a.ts', "import './workspace/x.ts'; '/api/home/x'")).toEqual([]);
  });

  it('finds stray files in the root, and files that nothing uses', () => {
    expect(rootFindings(['kernel/a.ts', 'notes.txt'], ['kernel']).map(({ file }) => file)).toEqual(['notes.txt']);
    const modules = [moduleOf('server/src/main.ts', `fork('./worker.ts')`), moduleOf('server/src/worker.ts', ''), moduleOf('server/src/lost.ts', '')];
    expect(deadFindings('.', [], modules, ['**/main.ts']).map(({ file }) => file)).toEqual(['server/src/lost.ts']);
  });
});
