import path from 'node:path';
import ts from 'typescript';
import type { Module } from '../source/module.ts';
import { resolveImport, type Workspace } from '../source/resolve.ts';
import type { Finding } from './finding.ts';

export function rootFindings(files: readonly string[], allowed: readonly string[]): Finding[] {
  const entries = new Set(files.map((file) => file.split('/')[0]!));
  return [...entries].filter((entry) => !allowed.includes(entry)).map((entry) => ({ rule: 'root', file: entry, line: 1, text: 'does not belong in the root: it has a room, or goes into tools/tidy/rules.json' }));
}

/** Files that nothing imports, forks or names. Processes and workers are started by a file's name in a text. */
export function deadFindings(root: string, workspaces: readonly Workspace[], modules: readonly Module[], entries: readonly string[]): Finding[] {
  const alive = new Set<string>();
  const named = new Set<string>();
  for (const { file, imports, syntax } of modules) {
    for (const { specifier } of imports) {
      const target = resolveImport(root, workspaces, file, specifier);
      if (target.kind === 'file' && target.file !== file) alive.add(target.file);
    }
    for (const text of textsOf(syntax)) named.add(path.posix.basename(text));
  }
  const patterns = entries.map((entry) => new RegExp(`^${entry.replace(/[.+^$()|[\]\\]/g, '\\$&').replaceAll(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(.*/)?'))}$`));
  return modules
    .filter(({ file }) => !alive.has(file) && !named.has(path.posix.basename(file)) && !patterns.some((pattern) => pattern.test(file)))
    .map(({ file }) => ({ rule: 'dead-file', file, line: 1, text: 'nothing uses it: remove it' }));
}

function textsOf(syntax: ts.SourceFile): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    const isSpecifier = node.parent && (ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent));
    if (ts.isStringLiteralLike(node) && !isSpecifier && /\.tsx?$/.test(node.text)) texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(syntax);
  return texts;
}
