export { collectNews, type CollectDeps } from './application/collect-news.ts';
export type { Attempt, Delivery, DeliveryTable, Receiver, Webhook, WebhookDeps, WebhookTable } from './application/ports.ts';
export { sendDue, type SendDeps } from './application/send-due.ts';
export { WebhookLines, type WebhookLinesOptions } from './application/webhook-lines.ts';
export { ATTEMPTS_LIMIT, type Line, type Reply } from './domain/attempts.ts';
export { type Happened, happenedIn, revisionAfter } from './domain/webhook-events.ts';
