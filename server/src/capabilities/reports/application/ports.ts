import type { AccountId } from '@centralita/kernel';
import type { Draft, WrittenRows } from '../domain/projection/draft.ts';
import type { Needs } from '../domain/projection/project-turn.ts';

/** The projected tables. Everything of one `transaction` is there together with the position it reaches, or not at all. */
export interface ProjectionStore {
  /** The turn up to which the rows are complete; puts the rules as of then into the draft. */
  open(account: AccountId, draft: Draft): Promise<number>;
  transaction(account: AccountId, work: (rows: ProjectionRows) => Promise<void>): Promise<void>;
}

export interface ProjectionRows {
  /** Puts what the draft needs into it. Rows made before turn `frozenBefore` stay out: those turns are no longer in the journal. */
  lookUp(needs: Needs, draft: Draft, frozenBefore: number): Promise<void>;
  lookUpRules(draft: Draft): Promise<void>;
  /** Writes the rows, and that they are complete up to turn `seq`. */
  save(rows: WrittenRows, seq: number): Promise<void>;
  /**
   * Removes what the journal can make again.
   * @returns the first turn that the journal still has; undefined when it has none, and nothing was removed
   */
  clear(): Promise<number | undefined>;
}
