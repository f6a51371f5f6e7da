import { z } from 'zod';

/** application/problem+json (RFC 9457) with our `code`; `pointer` is a JSON pointer to the field at fault. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  retryAfterSeconds: z.number().int().optional(),
});
export type Problem = z.infer<typeof problem>;

/** `storage` away: calls go on, decisions wait in the spool, history stands still. */
export const health = z.object({ status: z.literal('up'), storage: z.enum(['here', 'away']) });
