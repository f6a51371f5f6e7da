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
} as const;
export type IdKind = keyof typeof ID_PREFIX;

export type AccountId = Id<'account'>;
export type UserId = Id<'user'>;
export type GroupId = Id<'group'>;
export type DeviceId = Id<'device'>;
export type ContactId = Id<'contact'>;
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

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** @param entropy 10 bytes. The same instant and bytes give the same id, so that a replay draws what the first run drew. */
export function formatId(of: IdKind, at: number, entropy: Uint8Array): string {
  let chance = '';
  for (let bits = 0, held = 0, i = 0; i < entropy.length; i++) {
    held = ((held << 8) | entropy[i]!) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      chance += ALPHABET[(held >> bits) & 31]!;
    }
  }
  return `${ID_PREFIX[of]}_${timePart(at)}${chance}`;
}

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
