import { WEBHOOK_DELIVERY_STATES, WEBHOOK_EVENTS, WEBHOOK_FAILURES, WEBHOOK_STOPS } from '@centralita/kernel';
import { z } from 'zod';

const instant = z.number().int();
const count = z.number().int();

export const webhookSettings = z.object({
  /** `https://` to anywhere in the open; `http://` and private addresses only where the operator allowed them. */
  url: z.string().max(2_000).regex(/^https?:\/\/[^\s]+$/),
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1),
  /** While it is not, nothing is sent, and what happens meanwhile never will be. */
  active: z.boolean().default(true),
});
/** Whether it is active is said each time: one that was stopped meanwhile does not begin again by itself. */
export const webhookChange = webhookSettings.extend({ active: z.boolean() });
export type WebhookSettings = z.infer<typeof webhookSettings>;

export const webhookView = webhookSettings.extend({
  webhookId: z.string(),
  version: z.number().int(),
  /** Set: nothing is sent until somebody makes it active again. */
  stopped: z.enum(WEBHOOK_STOPS).nullable(),
  /** Since when no attempt has come through; null: the last one did. */
  failingSince: instant.nullable(),
  /** Nothing is sent before, since several rounds in a row have failed. */
  backoffUntil: instant.nullable(),
  /** Messages that will be tried (again), and those that were given up and wait to be sent again. */
  waiting: count,
  dead: count,
});
export type WebhookView = z.infer<typeof webhookView>;
export const webhookList = z.object({ items: z.array(webhookView) });
export type WebhookList = z.infer<typeof webhookList>;

/** Shown once: `whsec_` and 32 bytes in base 64. */
export const webhookSecret = z.object({ secret: z.string() });
export const webhookCreated = webhookView.extend(webhookSecret.shape);

export const webhookDeliveryFilter = z.object({
  cursor: z.string().max(40).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  state: z.enum(WEBHOOK_DELIVERY_STATES).optional(),
});
export type WebhookDeliveryFilter = z.infer<typeof webhookDeliveryFilter>;

export const webhookDeliveryView = z.object({
  /** The receiver's `webhook-id`. */
  deliveryId: z.string(),
  type: z.string(),
  conversationId: z.string().nullable(),
  /** Grows with each event of the account: of two messages about one conversation, the higher is the later. */
  revision: z.number().int(),
  occurredAt: instant,
  state: z.enum(WEBHOOK_DELIVERY_STATES),
  attempts: count,
  lastAttemptAt: instant.nullable(),
  /** What the receiver answered; null when it never did. */
  lastStatus: z.number().int().nullable(),
  lastFailure: z.enum(WEBHOOK_FAILURES).nullable(),
  /** When it is tried again; null when it will not be. */
  dueAt: instant.nullable(),
});
export type WebhookDeliveryView = z.infer<typeof webhookDeliveryView>;
export const webhookDeliveryPage = z.object({ items: z.array(webhookDeliveryView), nextCursor: z.string().nullable() });
export type WebhookDeliveryPage = z.infer<typeof webhookDeliveryPage>;

/** One message again, whatever became of it; or all that were given up whose events happened at or after a moment. */
export const webhookResend = z.discriminatedUnion('which', [
  z.object({ which: z.literal('message'), deliveryId: z.string().max(40) }),
  z.object({ which: z.literal('dead'), occurredSince: z.number().int().min(0).max(8.64e15) }),
]);
export const webhookResent = z.object({ messages: count });
