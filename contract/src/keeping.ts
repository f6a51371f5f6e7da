import { z } from 'zod';

const instant = z.number().int();
const id = z.string();
/** What a Date can hold. */
const moment = z.coerce.number().int().min(0).max(8.64e15);

/** Days. The journal's lower limit leaves time to look into a complaint; both end at ten years. */
export const retentionSettings = z.object({
  journalKeptDays: z.number().int().min(7).max(3_650),
  recordingsKeptDays: z.number().int().min(1).max(3_650),
});
export const retentionView = retentionSettings.extend({ version: z.number().int() });
export type RetentionView = z.infer<typeof retentionView>;

export const legalHoldRequest = z.object({ reason: z.string().trim().min(1).max(500) });
export const legalHoldView = z.object({ conversationId: id, reason: z.string(), placedBy: z.object({ userId: id, name: z.string() }), placedAt: instant });
export type LegalHoldView = z.infer<typeof legalHoldView>;
export const legalHoldList = z.object({ items: z.array(legalHoldView) });
/** With the recordings that the hold still found, and those deleted before it. */
export const legalHoldPlaced = legalHoldView.extend({ recordings: z.object({ kept: z.number().int(), deleted: z.number().int() }) });

export const auditFilter = z.object({
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  from: moment.optional(),
  to: moment.optional(),
  /** A person's id, or the name of the part of the program that acted by itself (`retention`). */
  actor: z.string().max(40).optional(),
  action: z.string().max(60).optional(),
  entity: z.string().max(40).optional(),
  entityId: z.string().max(60).optional(),
});
export type AuditFilter = z.infer<typeof auditFilter>;

/** Who did what, when, to what, and what it was before and after. Never changed, never deleted. */
export const auditEntry = z.object({
  id: z.number().int(),
  at: instant,
  /** `name` is null for parts of the program and for people who are gone. */
  actor: z.object({ id: z.string(), name: z.string().nullable() }),
  action: z.string(),
  entity: z.string().nullable(),
  entityId: z.string().nullable(),
  /** JSON, as it was written; null when there was nothing. */
  before: z.unknown(),
  after: z.unknown(),
  requestId: z.string().nullable(),
  address: z.string().nullable(),
});
export const auditPage = z.object({ items: z.array(auditEntry), nextCursor: z.string().nullable() });
