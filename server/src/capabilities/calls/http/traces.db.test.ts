import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCenter, type TestCenter } from '../../../http/testing/center.ts';

const KEPT = 'cnv_00000000000000000000000001';
const LEGS: Readonly<Record<string, readonly string[]>> = { [KEPT]: ['leg_00000000000000000000000001', 'leg_00000000000000000000000002', 'leg_00000000000000000000000003'] };

let center: TestCenter;
beforeAll(async () => {
  center = await openCenter({}, {
    legsOf: (_account, conversationId) => LEGS[conversationId] ?? [],
    // The switch has let go of the second one.
    traceOf: async (_account, legId) => (legId.endsWith('2') ? null : `{"leg":"${legId}"}`),
  });
});
afterAll(() => center.close());

describe('the traces of a conversation', () => {
  it('are those of each of its legs that the switch still has, for an administrator', async () => {
    const answer = await (await center.as('Fabián')).get(`/api/conversations/${KEPT}/traces`);
    expect(answer.status).toBe(200);
    expect(answer.list('items')).toEqual([1, 3].map((leg) => ({ legId: `leg_0000000000000000000000000${leg}`, text: `{"leg":"leg_0000000000000000000000000${leg}"}` })));
  });

  it('are refused to a supervisor, and say when they are gone', async () => {
    expect(await (await center.as('Diego')).get(`/api/conversations/${KEPT}/traces`)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await (await center.as('Fabián')).get('/api/conversations/cnv_00000000000000000000000009/traces')).toMatchObject({ status: 410, body: { code: 'trace-gone' } });
  });
});
