import type { AccountId, Instant } from '@centralita/kernel';
import { offsetMs } from '../capabilities/reports/index.ts';
import { OperatorError } from '../config/operator-error.ts';
import type { AccountProgram } from '../floor/program.ts';
import { PastFloor, type ReplayDifference } from '../floor/replay.ts';
import { JournalPast } from '../storage/journal-past.postgres.ts';
import { type Connection, sqlState } from '../storage/pool.ts';
import type { FloorEvent, Input, World } from './account-program/index.ts';

export interface ReplayRequest {
  /** An account's id, or its name. */
  readonly account: string;
  readonly from: string;
  readonly to: string;
}

export interface ReplayResult {
  readonly account: AccountId;
  readonly timeZone: string;
  /** Turns that were decided anew and compared; those before them only brought the state to `from`. */
  readonly compared: number;
  readonly restored: number;
  readonly difference: ReplayDifference | undefined;
}

const UNDEFINED_TABLE = '42P01';

/**
 * Decides a range of an account's journal anew, from the state that was there before it, and stops at the first difference.
 * @param connection of the owner, or of the role `floor`; nothing is written
 * @throws {OperatorError} for an account, a date or a range that cannot be
 */
export async function replayJournal(connection: Connection, program: AccountProgram<World, Input, FloorEvent>, request: ReplayRequest): Promise<ReplayResult> {
  try {
    // All reads are of one moment: a running program goes on writing, and retention removing.
    await connection.query('begin isolation level repeatable read read only');
    return await replayIn(connection, program, request);
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) throw new OperatorError('This data was written by an older Centralita. Start this one on it once, then replay.');
    throw error;
  } finally {
    await connection.query('rollback');
  }
}

async function replayIn(connection: Connection, program: AccountProgram<World, Input, FloorEvent>, request: ReplayRequest): Promise<ReplayResult> {
  const { account, timeZone } = await accountNamed(connection, request.account);
  const [from, to] = [instantOf('from', request.from, timeZone), instantOf('to', request.to, timeZone)];
  if (from >= to) throw new OperatorError(`--from must be before --to (they are ${iso(from)} and ${iso(to)}).`);
  const past = new JournalPast(connection);
  const span = await past.spanOf(account);
  if (!span) throw new OperatorError(`The journal of ${request.account} has no turns.`);
  if (from > span.lastAt) throw new OperatorError(`The journal of ${request.account} ends at ${iso(span.lastAt)}, before --from.`);
  const beforeFirst = await past.lastSeqAt(account, from - 1, span);
  const last = await past.lastSeqAt(account, to, span);
  const state = await past.stateBefore(account, beforeFirst);
  const tooEarly = to < span.firstAt || (span.firstSeq > 1 && (from < span.firstAt || (state?.seq ?? 0) < span.firstSeq - 1));
  if (tooEarly) {
    const first = await past.firstMoment(account, span);
    throw new OperatorError(`The journal of ${request.account} is kept from ${iso(span.firstAt)} on${first > span.firstAt && first < Number.MAX_SAFE_INTEGER ? `, and can be replayed from ${iso(first)} on` : ''}: choose a later --from.`);
  }
  const floor = await PastFloor.from(program, account, state);
  let [compared, restored] = [0, 0];
  for await (const turn of past.turns(account, floor.seq, last)) {
    if (turn.seq <= beforeFirst) {
      floor.restore(turn);
      restored += 1;
      continue;
    }
    compared += 1;
    const difference = floor.compare(turn);
    if (difference) return { account, timeZone, compared, restored, difference };
  }
  return { account, timeZone, compared, restored, difference: undefined };
}

async function accountNamed(connection: Connection, named: string): Promise<{ readonly account: AccountId; readonly timeZone: string }> {
  const { rows } = await connection.query<{ account: string; name: string; time_zone: string }>('select account, name, time_zone from accounts order by name');
  const found = rows.filter(({ account, name }) => account === named || name === named);
  const known = rows.slice(0, 5).map(({ account, name }) => `${account} (${name})`).join(', ');
  if (found.length === 0) throw new OperatorError(`There is no account "${named}". ${rows.length === 0 ? 'There is none at all.' : `There ${rows.length === 1 ? 'is' : 'are'} ${known}${rows.length > 5 ? ` and ${rows.length - 5} more` : ''}.`}`);
  if (found.length > 1) throw new OperatorError(`Several accounts are called "${named}": name one by its id, ${found.map(({ account }) => account).join(' or ')}.`);
  return { account: found[0]!.account, timeZone: found[0]!.time_zone };
}

const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?(Z|[+-]\d{2}:\d{2})?$/;

/** @param text `2026-11-22`, `2026-11-22T10:00`, `2026-11-22T10:00:30.5`; in the account's zone, or with `Z` or an offset of its own */
function instantOf(option: string, text: string, timeZone: string): Instant {
  const [, date, time = '00:00', zone] = DATE.exec(text) ?? [];
  const utc = date === undefined ? Number.NaN : Date.parse(`${date}T${time}${zone ?? 'Z'}`);
  // `Date.parse` takes 30 February for 2 March.
  if (date === undefined || Number.isNaN(utc) || new Date(Date.parse(`${date}T00:00Z`)).toISOString().slice(0, 10) !== date) {
    throw new OperatorError(`--${option} must be a date and time like 2026-11-22T10:00 (the account's own zone, ${timeZone}) or 2026-11-22T15:00Z (it is "${text}").`);
  }
  if (zone !== undefined) return utc;
  return utc - offsetMs(utc - offsetMs(utc, timeZone), timeZone);
}

/** The lines a person reads: where it is, and both sides. References stand for numbers and names; configured values are left out. */
export function describeDifference(difference: ReplayDifference, timeZone: string): string {
  const { seq, at, input, writtenBy, replayedBy, part, index, counts, journaled, replayed } = difference;
  const where = part === 'outcome' ? 'what became of it' : `${part}, number ${index + 1} (${counts[0]} journaled, ${counts[1]} replayed)`;
  const versions = writtenBy === replayedBy ? [] : [`  The turn was decided by version ${writtenBy} of the deciders; these are version ${replayedBy}, which may decide otherwise on purpose.`];
  return [
    `First difference: turn ${seq}, ${iso(at)} (${new Date(at + offsetMs(at, timeZone)).toISOString().slice(0, 23).replace('T', ' ')} ${timeZone})`,
    `  input      ${nameOfInput(input)} ${text(input)}`,
    `  in         ${where}${pathOf(journaled, replayed)}`,
    `  journaled  ${text(journaled)}`,
    `  replayed   ${text(replayed)}`,
    ...versions,
  ].join('\n');
}

const iso = (at: Instant): string => new Date(at).toISOString();

function nameOfInput(input: unknown): string {
  const { type, fact, change } = input as { readonly type?: string; readonly fact?: { readonly type: string }; readonly change?: { readonly entity: string } };
  return [type, fact?.type, change?.entity].filter((word) => word !== undefined).join(' ');
}

const LONGEST_TEXT = 2_000;

function text(value: unknown): string {
  if (value === undefined) return '(nothing)';
  if (typeof value === 'string') return value;
  const whole = JSON.stringify(value, (key, inner: unknown) => (key === 'change' && typeof inner === 'object' && inner !== null && 'value' in inner ? { ...inner, value: '…' } : inner));
  return whole.length > LONGEST_TEXT ? `${whole.slice(0, LONGEST_TEXT)}… (${whole.length} characters)` : whole;
}

/** `, at devices.0.ringing`: the first place where two values of the same shape part. */
function pathOf(one: unknown, other: unknown): string {
  const path: string[] = [];
  for (let [left, right] = [one, other]; isObject(left) && isObject(right); ) {
    const [a, b]: Record<string, unknown>[] = [left, right];
    const key = [...new Set([...Object.keys(a!), ...Object.keys(b!)])].find((name) => JSON.stringify(a![name]) !== JSON.stringify(b![name]));
    if (key === undefined) break;
    path.push(key);
    [left, right] = [a![key], b![key]];
  }
  return path.length === 0 ? '' : `, at ${path.join('.')}`;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
