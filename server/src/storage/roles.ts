import pg from 'pg';
import { openConnection, type Connection } from './pool.ts';
import { PostgresUnavailable } from './postgres-binaries.ts';

/** Logins of the program, made once per server. `owner` is whoever DATABASE_URL names; on the embedded server it is `owner`. */
export const ROLES = { owner: 'owner', app: 'app', floor: 'floor' } as const;

/** URLs of one database, by role. */
export interface DatabaseUrls {
  readonly owner: string;
  readonly app: string;
  readonly floor: string;
}

/** Oldest server the SQL is written for. */
const OLDEST_MAJOR_VERSION = 15;

/** On the embedded server, as its superuser: the three roles (no password: the socket is private) and the database. */
export async function provisionEmbedded(superuserUrl: string, database: string): Promise<void> {
  await withConnection(superuserUrl, async (connection) => {
    for (const role of Object.values(ROLES)) await ensureRole(connection, role);
    await ensureDatabase(connection, database);
  });
}

/**
 * On a server of the operator's: makes `app` and `floor`, which needs CREATEROLE the first time. The grants of the migrations name
 * these two, so logins of the operator's own have to be members of them.
 *
 * @returns the roles that were made now
 */
export function provisionServer(ownerUrl: string): Promise<string[]> {
  return withConnection(ownerUrl, async (connection) => {
    await requireVersion(connection);
    const made: string[] = [];
    for (const role of [ROLES.app, ROLES.floor]) {
      try {
        if (await ensureRole(connection, role)) made.push(role);
      } catch (error) {
        throw new PostgresUnavailable(`The role of DATABASE_URL cannot make the role "${role}" (${(error as Error).message}). Give it CREATEROLE, or make the roles app and floor yourself.`);
      }
    }
    return made;
  });
}

/** Lets `app` and `floor` sign in with these passwords. @returns the database's URLs by role */
export function setRolePasswords(ownerUrl: string, passwords: { readonly app: string; readonly floor: string }): Promise<DatabaseUrls> {
  return withConnection(ownerUrl, async (connection) => {
    for (const role of [ROLES.app, ROLES.floor] as const) await connection.query(`alter role ${role} login password ${pg.escapeLiteral(passwords[role])}`);
    return { owner: ownerUrl, app: urlFor(ownerUrl, ROLES.app, passwords.app), floor: urlFor(ownerUrl, ROLES.floor, passwords.floor) };
  });
}

/**
 * The second lock between accounts only holds for roles that cannot step around it.
 * @throws {PostgresUnavailable} when a role is a superuser, bypasses row-level security or owns the tables.
 */
export async function refuseBypassingRoles(urls: Pick<DatabaseUrls, 'app' | 'floor'>): Promise<void> {
  for (const use of [ROLES.app, ROLES.floor] as const) {
    const url = urls[use];
    await withConnection(url, async (connection) => {
      await requireVersion(connection);
      const { rows } = await connection.query<{ role: string; member: boolean; bypasses: boolean; owns: boolean }>(`
        select current_user as role, pg_has_role(current_user, '${use}', 'usage') as member,
          exists (select from pg_roles r where (r.rolsuper or r.rolbypassrls) and pg_has_role(current_user, r.oid, 'member')) as bypasses,
          exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'member')) as owns`);
      const { role, member, bypasses, owns } = rows[0]!;
      if (!bypasses && !owns) {
        if (member) return;
        throw new PostgresUnavailable(`The database role "${role}" (used as ${use}) has to be a member of the role ${use}: grant ${use} to "${role}".`);
      }
      throw new PostgresUnavailable(
        `The database role "${role}" (used as ${use}) ${bypasses ? 'can bypass row-level security' : 'owns the tables, so row-level security does not bind it'}: Centralita does not start with it.`,
      );
    });
  }
}

async function requireVersion(connection: Connection): Promise<void> {
  const { rows } = await connection.query<{ number: string }>(`select current_setting('server_version_num') as number`);
  const major = Math.floor(Number(rows[0]!.number) / 10_000);
  if (major < OLDEST_MAJOR_VERSION) throw new PostgresUnavailable(`The database server is PostgreSQL ${major}; Centralita needs ${OLDEST_MAJOR_VERSION} or later.`);
}

/** @returns whether it was made now */
async function ensureRole(connection: Connection, role: string): Promise<boolean> {
  const { rowCount } = await connection.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await connection.query(`create role ${role} login nosuperuser nocreatedb nocreaterole`);
  return rowCount === 0;
}

async function ensureDatabase(connection: Connection, database: string): Promise<void> {
  const { rowCount } = await connection.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) await connection.query(`create database ${pg.escapeIdentifier(database)} owner ${ROLES.owner}`);
}

function urlFor(ownerUrl: string, role: string, password: string): string {
  const url = new URL(ownerUrl);
  url.username = role;
  url.password = password;
  return url.href;
}

async function withConnection<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const client = openConnection(url, 'centralita-start');
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
