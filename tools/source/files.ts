import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

const NEVER = new Set(['node_modules', '.git', 'dist', 'data']);

/** Files of the repository as paths with `/`, committed or about to be; what .gitignore names stays out. */
export function listFiles(root: string): readonly string[] {
  const git = spawnSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
  // Outside a clone (a source archive) there is no git to ask.
  const files = git.status === 0 && git.stdout !== '' ? git.stdout.split('\0').filter((file) => file !== '') : walk(root, '');
  return files.filter((file) => fs.existsSync(path.join(root, file))).sort();
}

function walk(root: string, folder: string): string[] {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (NEVER.has(entry.name)) return [];
    return entry.isDirectory() ? walk(root, name) : [name];
  });
}

export const isTypeScript = (file: string): boolean => /\.(ts|tsx)$/.test(file) && !file.endsWith('.d.ts');

export const isTest = (file: string): boolean => /\.(test|e2e|long)\.tsx?$/.test(file);

/** Tests and what only they use; they look into everything they test. */
export const isForTests = (file: string): boolean => isTest(file) || file.includes('/testing/');
