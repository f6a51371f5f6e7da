import type { Options } from '../config/options.ts';
import { OperatorError } from '../config/operator-error.ts';
import { openConnection } from '../storage/pool.ts';
import { createAccountProgram } from '../wiring/account-program/index.ts';
import { describeDifference, replayJournal, type ReplayRequest } from '../wiring/replay.ts';
import { withOwner } from './backup-commands.ts';

/** What this command takes besides the options that all take. */
export const REPLAY_OPTIONS = ['account', 'from', 'to'] as const;

/** Decides a range of the journal anew and says whether the same comes out. The program may be running, or not; nothing is written. @returns whether it does */
export async function replayCommand(options: Options, given: Partial<Record<(typeof REPLAY_OPTIONS)[number], string>>, say: (line: string) => void): Promise<boolean> {
  const { account, from, to } = given;
  if (account === undefined || from === undefined || to === undefined) throw new OperatorError('Say what to replay: npm run replay -- --account ACCOUNT --from 2026-11-22T09:00 --to 2026-11-22T10:00');
  let same = false;
  await withOwner(options, async (ownerUrl) => {
    same = await replay(ownerUrl, { account, from, to }, say);
  });
  return same;
}

async function replay(ownerUrl: string, request: ReplayRequest, say: (line: string) => void): Promise<boolean> {
  const connection = openConnection(ownerUrl, 'centralita-replay');
  await connection.connect();
  try {
    const began = performance.now();
    const { compared, restored, difference, timeZone } = await replayJournal(connection, createAccountProgram(), request);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    const before = restored === 0 ? '' : ` (${restored} before them to restore the state)`;
    if (difference) {
      say(describeDifference(difference, timeZone));
      say(`${compared - 1} turns before it without a difference${before}, in ${seconds} s.`);
    } else say(`${compared} turns, no difference${before}, in ${seconds} s.`);
    return difference === undefined;
  } finally {
    await connection.end();
  }
}
