/** Ids are text: a kind's prefix, an underscore and 26 characters of Crockford base 32 (48 bits of time, 80 of chance; the ULID layout). */
declare const kind: unique symbol;
export type Id<Kind extends IdKind> = string & { readonly [kind]?: Kind };

export const ID_PREFIX = {
  account: 'acc',
  user: 'usr',
  group: 'grp',
  session: 'ses',
  device: 'dev',
  contact: 'con',
  contactSource: 'src',
  queue: 'que',
  skill: 'skl',
  status: 'sta',
  flow: 'flo',
  flowRun: 'frn',
  number: 'num',
  trunk: 'trk',
  leg: 'leg',
  bridge: 'brg',
  placement: 'plc',
  play: 'pla',
  call: 'cal',
  offer: 'off',
  waiting: 'wai',
  conversation: 'cnv',
  segment: 'seg',
  afterService: 'aft',
  recording: 'rec',
  effect: 'eff',
  timer: 'tim',
  note: 'not',
  request: 'req',
  personal: 'per',
  webhook: 'whk',
  webhookDelivery: 'msg',
} as const;
export type IdKind = keyof typeof ID_PREFIX;

export type AccountId = Id<'account'>;
export type UserId = Id<'user'>;
export type GroupId = Id<'group'>;
export type DeviceId = Id<'device'>;
export type ContactId = Id<'contact'>;
export type ContactSourceId = Id<'contactSource'>;
export type QueueId = Id<'queue'>;
export type SkillId = Id<'skill'>;
export type StatusId = Id<'status'>;
export type FlowId = Id<'flow'>;
export type FlowRunId = Id<'flowRun'>;
export type NumberId = Id<'number'>;
export type TrunkId = Id<'trunk'>;
export type LegId = Id<'leg'>;
export type BridgeId = Id<'bridge'>;
export type PlacementId = Id<'placement'>;
export type PlayId = Id<'play'>;
export type CallId = Id<'call'>;
export type OfferId = Id<'offer'>;
export type WaitingId = Id<'waiting'>;
export type ConversationId = Id<'conversation'>;
export type SegmentId = Id<'segment'>;
export type AfterServiceId = Id<'afterService'>;
export type RecordingId = Id<'recording'>;
export type EffectId = Id<'effect'>;
export type TimerId = Id<'timer'>;
export type PersonalRef = Id<'personal'>;
export type WebhookId = Id<'webhook'>;
export type WebhookDeliveryId = Id<'webhookDelivery'>;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const PAIRS: readonly string[] = Array.from({ length: 1_024 }, (_, bits) => ALPHABET[bits >> 5]! + ALPHABET[bits & 31]!);

/** @param entropy 10 bytes. The same instant and bytes give the same id, so that a replay draws what the first run drew. */
export function formatId(of: IdKind, at: number, entropy: Uint8Array): string {
  const [a, b, c, d, e, f, g, h, i, j] = entropy as unknown as [number, number, number, number, number, number, number, number, number, number];
  return `${ID_PREFIX[of]}_${timePart(at)}${eightLetters(a, b, c, d, e)}${eightLetters(f, g, h, i, j)}`;
}

/**
 * `formatId` of the first ten of the twelve bytes that three numbers of 32 bits hold, lowest first: a turn draws ids by the dozen, and
 * a buffer for each cost more than the id.
 */
export function formatIdOfWords(of: IdKind, at: number, first: number, second: number, third: number): string {
  const low = eightLetters(first & 255, (first >>> 8) & 255, (first >>> 16) & 255, first >>> 24, second & 255);
  const high = eightLetters((second >>> 8) & 255, (second >>> 16) & 255, second >>> 24, third & 255, (third >>> 8) & 255);
  return `${ID_PREFIX[of]}_${timePart(at)}${low}${high}`;
}

/** Five bytes, two letters for ten bits at a time. */
const eightLetters = (a: number, b: number, c: number, d: number, e: number): string => PAIRS[(a << 2) | (b >> 6)]! + PAIRS[((b & 63) << 4) | (c >> 4)]! + PAIRS[((c & 15) << 6) | (d >> 2)]! + PAIRS[((d & 3) << 8) | e]!;

/** When an id was drawn, in ms; NaN for what is no id. */
export function drawnAt(id: string): number {
  let at = 0;
  for (const letter of id.slice(id.indexOf('_') + 1).slice(0, TIME_LETTERS)) {
    const digit = ALPHABET.indexOf(letter);
    at = digit < 0 ? Number.NaN : at * 32 + digit;
  }
  return id.length - id.indexOf('_') - 1 === ID_LETTERS ? at : Number.NaN;
}

const TIME_LETTERS = 10;
const ID_LETTERS = 26;

let lastAt = -1;
let lastTime = '';

/** A turn draws a dozen ids of one instant. */
function timePart(at: number): string {
  if (at === lastAt) return lastTime;
  let time = '';
  for (let rest = at, i = 0; i < 10; i++) {
    time = ALPHABET[rest % 32]! + time;
    rest = Math.floor(rest / 32);
  }
  lastAt = at;
  lastTime = time;
  return time;
}

const ENTROPY_BYTES = 10;
/** Drawn for many ids at once: the system call costs more than the id. */
const pool = new Uint8Array(256 * ENTROPY_BYTES);
let used = pool.length;

/** A fresh id outside the domain (storage rows, requests). Inside a turn ids come from `Facts.draw`. */
export function randomId(of: IdKind, at: number = Date.now()): string {
  if (used === pool.length) {
    crypto.getRandomValues(pool);
    used = 0;
  }
  used += ENTROPY_BYTES;
  return formatId(of, at, pool.subarray(used - ENTROPY_BYTES, used));
}
