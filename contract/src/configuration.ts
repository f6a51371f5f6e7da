import { LANGUAGES, SELECTIONS } from '@centralita/kernel';
import { z } from 'zod';

const id = z.string().min(1).max(40);
const name = z.string().trim().min(1).max(80);

export const skillRequirement = z.object({ skillId: id, level: z.number().int().min(1).max(5) });

/** After this long waiting, the required skills are replaced by these (or by none). Steps are in growing `afterMs`. */
export const relaxingStep = z.object({ afterMs: z.number().int().min(1000), required: z.array(skillRequirement) });

export const overflowTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('queue'), queueId: id }),
  z.object({ kind: z.literal('message'), prompt: z.string() }),
]);

export const queueSettings = z.object({
  name,
  selection: z.enum(SELECTIONS).default('longest-idle'),
  requiredSkills: z.array(skillRequirement).max(20).default([]),
  preferredSkills: z.array(skillRequirement).max(20).default([]),
  relaxing: z.array(relaxingStep).max(10).default([]),
  priority: z.number().int().min(1).max(100).default(50),
  /** Points of priority gained per minute of waiting. */
  ageingPerMinute: z.number().min(0).max(100).default(1),
  ringTimeoutMs: z.number().int().min(5_000).max(120_000).default(20_000),
  maximumWaitMs: z.number().int().min(5_000).nullable().default(null),
  maximumSize: z.number().int().min(1).nullable().default(null),
  overflow: overflowTarget.default({ kind: 'message', prompt: 'closing' }),
  /** Null: nobody is forced out of after-service (S2.28). */
  afterServiceLimitMs: z.number().int().min(0).nullable().default(60_000),
  serviceLevelTarget: z.number().min(0).max(1).default(0.8),
  serviceLevelThresholdMs: z.number().int().min(1_000).default(20_000),
  shortAbandonMs: z.number().int().min(0).default(5_000),
  /** Position and estimated wait are said on entry and then every so often; 0: only music. */
  announceEveryMs: z.number().int().min(0).default(45_000),
  music: z.string().default('cord'),
  recorded: z.boolean().default(true),
  language: z.enum(LANGUAGES).default('es'),
});
export type QueueSettings = z.infer<typeof queueSettings>;

/** Agents of a queue, each with a priority (1 serves this queue first). */
export const queueMember = z.object({ userId: id, priority: z.number().int().min(1).max(10).default(1) });

export const queueView = queueSettings.extend({ queueId: id, members: z.array(queueMember), version: z.number().int() });
export type QueueView = z.infer<typeof queueView>;

export const skillView = z.object({ skillId: id, name, version: z.number().int() });
export const agentSkill = z.object({ skillId: id, level: z.number().int().min(1).max(5) });

export const promptItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prompt'), name: z.string() }),
  z.object({ kind: z.literal('silence'), durationMs: z.number().int().min(0).max(10_000) }),
  z.object({ kind: z.literal('tone'), name: z.enum(['ringback', 'busy', 'congestion', 'beep']) }),
]);

/** A flow is steps by id, each naming the next; published versions are never changed. */
export const flowStep = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('answer'), next: id }),
  z.object({ kind: z.literal('play'), items: z.array(promptItem).min(1), next: id }),
  z.object({
    kind: z.literal('menu'),
    items: z.array(promptItem).min(1),
    timeoutMs: z.number().int().min(1_000).max(60_000).default(6_000),
    attempts: z.number().int().min(1).max(5).default(3),
    options: z.record(z.string().regex(/^[0-9*#]$/), z.object({ label: name, next: id })),
    wrongKey: z.array(promptItem).default([{ kind: 'prompt', name: 'wrong-key' }]),
    /** Where it goes after the last attempt without a valid key. */
    otherwise: id,
  }),
  z.object({ kind: z.literal('queue'), queueId: id }),
  z.object({ kind: z.literal('hang-up') }),
]);
export type FlowStep = z.infer<typeof flowStep>;

export const flowDefinition = z.object({ name, language: z.enum(LANGUAGES), start: id, steps: z.record(id, flowStep) });
export type FlowDefinition = z.infer<typeof flowDefinition>;
export const flowView = flowDefinition.extend({ flowId: id, version: z.number().int() });

export const numberSettings = z.object({ number: z.string().regex(/^\+?[0-9]{2,15}$/), flowId: id, trunkId: id.nullable(), public: z.boolean().default(false) });
export const numberView = numberSettings.extend({ numberId: id, version: z.number().int() });

export const trunkSettings = z.object({
  name,
  servers: z.array(z.string().regex(/^sips?:/)).max(8),
  addressRanges: z.array(z.union([z.cidrv4(), z.cidrv6()])).max(64),
  registration: z.object({ registrar: z.string(), username: z.string(), password: z.string(), expiresSeconds: z.number().int().min(60).max(86_400) }).nullable().default(null),
  dialledFrom: z.enum(['request-uri', 'to', 'p-called-party-id']).default('request-uri'),
  callerFrom: z.enum(['from', 'p-asserted-identity']).default('from'),
  numberFormat: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('e164') }),
    z.object({ kind: z.literal('digits') }),
    z.object({ kind: z.literal('national'), countryCode: z.string(), prefix: z.string() }),
  ]).default({ kind: 'e164' }),
  /** Encrypted sound with keys in the signalling (RFC 4568), which then has to be over TLS. */
  srtp: z.enum(['none', 'sdes']).default('none'),
  channelLimit: z.number().int().min(1).max(10_000).default(30),
  keepAliveSeconds: z.number().int().min(0).max(3_600).default(60),
  outbound: z.boolean().default(false),
});
export type TrunkSettings = z.infer<typeof trunkSettings>;
export const trunkView = trunkSettings.extend({ trunkId: id, up: z.boolean().nullable(), version: z.number().int() });
