import { spawnSync, type SpawnOptions } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { PostgresUnavailable } from './postgres-binaries.ts';

/** How a PostgreSQL program is called so that it does not find itself to be root, which it refuses. */
export interface Identity {
  readonly kind: 'self' | 'user-namespace' | 'nobody';
  /** Who owns the data folder, as seen from here. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  wrap(program: string, args: readonly string[]): { readonly command: string; readonly args: string[]; readonly options: SpawnOptions };
}

/**
 * An ordinary user runs PostgreSQL as itself. Root runs it in a user namespace, where root outside is an ordinary user
 * inside: no user is created, nothing changes owner, and a project folder of mode 0700 stays reachable. Where namespaces are
 * forbidden (some containers) it becomes `nobody`, if that user can reach the programs.
 */
export function chooseIdentity(postgres: string): Identity {
  if (process.platform === 'win32' || process.getuid?.() !== 0) return self();
  const user = ordinaryUser();
  const namespace = ['--user', `--map-user=${user.uid}`, `--map-group=${user.gid}`];
  if (spawnSync('unshare', [...namespace, postgres, '--version']).status === 0) {
    return {
      kind: 'user-namespace',
      uid: 0,
      gid: 0,
      wrap: (program, args) => ({ command: 'unshare', args: [...namespace, ...dieWithParent(), program, ...args], options: {} }),
    };
  }
  if (spawnSync(postgres, ['--version'], { uid: user.uid, gid: user.gid }).status === 0) {
    return {
      kind: 'nobody',
      uid: user.uid,
      gid: user.gid,
      wrap: (program, args) => ({ command: program, args: [...args], options: { uid: user.uid, gid: user.gid } }),
    };
  }
  throw new PostgresUnavailable(
    `PostgreSQL refuses to run as root, user namespaces are not allowed here, and the user ${user.name} cannot reach ${path.dirname(postgres)}. Start as an ordinary user, or set DATABASE_URL.`,
  );
}

function self(): Identity {
  const prefix = dieWithParent();
  return {
    kind: 'self',
    uid: process.getuid?.(),
    gid: process.getgid?.(),
    wrap: (program, args) =>
      prefix.length === 0
        ? { command: program, args: [...args], options: {} }
        : { command: prefix[0]!, args: [...prefix.slice(1), program, ...args], options: {} },
  };
}

/** A uid without an entry in /etc/passwd will not do: "could not look up effective user ID". */
function ordinaryUser(): { name: string; uid: number; gid: number } {
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
    .filter((user) => user.uid > 0);
  const found = users.find((user) => user.name === 'nobody') ?? users[0];
  if (!found) throw new PostgresUnavailable('PostgreSQL refuses to run as root and this system knows no other user. Set DATABASE_URL.');
  return found;
}

let parentDeath: string[] | undefined;

/** With util-linux the server is told to stop when our process is killed outright, instead of staying behind alone. */
function dieWithParent(): string[] {
  parentDeath ??= spawnSync('setpriv', ['--pdeathsig', 'INT', 'true']).status === 0 ? ['setpriv', '--pdeathsig', 'INT'] : [];
  return parentDeath;
}
