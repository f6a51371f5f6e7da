import { LANGUAGES, LEG_CAUSES } from '@centralita/kernel';
import { z } from 'zod';
import type { Command } from '../../port/index.ts';
import type { ToSwitch } from '../../port/link.ts';

// Ids name files (recordings) and SIP labels, so their alphabet is closed.
const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const account = z.string().max(64);
const text = z.string().max(256);
/** What may stand in a SIP user part without escaping: digits, plus and extension characters. */
const dialable = z.string().regex(/^[0-9A-Za-z+*#._-]{1,64}$/);
// A line break inside would let a name add headers to a request.
const headerText = z.string().max(256).regex(/^[^\r\n\0]*$/);
const party = z.object({ number: headerText, name: headerText.optional() });
const legIds = z.array(id).max(64);
const target = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('device'), deviceId: id }),
  z.object({ kind: z.literal('number'), number: dialable, trunkIds: z.array(id).max(16) }),
]);
const language = z.enum(LANGUAGES);
const soundName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
const playItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('prompt'), name: soundName, language }),
  z.object({ kind: z.literal('number'), value: z.number().int().min(0).max(999_999), language }),
  z.object({ kind: z.literal('tone'), name: z.enum(['ringback', 'busy', 'congestion', 'beep']) }),
  z.object({ kind: z.literal('music'), name: soundName }),
  z.object({ kind: z.literal('silence'), durationMs: z.number().int().min(0).max(3_600_000) }),
  z.object({ kind: z.literal('file'), path: z.string().max(1_024) }),
]);
const device = z.object({
  deviceId: id,
  kind: z.enum(['browser', 'phone', 'guest']),
  username: z.string().regex(/^[A-Za-z0-9._~-]{1,64}$/),
  password: text,
  expiresAt: z.number().optional(),
  onlyNumber: dialable.optional(),
  contact: headerText.optional(),
});
const trunk = z.object({
  trunkId: id,
  name: text,
  profile: z.object({
    servers: z.array(headerText).max(16),
    addressRanges: z.array(z.string().max(64)).max(256),
    registration: z.object({ registrar: headerText, username: headerText, password: text, expiresSeconds: z.number().int().min(30).max(86_400) }).optional(),
    dialledFrom: z.enum(['request-uri', 'to', 'p-called-party-id']),
    callerFrom: z.enum(['from', 'p-asserted-identity']),
    numberFormat: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('e164') }),
      z.object({ kind: z.literal('digits') }),
      z.object({ kind: z.literal('national'), countryCode: z.string().regex(/^\d{1,4}$/), prefix: z.string().regex(/^\d{0,4}$/) }),
    ]),
    srtp: z.enum(['none', 'sdes']).optional(),
    channelLimit: z.number().int().min(0).max(100_000),
    keepAliveSeconds: z.number().int().min(0).max(3_600),
    outbound: z.boolean(),
  }),
});
const number = z.object({ number: dialable, trunkId: id.optional(), fallbackDeviceIds: z.array(id).max(32).optional(), openToLoopback: z.boolean().optional() });

const command = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('place-legs'),
    placementId: id,
    account,
    legs: z.array(z.object({ legId: id, target })).min(1).max(64),
    caller: party,
    ringTimeoutMs: z.number().int().min(1).max(3_600_000),
    labels: z.record(z.string().regex(/^[A-Za-z0-9-]{1,32}$/), headerText).optional(),
    onAnswer: z.object({ bridgeId: id }).optional(),
    earlyMediaTo: id.optional(),
    near: id.optional(),
  }),
  z.object({ type: z.literal('ring-leg'), legId: id }),
  z.object({ type: z.literal('answer-leg'), legId: id }),
  z.object({ type: z.literal('end-leg'), legId: id, cause: z.enum(LEG_CAUSES) }),
  z.object({ type: z.literal('connect'), bridgeId: id, account, legIds: legIds.min(1), endWhenAlone: legIds.optional() }),
  z.object({ type: z.literal('disconnect'), bridgeId: id, legIds }),
  z.object({ type: z.literal('hold-leg'), legId: id, music: z.boolean() }),
  z.object({ type: z.literal('resume-leg'), legId: id }),
  z.object({ type: z.literal('mute-leg'), legId: id, muted: z.boolean() }),
  z.object({ type: z.literal('send-digits'), legId: id, digits: z.string().regex(/^[0-9A-D*#]{1,64}$/) }),
  z.object({ type: z.literal('play'), playId: id, legId: id, items: z.array(playItem).min(1).max(64), loop: z.boolean().optional(), stopOnDigit: z.boolean().optional() }),
  z.object({ type: z.literal('stop-play'), playId: id }),
  z.object({ type: z.literal('start-recording'), recordingId: id, account, bridgeId: id, customerLegIds: legIds }),
  z.object({ type: z.literal('pause-recording'), recordingId: id }),
  z.object({ type: z.literal('resume-recording'), recordingId: id }),
  z.object({ type: z.literal('stop-recording'), recordingId: id }),
  z.object({ type: z.literal('monitor'), legId: id, bridgeId: id, mode: z.enum(['listen', 'whisper', 'barge']), agentLegId: id }),
  z.object({ type: z.literal('redirect-leg'), legId: id, target }),
  z.object({ type: z.literal('replace-leg'), oldLegId: id, newLegId: id }),
  z.object({ type: z.literal('provision-devices'), account, devices: z.array(device).max(10_000) }),
  z.object({ type: z.literal('remove-device'), account, deviceId: id }),
  z.object({ type: z.literal('provision-trunks'), account, trunks: z.array(trunk).max(1_000) }),
  z.object({ type: z.literal('provision-numbers'), account, numbers: z.array(number).max(10_000) }),
]);

const nat = z.number().int().min(0);
const envelope = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.literal(1), epoch: nat, committedSeq: nat }),
  z.object({ type: z.literal('command'), id: z.string().min(1).max(128), epoch: nat, command: z.unknown() }),
  z.object({ type: z.literal('acknowledge'), seq: nat }),
  z.object({ type: z.literal('snapshot-request'), id: z.string().max(128) }),
  z.object({ type: z.literal('trace-request'), id: z.string().max(128), legId: id }),
  z.object({ type: z.literal('take-calls'), taking: z.boolean() }),
  z.object({ type: z.literal('drain'), deadlineMs: nat }),
]);

/** A line from control, its command not yet looked into. */
export type Envelope = Exclude<ToSwitch, { type: 'command' }> | { readonly type: 'command'; readonly id: string; readonly epoch: number; readonly command?: unknown };

export function parseEnvelope(value: unknown): Envelope | undefined {
  const parsed = envelope.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** Where it is malformed: `path` names the field, never its value (it may be a number or a password). */
export function parseCommand(value: unknown): { readonly command: Command } | { readonly command?: undefined; readonly path: string } {
  const parsed = command.safeParse(value);
  return parsed.success ? { command: parsed.data } : { path: parsed.error.issues.map((issue) => issue.path.join('.') || issue.code).join(', ') };
}
