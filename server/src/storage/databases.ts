import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { type EmbeddedPostgres, socketUrl, startEmbeddedPostgres, SUPERUSER } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';
import { PostgresUnavailable } from './postgres-binaries.ts';
import { type DatabaseUrls, provisionEmbedded, provisionServer, refuseBypassingRoles, ROLES, setRolePasswords } from './roles.ts';

/** The database's name on the embedded server. */
const DATABASE = 'centralita';

export interface DatabaseChoice {
  /** The owner of a database of the operator's; left out, the embedded server is started. */
  readonly ownerUrl: string | undefined;
  readonly appUrl: string | undefined;
  readonly floorUrl: string | undefined;
  readonly dataDir: string;
  readonly socketDir: string;
  readonly secretsDir: string;
  readonly log: (line: string) => void;
}

export interface RunningDatabases {
  readonly urls: DatabaseUrls;
  /** Undefined with a server of the operator's. */
  readonly server: EmbeddedPostgres | undefined;
  stop(): Promise<void>;
}

/** Starts or reaches the server and makes sure of roles and database; the schema is the caller's next step. */
export async function openDatabases(choice: DatabaseChoice): Promise<RunningDatabases> {
  if (choice.ownerUrl !== undefined) return { urls: await serverUrls(choice, choice.ownerUrl), server: undefined, stop: async () => {} };
  const server = await startEmbeddedPostgres({ dataDir: choice.dataDir, socketDir: choice.socketDir, log: choice.log });
  try {
    await provisionEmbedded(server.url(SUPERUSER, 'postgres'), DATABASE);
    const urls = { owner: server.url(ROLES.owner, DATABASE), app: server.url(ROLES.app, DATABASE), floor: server.url(ROLES.floor, DATABASE) };
    return { urls, server, stop: () => server.stop() };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The owner's way into the embedded server that another process of ours is running. */
export const ownerUrlOfRunning = (socketDir: string): string => socketUrl(socketDir, ROLES.owner, DATABASE);

/** Migrates as the owner, then refuses program roles that could step around row-level security. @returns migrations applied now */
export async function prepareSchema(urls: DatabaseUrls): Promise<number[]> {
  const applied = await migrate(urls.owner);
  await refuseBypassingRoles(urls);
  return applied;
}

async function serverUrls(choice: DatabaseChoice, owner: string): Promise<DatabaseUrls> {
  const made = await provisionServer(owner);
  if (choice.appUrl !== undefined && choice.floorUrl !== undefined) return { owner, app: choice.appUrl, floor: choice.floorUrl };
  const file = path.join(choice.secretsDir, 'database.json');
  if (fs.existsSync(file)) return setRolePasswords(owner, passwords.parse(JSON.parse(fs.readFileSync(file, 'utf8'))));
  // Somebody else's roles: a new password would lock another Centralita on that server out.
  if (made.length < 2) {
    throw new PostgresUnavailable('The roles app and floor exist on this server, and their passwords are not in this data folder: name their logins in DATABASE_APP_URL and DATABASE_FLOOR_URL.');
  }
  const drawn = { app: randomBytes(24).toString('base64url'), floor: randomBytes(24).toString('base64url') };
  fs.writeFileSync(file, `${JSON.stringify(drawn)}\n`, { mode: 0o600 });
  return setRolePasswords(owner, drawn);
}

const passwords = z.object({ app: z.string(), floor: z.string() });
