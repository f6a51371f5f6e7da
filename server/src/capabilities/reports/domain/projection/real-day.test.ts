import { describe, expect, test } from 'vitest';
import { realDay } from '../../testing/real-day.ts';
import type { ReportedTurn } from '../floor-events.ts';
import { tallyOf } from '../metrics/tally.ts';
import { createTodayFigures } from '../today-figures.ts';
import { Draft, TABLE_NAMES } from './draft.ts';
import { projectTurn } from './project-turn.ts';

function projected(turns: readonly ReportedTurn[]): Draft {
  const draft = new Draft();
  for (const turn of turns) projectTurn(draft, turn);
  return draft;
}

const SEEDS = Array.from({ length: 25 }, (_, i) => i + 1);

describe('what the real machines do in a random day', () => {
  test.each(SEEDS)('seed %i: every conversation, segment, offer, part and stretch of time ends, and only once', (seed) => {
    const { turns, floor } = realDay('acc_ferreteria', seed);
    const draft = projected(turns);
    expect(floor.all('conversation-started').length).toBeGreaterThan(3);
    for (const row of draft.conversations.written()) {
      expect([row.endedAt, row.ending, row.endedBy], row.conversationId).not.toContain(null);
      expect((row.connectedMs ?? 0) >= row.holdMs, row.conversationId).toBe(true);
    }
    expect(draft.segments.written()).toHaveLength(floor.all('queued').length);
    for (const row of draft.segments.written()) {
      expect([row.ending, row.waitMs, row.thresholdMs], row.segmentId).not.toContain(null);
      expect(row.ending === 'answered', row.segmentId).toBe(row.answeredAt !== null);
      expect([row.leftAt, row.agentId, row.offerId].includes(null), row.segmentId).toBe(row.ending !== 'answered');
      expect(row.connectedMs >= row.holdMs && row.holdMs >= 0, row.segmentId).toBe(true);
    }
    expect(draft.offers.written().map(({ ending }) => ending)).not.toContain(null);
    expect(draft.participations.written().map(({ toAt }) => toAt)).not.toContain(null);
    expect(draft.intervals.written().map(({ toAt }) => toAt)).not.toContain(null);
    expect(draft.openIntervals.size).toBe(0);
    expect(draft.recordings.written().filter(({ state }) => state !== 'completed' && state !== 'lost')).toEqual([]);
  });

  test.each(SEEDS)('seed %i: holds and talk of a conversation are those of its segments', (seed) => {
    const draft = projected(realDay('acc_ferreteria', seed).turns);
    for (const conversation of draft.conversations.written()) {
      if (conversation.direction !== 'inbound') continue;
      const segments = draft.segments.written().filter(({ conversationId }) => conversationId === conversation.conversationId);
      const sum = (of: (row: (typeof segments)[number]) => number) => segments.reduce((all, row) => all + of(row), 0);
      expect([conversation.holdMs, conversation.connectedMs ?? 0, conversation.waitMs ?? 0, conversation.afterServiceMs ?? 0], conversation.conversationId).toEqual([
        sum((row) => row.holdMs),
        sum((row) => row.connectedMs),
        sum((row) => row.waitMs ?? 0),
        sum((row) => row.afterServiceMs),
      ]);
    }
  });

  test.each(SEEDS)('[S4.12] seed %i: an agent’s stretches follow each other without gap from sign-in to sign-out', (seed) => {
    const { turns, floor } = realDay('acc_ferreteria', seed);
    const intervals = projected(turns).intervals.written();
    for (const agentId of ['carla', 'ximena']) {
      const own = intervals.filter((row) => row.agentId === agentId).sort((a, b) => a.fromAt - b.fromAt || a.firstSeq - b.firstSeq);
      let signedIn = 0;
      let since = 0;
      for (const event of floor.events) {
        if (event.type === 'agent-signed-in' && event.agentId === agentId) since = event.at;
        if (event.type === 'agent-signed-out' && event.agentId === agentId) signedIn += event.at - since;
      }
      expect(own.reduce((sum, row) => sum + row.toAt! - row.fromAt, 0)).toBe(signedIn);
      for (const [i, row] of own.entries()) if (i > 0) expect(row.fromAt).toBeGreaterThanOrEqual(own[i - 1]!.toAt!);
    }
  });

  test.each(SEEDS)('[design 8] seed %i: the live figures are those of the report', (seed) => {
    const { turns, floor } = realDay('acc_ferreteria', seed);
    const draft = projected(turns);
    const today = createTodayFigures({ timeZone: 'UTC', now: turns[0]!.at });
    for (const turn of turns) today.take(turn);
    const intervals = draft.intervals.written().map((row) => ({ ...row, from: row.fromAt, to: row.toAt }));
    expect(today.totals(floor.now)).toEqual(tallyOf(today.day(), draft.segments.written(), intervals, floor.now));
    for (const agentId of ['carla', 'ximena']) {
      const own = draft.segments.written().filter((row) => row.agentId === agentId);
      const { longestWaitMs: _, ...counted } = today.agent(agentId, floor.now);
      const { longestWaitMs: __, ...reported } = tallyOf(today.day(), own, intervals.filter((row) => row.agentId === agentId), floor.now);
      expect(counted).toEqual(reported);
    }
  });

  test.each(SEEDS.slice(0, 5))('seed %i: rows do not depend on where the writing stopped and went on', (seed) => {
    const { turns } = realDay('acc_ferreteria', seed);
    const whole = projected(turns);
    const again = new Draft();
    for (const turn of turns) {
      projectTurn(again, turn);
      for (const name of TABLE_NAMES) again[name].takeWritten();
    }
    for (const row of whole.conversations.written()) expect(again.conversations.get(row.conversationId)).toEqual(row);
    for (const row of whole.segments.written()) expect(again.segments.get(row.segmentId)).toEqual(row);
  });
});
