import type { AccountId } from '@centralita/kernel';
import { invariant } from '@centralita/kernel';
import pg from 'pg';

export type Pool = pg.Pool;
/** A connection inside a transaction, or one that a pool lent. */
export type Connection = Pick<pg.ClientBase, 'query'>;

export interface PoolOptions {
  /** Connections at most. The embedded server takes 80 in all. */
  readonly max?: number;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  /** A statement that takes longer is cancelled; 0: none is. Reports that may run long ask for their own pool. */
  readonly statementTimeoutMs?: number;
  /** Its statements are few, prepared and repeated for ever: planned once, instead of once in each run. */
  readonly planOnce?: boolean;
  /** A connection broke while no query ran on it (the server restarted). The pool makes a new one by itself. */
  readonly onBreak?: (error: Error) => void;
}

/**
 * bigint columns (positions, epochs, counts) arrive as numbers: none of ours comes near 2^53. `timestamptz` arrives as Date.
 */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, (text: string) => {
  const value = Number(text);
  invariant(Number.isSafeInteger(value), `a bigint beyond 2^53 was read: ${text}`);
  return value;
});

/** A server that hangs does not even cancel: so long after it should have, nobody waits any more. */
const HANGS_AFTER_MS = 2_000;

export function openPool(url: string, options: PoolOptions = {}): Pool {
  const statementTimeoutMs = options.statementTimeoutMs ?? 30_000;
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: options.max ?? 10,
    application_name: options.name ?? 'centralita',
    statement_timeout: statementTimeoutMs,
    ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + HANGS_AFTER_MS }),
    idle_in_transaction_session_timeout: 60_000,
    ...(options.planOnce && { options: '-c plan_cache_mode=force_generic_plan' }),
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  // Without listeners a restart of the server would end the process: the pool watches the connections it holds, not those it
  // has lent. Whoever uses a lent one hears of it from the next query.
  const onBreak = options.onBreak ?? (() => {});
  pool.on('error', onBreak);
  pool.on('connect', (client) => client.on('error', onBreak));
  return pool;
}

/** One connection of its own with the same reading of types, for LISTEN and for the launcher's questions. */
export const openConnection = (url: string, name = 'centralita'): pg.Client =>
  new pg.Client({ connectionString: url, types, application_name: name, connectionTimeoutMillis: 5_000, keepAlive: true });

/**
 * Runs `work` in a transaction that may see and write the rows of one account only. The account ends with the transaction, so
 * a connection that goes back to the pool carries none.
 */
export function inAccount<T>(pool: Pool, account: AccountId, work: (connection: Connection) => Promise<T>): Promise<T> {
  return transaction(pool, `begin; select set_config('centralita.account', ${pg.escapeLiteral(account)}, true)`, work);
}

/** As `inAccount`, reading only, and every statement of it sees the rows as they were at its first: for what takes several to read. */
export function inAccountAsOfOneMoment<T>(pool: Pool, account: AccountId, work: (connection: Connection) => Promise<T>): Promise<T> {
  return transaction(pool, `begin isolation level repeatable read read only; select set_config('centralita.account', ${pg.escapeLiteral(account)}, true)`, work);
}

/** A transaction without an account: `app` sees no account's rows in it, `floor` sees every account's. */
export function inTransaction<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  return transaction(pool, 'begin', work);
}

async function transaction<T>(pool: Pool, begin: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    // When even the rollback fails, the connection is gone: it is thrown away, and the server rolls back by itself. One that hangs
    // would hang in the rollback too.
    if (isReadTimeout(error)) broken = error;
    else await client.query('rollback').catch((rollback: Error) => (broken = rollback));
    throw error;
  } finally {
    client.release(broken);
  }
}

const isReadTimeout = (error: unknown): error is Error => error instanceof Error && error.message === 'Query read timeout';

/** The SQLSTATE of a failure that the server reported; undefined for anything else (a broken connection, a bug). */
export function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}
