import type { AccountId, ConversationId, Result, UserId } from '@centralita/kernel';
import type { ChangeConfiguration, ConfigurationRefusal, ReadConfiguration } from '../../accounts/index.ts';
import type { LegalHold, LegalHoldTable } from './ports.ts';

export interface LegalHoldDeps {
  readonly change: ChangeConfiguration;
  readonly read: ReadConfiguration;
  readonly legalHolds: LegalHoldTable;
}
interface Holder {
  readonly account: AccountId;
  readonly actor: UserId;
  readonly requestId: string;
}
/** With what the hold still finds: recordings that retention took before it are gone. */
export interface PlacedHold {
  readonly hold: LegalHold;
  readonly recordings: { readonly kept: number; readonly deleted: number };
}

/** From its answer on, retention leaves this conversation's recordings alone. Placing it again changes the reason. */
export function holdConversation(deps: LegalHoldDeps, holder: Holder, conversationId: ConversationId, reason: string): Promise<Result<PlacedHold, ConfigurationRefusal>> {
  return deps.change(holder, async (sql) => {
    await deps.legalHolds.lock(sql);
    if (!(await deps.legalHolds.conversationExists(sql, conversationId))) return { ok: false, refusal: { code: 'not-found' } };
    const before = await deps.legalHolds.find(sql, conversationId);
    await deps.legalHolds.place(sql, conversationId, reason, holder.actor);
    const hold = (await deps.legalHolds.find(sql, conversationId))!;
    const recordings = await deps.legalHolds.recordings(sql, conversationId);
    return {
      ok: true,
      value: { value: { hold, recordings }, audit: [{ action: before ? 'legal-hold-changed' : 'legal-hold-placed', entity: 'conversation', entityId: conversationId, before: before?.reason, after: reason }], floor: [] },
    };
  });
}

export function liftHold(deps: LegalHoldDeps, holder: Holder, conversationId: ConversationId): Promise<Result<undefined, ConfigurationRefusal>> {
  return deps.change(holder, async (sql) => {
    const before = await deps.legalHolds.find(sql, conversationId);
    if (!before) return { ok: false, refusal: { code: 'not-found' } };
    await deps.legalHolds.lift(sql, conversationId);
    return { ok: true, value: { value: undefined, audit: [{ action: 'legal-hold-lifted', entity: 'conversation', entityId: conversationId, before: before.reason }], floor: [] } };
  });
}
