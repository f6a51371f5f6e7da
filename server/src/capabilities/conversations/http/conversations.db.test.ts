import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, openCenter, type TestCenter } from '../../../http/testing/center.ts';

let center: TestCenter;
let carla: Browser;
let elena: Browser;
beforeAll(async () => {
  center = await openCenter();
  [carla, elena] = await Promise.all([center.as('Carla'), center.as('Elena')]);
  await happened('cnv_carla', 'Carla', '2026-11-20T15:00:00Z');
  await happened('cnv_diego', 'Diego', '2026-11-20T16:00:00Z');
});
afterAll(() => center.close());

/** A conversation as the projection leaves it. */
async function happened(conversationId: string, agent: string, at: string): Promise<void> {
  const { userId } = center.made.people.find((person) => person.name === agent)!;
  await center.database.owner.query(
    `insert into conversations (conversation_id, account, call_id, direction, started_at, ended_at, hold_ms, menu_path, agent_id, ending, ended_by, first_seq)
       values ($1, $2, 'cal_x', 'inbound', $4, $4, 0, '{Ventas}', $3, 'answered', 'customer', 1)`,
    [conversationId, center.made.account, userId, at],
  );
  await center.database.owner.query(`insert into participations (participation_id, account, conversation_id, agent_id, started_at, from_at, first_seq) values ($1, $2, $1, $3, $4, $4, 1)`, [
    conversationId,
    center.made.account,
    userId,
    at,
  ]);
}
const idsSeenBy = async (browser: Browser, query = '') => (await browser.get(`/api/conversations${query}`)).list('items').map((item) => item['conversationId']);

describe('GET /api/conversations', () => {
  it('requires sign-in', async () => {
    expect((await center.stranger().get('/api/conversations')).status).toBe(401);
  });

  it('[S1.20, S0.28] shows an agent the own conversations, a manager all, newest first', async () => {
    expect(await idsSeenBy(carla)).toEqual(['cnv_carla']);
    expect(await idsSeenBy(elena)).toEqual(['cnv_diego', 'cnv_carla']);
  });

  it('goes on from a cursor, and refuses one that is none', async () => {
    const first = await elena.get('/api/conversations?limit=1');
    expect(first.list('items')).toHaveLength(1);
    expect(await idsSeenBy(elena, `?limit=1&cursor=${first.text('nextCursor')}`)).toEqual(['cnv_carla']);
    expect(await elena.get('/api/conversations?cursor=nonsense')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/cursor' }] } });
    expect(await elena.get('/api/conversations?limit=9999')).toMatchObject({ status: 400, body: { errors: [{ pointer: '/querystring/limit' }] } });
  });
});

describe('what is written about a conversation', () => {
  it('[S0.8, S2.27] is saved as it is typed: note, tags and outcome', async () => {
    const url = '/api/conversations/cnv_carla';
    expect((await carla.put(`${url}/after-service`, { note: 'Quiere', tags: [], outcome: null })).status).toBe(204);
    expect((await carla.put(`${url}/after-service`, { note: 'Quiere pintura', tags: ['pintura'], outcome: 'Venta cerrada' })).status).toBe(204);
    expect(await carla.get(url)).toMatchObject({ status: 200, body: { outcome: 'Venta cerrada', tags: ['pintura'], notes: [{ text: 'Quiere pintura', authorName: 'Carla' }], allowedActions: ['write-note', 'set-tags', 'set-outcome'] } });
    expect(await carla.put(`${url}/after-service`, { note: '', tags: [], outcome: 'Otra cosa' })).toMatchObject({ status: 400, body: { errors: [{ pointer: '/outcome' }] } });
  });

  it('is corrected later, each part by itself', async () => {
    const url = '/api/conversations/cnv_carla';
    const note = await elena.post(`${url}/notes`, { text: 'Revisado' });
    expect(note).toMatchObject({ status: 201, body: { text: 'Revisado', authorName: 'Elena' } });
    expect(await carla.put(`${url}/notes/${note.text('noteId')}`, { text: 'x' })).toMatchObject({ status: 409, body: { code: 'not-yours' } });
    expect(await elena.put(`${url}/notes/${note.text('noteId')}`, { text: 'Revisado dos veces' })).toMatchObject({ status: 200 });
    expect((await elena.put(`${url}/tags`, { tags: ['urgente'] })).status).toBe(204);
    expect((await elena.put(`${url}/outcome`, { outcome: null })).status).toBe(204);
    expect((await carla.get(url)).body).toMatchObject({ outcome: null, tags: ['urgente'] });
  });

  it('about somebody else’s conversation is as if it were not there', async () => {
    expect((await carla.get('/api/conversations/cnv_diego')).status).toBe(404);
    expect((await carla.post('/api/conversations/cnv_diego/notes', { text: 'x' })).status).toBe(404);
    expect((await carla.put('/api/conversations/cnv_diego/tags', { tags: [] })).status).toBe(404);
  });
});
