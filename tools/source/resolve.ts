import fs from 'node:fs';
import path from 'node:path';

/** A workspace: its name for the others, its folder, what it declares. */
export interface Workspace {
  readonly name: string;
  readonly folder: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly declared: ReadonlySet<string>;
}

export type Target =
  | { readonly kind: 'file'; readonly file: string; readonly relative: boolean }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'builtin' }
  /** Neither a file nor an export of a workspace. */
  | { readonly kind: 'missing' };

export function readWorkspaces(root: string): readonly Workspace[] {
  const { workspaces = [] } = readJson(path.join(root, 'package.json')) as { workspaces?: string[] };
  return workspaces
    .filter((folder) => fs.existsSync(path.join(root, folder, 'package.json')))
    .map((folder) => {
      const manifest = readJson(path.join(root, folder, 'package.json')) as Record<string, Record<string, string>> & { name: string };
      return { name: manifest.name, folder, exports: manifest['exports'] ?? {}, declared: readDeclared(path.join(root, folder)) };
    });
}

/** Packages that a folder's package.json names. */
export function readDeclared(folder: string): ReadonlySet<string> {
  const manifest = readJson(path.join(folder, 'package.json')) as Record<string, Record<string, string>>;
  const parts = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return new Set(parts.flatMap((part) => Object.keys(manifest[part] ?? {})));
}

/** Where an import leads, without asking Node: what is not written in full is a mistake here. */
export function resolveImport(root: string, workspaces: readonly Workspace[], from: string, specifier: string): Target {
  if (specifier.startsWith('node:')) return { kind: 'builtin' };
  if (specifier.startsWith('.')) {
    const file = path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier.split('?')[0]!));
    return fs.existsSync(path.join(root, file)) ? { kind: 'file', file, relative: true } : { kind: 'missing' };
  }
  const name = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  const workspace = workspaces.find((one) => one.name === name);
  if (!workspace) return { kind: 'package', name };
  const file = exported(workspace, `.${specifier.slice(name.length)}`);
  return file !== undefined && fs.existsSync(path.join(root, file)) ? { kind: 'file', file, relative: false } : { kind: 'missing' };
}

function exported({ folder, exports }: Workspace, subpath: string): string | undefined {
  for (const [pattern, target] of Object.entries(exports)) {
    if (pattern === subpath) return path.posix.join(folder, target);
    const [head, tail] = pattern.split('*');
    if (tail === undefined || !subpath.startsWith(head!) || !subpath.endsWith(tail)) continue;
    return path.posix.join(folder, target.replace('*', subpath.slice(head!.length, subpath.length - tail.length)));
  }
  return undefined;
}

const readJson = (file: string): unknown => JSON.parse(fs.readFileSync(file, 'utf8'));
