import { LANGUAGES, ROLES } from '@centralita/kernel';
import { z } from 'zod';

export const signInRequest = z.object({ email: z.email().max(254), password: z.string().min(1).max(256) });
export type SignInRequest = z.infer<typeof signInRequest>;

/** `name` is in the person's language; `names` has all of them, for a screen that was switched to another. */
export const statusView = z.object({ statusId: z.string(), name: z.string(), names: z.record(z.enum(LANGUAGES), z.string()), icon: z.string(), takesQueueWork: z.boolean() });
export type StatusView = z.infer<typeof statusView>;

export const SECTIONS = ['workspace', 'live', 'reports', 'history', 'settings', 'billing'] as const;
export type Section = (typeof SECTIONS)[number];

/** GET /api/session: who I am, what I may see (S0.3: sections exactly those of the role), the words I choose from. */
export const sessionView = z.object({
  userId: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  language: z.enum(LANGUAGES),
  timeZone: z.string(),
  extension: z.string().nullable(),
  account: z.object({ accountId: z.string(), slug: z.string(), name: z.string(), timeZone: z.string(), simulated: z.boolean() }),
  sections: z.array(z.enum(SECTIONS)),
  permissions: z.array(z.string()),
  statuses: z.array(statusView),
  outcomes: z.array(z.string()),
  tags: z.array(z.string()),
  /** The account that lives by itself, when this person may open its board. */
  liveDemo: z.object({ available: z.boolean(), running: z.boolean() }),
});
export type SessionView = z.infer<typeof sessionView>;

/** POST /api/softphone/registration: a secret for this browser, until sign-out or `expiresAt`. */
export const softphoneRegistration = z.object({
  deviceId: z.string(),
  webSocketPath: z.string().describe('on the address the page came from, e.g. /sip'),
  sipDomain: z.string(),
  username: z.string(),
  password: z.string(),
  expiresAt: z.number().int(),
  iceServers: z.array(z.object({ urls: z.array(z.string()), username: z.string().optional(), credential: z.string().optional() })),
});
export type SoftphoneRegistration = z.infer<typeof softphoneRegistration>;

/** GET /api/public/:slug — what the call page shows before a call. */
export const callPage = z.object({ accountName: z.string(), open: z.boolean(), recordingNotice: z.boolean(), language: z.enum(LANGUAGES), numberShown: z.string().nullable() });
export type CallPage = z.infer<typeof callPage>;

/** POST /api/public/:slug/guest-calls: a credential for one call to the center's number, valid for 60 s. */
export const guestCall = softphoneRegistration.extend({ target: z.string().describe('the only number it may call') });
export type GuestCall = z.infer<typeof guestCall>;

export const statusChange = z.object({ statusId: z.string() });
export const digitsRequest = z.object({ digits: z.string().regex(/^[0-9*#A-D]{1,32}$/) });
export const feedTicket = z.object({
  ticket: z.string(),
  path: z.string(),
  /** A browser that loses its feed comes back after a random part of this, so that not all come at once. */
  reconnectSpreadMs: z.number().int().optional(),
});
