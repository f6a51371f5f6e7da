import http from 'node:http';
import { type RealDay, realDay, whatIfAnswer, whatIfDays, whatIfProgress } from '@centralita/contract';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCenter, type TestCenter } from '../../../http/testing/center.ts';
import type { Asker, Simulations } from '../application/ports.ts';

/** A Sunday evening in Madrid; the clocks went back that very morning. Later than any session that this test's people open. */
const NOW = Date.parse('2096-10-28T20:00:00+01:00');
const SATURDAY = Date.parse('2096-10-27T00:00:00+02:00');

let center: TestCenter;
let queueId: string;
let simulated: { readonly order: Parameters<Simulations['simulate']>[1]; readonly left: AbortSignal } | undefined;
const running: { readonly by: Asker; readonly days: { readonly done: number; readonly of: number } }[] = [];
let answerLater: (() => void) | undefined;
const nothing = { value: null, low: null, high: null };
const figures = { offered: 3, waitSeconds: { value: 4, low: 2, high: 9 }, serviceLevel: nothing, abandoned: nothing, overflowed: nothing, occupancy: nothing };
const answer = { simulatedDays: 20, simulatedCalls: 60, queue: { whole: figures, halfHours: Array.from({ length: 48 }, () => figures) }, secondQueue: null, theory: Array.from({ length: 48 }, () => null) };

beforeAll(async () => {
  const simulate: Simulations['simulate'] = async (_asker, order, left) => {
    simulated = { order, left };
    if (answerLater) await new Promise<void>((go) => left.addEventListener('abort', () => go(answerLater?.()), { once: true }));
    return { ok: true, value: answer };
  };
  center = await openCenter({}, { simulations: { simulate, progressOf: (asker) => running.find(({ by }) => by.account === asker.account && by.userId === asker.userId)?.days ?? null } });
  center.clock.at = NOW;
  const { rows } = await center.database.owner.query<{ queue_id: string }>(`select queue_id from queues where name = 'Ventas'`);
  queueId = rows[0]!.queue_id;
  await center.database.owner.query(`update accounts set time_zone = 'Europe/Madrid' where account = $1`, [center.made.account]);
  await pastDay();
});
afterAll(() => center.close());

const carla = () => center.made.people.find(({ name }) => name === 'Carla')!.userId;
let made = 0;
async function segment(at: number, { wait, talk = null, ending }: { readonly wait: number; readonly talk?: number | null; readonly ending: string }): Promise<void> {
  const answered = talk === null ? null : at + wait * SECOND_MS;
  await center.database.floor.query(
    `insert into segments (segment_id, account, conversation_id, queue_id, reason, priority, agent_id, queued_at, threshold_ms, wait_ms, answered_at, left_at, connected_ms, hold_ms, after_service_ms, ending, first_seq)
     values ($1, $2, $3, $4, 'flow', 1, $5, $6, 20000, $7, $8, $9, $10, 0, $11, $12, $13)`,
    [`seg_${++made}`, center.made.account, `cnv_${made}`, queueId, talk === null ? null : carla(), new Date(at), wait * SECOND_MS, answered && new Date(answered), answered && new Date(answered + talk! * SECOND_MS), (talk ?? 0) * SECOND_MS, talk === null ? 0 : 30 * SECOND_MS, ending, made],
  );
}

/** Saturday, 9:00 to 9:30: twelve answered and five who gave up, with Carla there all the time and busy for a third of it. */
async function pastDay(): Promise<void> {
  const nine = SATURDAY + 9 * HOUR_MS;
  for (let call = 0; call < 12; call++) await segment(nine + call * MINUTE_MS, { wait: call < 9 ? 10 : 40, talk: call % 2 === 0 ? 100 : 140, ending: 'answered' });
  for (let call = 0; call < 5; call++) await segment(nine + (20 + call) * MINUTE_MS, { wait: 54, ending: call === 0 ? 'short-abandon' : 'abandoned' });
  // Another day's, at its very edge.
  await segment(SATURDAY - 1, { wait: 1, talk: 5, ending: 'answered' });
  await segment(SATURDAY + DAY_MS, { wait: 1, talk: 5, ending: 'answered' });
  for (const [activity, from, to] of [['idle', 8.5, 9], ['idle', 9, 9 + 1 / 3], ['talking', 9 + 1 / 3, 9.5], ['idle', 9.5, 9.75]] as const)
    await center.database.floor.query(
      `insert into agent_intervals (account, agent_id, activity, status_id, takes_queue_work, from_at, to_at, first_seq) values ($1, $2, $3, 'sta_available', true, $4, $5, 1)`,
      [center.made.account, carla(), activity, new Date(SATURDAY + from * HOUR_MS), new Date(SATURDAY + to * HOUR_MS)],
    );
}

const half = (one: number, at: number) => Array.from({ length: 48 }, (_, place) => (place === at ? one : 0));
const question = (more: object = {}) => ({ queueId, calls: half(20, 18), agents: half(2, 18), talkSeconds: 120, afterServiceSeconds: 30, patienceSeconds: 120, target: { share: 0.8, withinSeconds: 20 }, ...more });

describe('[issue 3] what really happened, to begin from', () => {
  it('lists the last seven whole days of the account’s calendar', async () => {
    const answered = await (await center.as('Elena')).get(`/api/what-if/days?queueId=${queueId}`);
    const { timeZone, days } = whatIfDays.parse(answered.body);
    expect(timeZone).toBe('Europe/Madrid');
    expect(days.map(({ date }) => date)).toEqual(['2096-10-21', '2096-10-22', '2096-10-23', '2096-10-24', '2096-10-25', '2096-10-26', '2096-10-27']);
    expect(days.map(({ calls }) => calls)).toEqual([0, 0, 0, 0, 0, 1, 17]);
  });

  it('shows a day by half hour on the local clock, by the reports’ figures', async () => {
    const day: RealDay = realDay.parse((await (await center.as('Elena')).get(`/api/what-if/days/2096-10-27?queueId=${queueId}`)).body);
    expect(day.whole).toMatchObject({ calls: 17, waitSeconds: 17.5, serviceLevel: 9 / 17, abandoned: 5 / 17, overflowed: 0 });
    expect(day.halfHours[18]).toMatchObject({ calls: 17, agents: 1, serviceLevel: 9 / 17 });
    expect(day.halfHours[18]!.occupancy).toBeCloseTo(1 / 3, 9);
    expect(day.halfHours[17]).toMatchObject({ calls: 0, agents: 1, serviceLevel: null, occupancy: 0 });
    expect(day.halfHours[19]!.agents).toBe(0.5);
    expect(day.habits.talkSeconds).toBe(120);
    expect(day.habits.talkVariation).toBeCloseTo(20 / 120, 9);
    expect(day.habits.afterServiceSeconds).toBe(30);
    // 9 × 10 s, 3 × 40 s and 5 × 54 s of waiting, and five who gave up.
    expect(day.habits.patienceSeconds).toBe(96);
  });

  it('tells the queue’s skill: who of its agents has it, and when the others may help', async () => {
    const elena = await center.as('Elena');
    const { owner } = center.database;
    const skillNow = async () => realDay.parse((await elena.get(`/api/what-if/days/2096-10-27?queueId=${queueId}`)).body).skill;
    const before = (await owner.query<{ settings: object }>('select settings from queues where queue_id = $1', [queueId])).rows[0]!.settings;
    const require = (more: object) => owner.query('update queues set settings = $2 where queue_id = $1', [queueId, { ...before, ...more }]);
    const { rows: members } = await owner.query<{ user_id: string }>('select user_id from queue_members where queue_id = $1', [queueId]);
    await owner.query(`insert into skills (skill_id, account, name) values ('skl_torque', $1, 'Torque')`, [center.made.account]);
    await owner.query(`insert into agent_skills (account, user_id, skill_id, level) values ($1, $2, 'skl_torque', 3)`, [center.made.account, carla()]);
    try {
      await require({ requiredSkills: [] });
      expect(await skillNow()).toBeNull();
      const requiredSkills = [{ skillId: 'skl_torque', level: 3 }];
      await require({ requiredSkills, relaxing: [{ afterMs: 20_000, required: [{ skillId: 'skl_torque', level: 1 }] }, { afterMs: 45_000, required: [] }] });
      expect(await skillNow()).toEqual({ agentsShare: 1 / members.length, othersAfterSeconds: 45 });
      await require({ requiredSkills: [{ skillId: 'skl_torque', level: 4 }], relaxing: [] });
      expect(await skillNow()).toEqual({ agentsShare: 0, othersAfterSeconds: null });
    } finally {
      await require({});
    }
  });

  it('says nothing about habits that a handful of calls do not show', async () => {
    const day = realDay.parse((await (await center.as('Elena')).get(`/api/what-if/days/2096-10-26?queueId=${queueId}`)).body);
    expect(day.habits).toEqual({ talkSeconds: null, talkVariation: null, afterServiceSeconds: null, patienceSeconds: null });
  });

  it.each([
    ['today, which is not over', '2096-10-28', 422, 'in-the-future'],
    ['a date that no calendar has', '2026-02-30', 404, 'not-found'],
    ['no date', 'yesterday', 400, 'invalid-input'],
  ])('refuses %s', async (_what, date, status, code) => {
    expect(await (await center.as('Elena')).get(`/api/what-if/days/${date}?queueId=${queueId}`)).toMatchObject({ status, body: { code } });
  });

  it('knows no queue of others', async () => {
    const elena = await center.as('Elena');
    for (const url of ['/api/what-if/days?queueId=que_none', '/api/what-if/days/2096-10-27?queueId=que_none']) expect(await elena.get(url)).toMatchObject({ status: 404 });
    expect(await elena.post('/api/what-if', question({ queueId: 'que_none' }))).toMatchObject({ status: 404 });
  });
});

describe('[issue 3] POST /api/what-if', () => {
  it('is for supervisors, managers, administrators and owners', async () => {
    expect((await (await center.as('Carla')).post('/api/what-if', question())).status).toBe(403);
    for (const name of ['Diego', 'Elena', 'Fabián', 'Olga'] as const) expect((await (await center.as(name)).post('/api/what-if', question())).status).toBe(200);
  });

  it('asks with the queue’s own rules, and answers what was simulated', async () => {
    const { body } = await (await center.as('Elena')).post('/api/what-if', question({ afterServiceSeconds: 70 }));
    expect(whatIfAnswer.parse(body)).toEqual(answer);
    expect(simulated!.order.question).toMatchObject({ talkSeconds: 120, talkVariation: 0.7, afterServiceSeconds: 70, skill: null, secondQueue: null });
    const { rows } = await center.database.owner.query<{ settings: { readonly ringTimeoutMs: number; readonly selection: string } }>('select settings from queues where queue_id = $1', [queueId]);
    expect(simulated!.order.rules).toMatchObject({ ringSeconds: rows[0]!.settings.ringTimeoutMs / 1_000, selection: rows[0]!.settings.selection });
  });

  it.each([
    ['too many agents', { agents: half(501, 18) }, '/agents/18'],
    ['half an agent', { agents: half(1.5, 18) }, '/agents/18'],
    ['a negative number of calls', { calls: half(20, 18).with(3, -1) }, '/calls/3'],
    ['a day of 47 half hours', { calls: half(1, 3).slice(1) }, '/calls'],
    ['no calls at all', { calls: half(0, 0) }, '/calls'],
    ['more calls than a day may have', { calls: Array.from({ length: 48 }, () => 900) }, '/calls'],
    ['a talk of no length', { talkSeconds: 0 }, '/talkSeconds'],
    ['a target above all', { target: { share: 1, withinSeconds: 20 } }, '/target/share'],
    ['a second queue that nobody serves', { secondQueue: { callsRatio: 0.5, goesFirst: true, agentsShare: 0 } }, '/secondQueue/agentsShare'],
    ['endless after-service', { afterServiceSeconds: 1e9 }, '/afterServiceSeconds'],
  ])('says which field is at fault: %s', async (_what, more, pointer) => {
    const { status, body } = await (await center.as('Elena')).post('/api/what-if', question(more));
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'invalid-input' });
    expect((body['errors'] as { pointer: string }[]).map((one) => one.pointer)).toEqual([pointer]);
  });

  it('tells whoever asked how far it is, and nobody else', async () => {
    const { made } = center;
    running.push({ by: { account: made.account, userId: made.people.find(({ name }) => name === 'Elena')!.userId }, days: { done: 7, of: 20 } });
    const seenBy = async (name: 'Diego' | 'Elena') => whatIfProgress.parse((await (await center.as(name)).get('/api/what-if/progress')).body);
    expect(await seenBy('Elena')).toEqual({ days: { done: 7, of: 20 } });
    expect(await seenBy('Diego')).toEqual({ days: null });
    expect((await (await center.as('Carla')).get('/api/what-if/progress')).status).toBe(403);
  });

  it('tells the simulation when whoever asked has left', async () => {
    const over = new Promise<void>((done) => (answerLater = done));
    const elena = await center.as('Elena');
    await center.app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = center.app.server.address() as { port: number };
    simulated = undefined;
    const request = http.request({ port, host: '127.0.0.1', path: '/api/what-if', method: 'POST', headers: { 'content-type': 'application/json', host: 'localhost:8080', origin: 'http://localhost:8080', cookie: elena.cookie } });
    request.on('error', () => undefined);
    request.end(JSON.stringify(question()));
    await expect.poll(() => simulated).toBeDefined();
    request.destroy();
    await over;
    answerLater = undefined;
    expect(simulated!.left.aborted).toBe(true);
  });
});
