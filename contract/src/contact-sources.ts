import { z } from 'zod';

const id = z.string().min(1).max(40);
/** Without control characters, which PostgreSQL or a screen could not take, and halves of characters. */
const words = (most: number) => z.string().trim().min(1).max(most).regex(/^[^\p{Cc}\p{Cs}]*$/u, 'control characters are not accepted');

/** Another system that tells the center who its customers are. */
export const contactSourceRequest = z.object({ name: words(80) });
export const contactSourceView = contactSourceRequest.extend({ sourceId: id, createdAt: z.number().int(), version: z.number().int() });
export const contactSourceList = z.object({ items: z.array(contactSourceView) });
/** With what its messages are signed with (`whsec_…`): shown this once. */
export const contactSourceSecret = contactSourceView.extend({ secret: z.string() });

/** When it happened at the source, which decides between two changes of a contact; to the microsecond. */
const changedAt = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/, 'an instant is like 2026-11-23T08:46:02.120Z')
  .describe('ISO 8601 with its zone');
/** The contact's id at the source. */
const externalId = words(200);

/** POST /api/contact-sources/:sourceId/messages, with the headers of Standard Webhooks. What else a message has is left out. */
export const contactMessage = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('contact.changed'),
    timestamp: changedAt,
    /** The whole contact as it is now. Numbers are E.164. */
    data: z.object({ externalId, name: words(120), numbers: z.array(z.string().regex(/^\+[1-9][0-9]{6,14}$/, 'a number is + and 7 to 15 digits')).max(20) }),
  }),
  z.object({ type: z.literal('contact.removed'), timestamp: changedAt, data: z.object({ externalId }) }),
]);
export type ContactMessage = z.infer<typeof contactMessage>;
