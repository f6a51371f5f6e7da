import { describe, expect, it } from 'vitest';
import type { StoredTurn } from '../../floor/journal-store.ts';
import { PastFloor } from '../../floor/replay.ts';
import { decodeSnapshot, SNAPSHOT_SCHEMA_VERSION } from '../../floor/snapshot.ts';
import { createAccountProgram } from '../account-program/index.ts';
import { describeDifference } from '../replay.ts';
import { readKeptJournal } from './kept-journal.ts';

const kept = readKeptJournal();
const account = kept.turns[0]!.account;

/** What a person has to read when it fails; undefined when everything is as it was. */
async function differenceIn(turns: readonly StoredTurn[], from?: Parameters<typeof PastFloor.from>[2]): Promise<string | undefined> {
  const past = await PastFloor.from(createAccountProgram(), account, from);
  for (const turn of turns) {
    const difference = past.compare(turn);
    if (difference) return `${describeDifference(difference, 'UTC')}\nOn purpose? See server/src/wiring/kept-journal/README.md.`;
  }
  return undefined;
}

describe('the journal of the release before', () => {
  it('has much of what can happen in it', () => {
    const types = new Set(kept.turns.flatMap(({ events }) => events.map(({ type }) => type)));
    expect(kept.turns.length).toBeGreaterThan(1_000);
    expect([...types]).toEqual(expect.arrayContaining(['offer-accepted', 'offer-expired', 'waiting-back', 'overflowed', 'call-held', 'call-agent-returned', 'after-service-ended', 'agent-signed-out', 'recording-paused', 'configuration-taken']));
    expect(new Set(kept.turns.map(({ epoch }) => epoch)).size).toBeGreaterThan(2);
  });

  it('[design 3] comes out the same from today’s deciders, turn by turn', async () => {
    expect(await differenceIn(kept.turns)).toBeUndefined();
  });

  it('[design 3] has snapshots that today’s program reads, and goes on from', async () => {
    expect(kept.snapshots.length).toBeGreaterThan(1);
    for (const { seq, schemaVersion, state } of kept.snapshots) {
      expect(schemaVersion).toBe(SNAPSHOT_SCHEMA_VERSION);
      expect(await differenceIn(kept.turns.slice(seq), { seq, content: decodeSnapshot(Buffer.from(state, 'base64')) })).toBeUndefined();
    }
  });

  it('is not replayed by looking away: a turn that says something else is found', async () => {
    const at = kept.turns.findIndex(({ events }) => events.some(({ type }) => type === 'offer-made'));
    const turns = kept.turns.map((turn, index) => (index === at ? { ...turn, events: turn.events.map((event) => (event.type === 'offer-made' ? { ...event, agentId: 'usr_other' } : event)) } : turn));
    expect(await differenceIn(turns)).toContain(`turn ${at + 1},`);
  });
});
