import type { AccountId, Result } from '@centralita/kernel';
import type { ConfigurationChange } from '../domain/floor-configuration.ts';

/** A connection inside a transaction of one account. */
export interface Sql {
  query<Row>(text: string, values?: readonly unknown[]): Promise<{ readonly rows: Row[]; readonly rowCount: number }>;
}

/** Who changes: a user's id, or the name of the part of the program that acts by itself. */
export interface Editor {
  readonly account: AccountId;
  readonly actor: string;
  readonly requestId: string | null;
}

type WithoutPosition<Change> = Change extends unknown ? Omit<Change, 'position'> : never;
/** What the floor is told: the whole new value of an entity, or null. */
export type FloorChange = WithoutPosition<ConfigurationChange>;

export interface AuditNote {
  /** Past tense: `queue-changed`. */
  readonly action: string;
  readonly entity: string;
  readonly entityId: string;
  /** Never secrets. */
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface Edit<Value> {
  readonly value: Value;
  readonly audit: readonly AuditNote[];
  readonly floor: readonly FloorChange[];
}

/** Why a change of configuration is not made, in words of the error catalogue. */
export interface ConfigurationRefusal {
  readonly code: 'not-found' | 'version-conflict' | 'name-taken' | 'in-use' | 'invalid-input' | 'flow-invalid' | 'forbidden' | 'not-allowed-now';
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

/**
 * The one way configuration changes: `work` writes the rows, and the audit rows and the floor's outbox rows that it names are
 * written in the same transaction. A refusal rolls everything back.
 */
export type ChangeConfiguration = <Value>(editor: Editor, work: (sql: Sql) => Promise<Result<Edit<Value>, ConfigurationRefusal>>) => Promise<Result<Value, ConfigurationRefusal>>;

export type ReadConfiguration = <Value>(account: AccountId, work: (sql: Sql) => Promise<Value>) => Promise<Value>;
