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
 * On a server of the operator's: `app` and `floor` with the given passwords, made by the role of DATABASE_URL, which needs
 * CREATEROLE only if they do not exist yet.
 */
export async function provisionServer(ownerUrl: string, passwords: { readonly app: string; readonly floor: string }): Promise<DatabaseUrls> {
  return withConnection(ownerUrl, async (connection) => {
    await requireVersion(connection);
    for (const role of [ROLES.app, ROLES.floor] as const) {
      try {
        await ensureRole(connection, role);
        await connection.query(`alter role ${role} password ${pg.escapeLiteral(passwords[role])}`);
      } catch (error) {
        throw new PostgresUnavailable(
          `The role of DATABASE_URL cannot make the role "${role}" (${(error as Error).message}). Give it CREATEROLE, or name logins of your own in DATABASE_APP_URL and DATABASE_FLOOR_URL.`,
        );
      }
    }
    return {
      owner: ownerUrl,
      app: urlFor(ownerUrl, ROLES.app, passwords.app),
      floor: urlFor(ownerUrl, ROLES.floor, passwords.floor),
    };
  });
}

/**
 * The second lock between accounts only holds for roles that cannot step around it.
 * @throws {PostgresUnavailable} when a role is a superuser, bypasses row-level security or owns the tables.
 */
export async function refuseBypassingRoles(urls: Pick<DatabaseUrls, 'app' | 'floor'>): Promise<void> {
  for (const [use, url] of Object.entries({ app: urls.app, floor: urls.floor })) {
    await withConnection(url, async (connection) => {
      await requireVersion(connection);
      const { rows } = await connection.query<{ role: string; bypasses: boolean; owns: boolean }>(`
        select current_user as role,
          exists (select from pg_roles r where (r.rolsuper or r.rolbypassrls) and pg_has_role(current_user, r.oid, 'member')) as bypasses,
          exists (select from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'member')) as owns`);
      const { role, bypasses, owns } = rows[0]!;
      if (!bypasses && !owns) return;
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

async function ensureRole(connection: Connection, role: string): Promise<void> {
  const { rowCount } = await connection.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await connection.query(`create role ${role} login nosuperuser nocreatedb nocreaterole`);
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
