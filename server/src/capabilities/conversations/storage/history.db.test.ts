import type { AccountId } from '@centralita/kernel';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PostgresJournal } from '../../../storage/journal.postgres.ts';
import { inAccount, type Pool } from '../../../storage/pool.ts';
import { freshDatabase, givenAccount, type TestDatabase } from '../../../storage/testing/database.ts';
import { createProjector, projectionsIn, type Projector } from '../../reports/index.ts';
import { TEN, TurnScript } from '../../reports/testing/turns.ts';
import { editNote } from '../application/edit-note.ts';
import { listConversations } from '../application/list-conversations.ts';
import type { HistoryFilter, Scope, Viewer } from '../application/ports.ts';
import { saveAfterServiceForm } from '../application/save-after-service-form.ts';
import { setOutcome } from '../application/set-outcome.ts';
import { setTags } from '../application/set-tags.ts';
import { showConversation } from '../application/show-conversation.ts';
import { writeNote } from '../application/write-note.ts';
import { annotationsIn } from './annotations.postgres.ts';
import { historyIn } from './history.postgres.ts';

let database: TestDatabase;
let account: AccountId;
let projector: Projector;
let script: TurnScript;
/** Journals what the script has more since the last time. */
let append: () => Promise<void>;
let deps: { history: ReturnType<typeof historyIn>; annotations: ReturnType<typeof annotationsIn> };

/** Carla is in Diego's group, Ximena in nobody's; Elena manages. Ana (a contact) and Beto call. */
beforeAll(async () => {
  database = await freshDatabase();
  account = await givenAccount(database);
  const insert = (sql: string) => inAccount(database.app, account, (connection) => connection.query(sql));
  const user = (id: string, name: string, role: string, extension: string) => `('usr_${id}', current_account(), '${name}', '${id}@ferreteria.example', '${role}', '', '${extension}')`;
  await insert(`insert into users (user_id, account, name, email, role, password_hash, extension) values
    ${user('carla', 'Carla', 'agent', '101')}, ${user('ximena', 'Ximena', 'agent', '102')}, ${user('diego', 'Diego', 'supervisor', '103')}, ${user('elena', 'Elena', 'manager', '104')}`);
  await insert(`insert into groups (group_id, account, name) values ('grp_1', current_account(), 'Mostrador')`);
  await insert(`insert into group_members (account, group_id, user_id) values (current_account(), 'grp_1', 'usr_carla')`);
  await insert(`insert into group_supervisors (account, group_id, user_id) values (current_account(), 'grp_1', 'usr_diego')`);
  await insert(`insert into queues (queue_id, account, name, settings) values ('que_ventas', current_account(), 'Ventas', '{}'), ('que_soporte', current_account(), 'Soporte', '{}')`);
  await insert(`insert into contacts (contact_id, account, name, numbers) values ('con_ana', current_account(), 'Ana Quispe', '{51987654321}')`);
  await insert(`insert into outcomes (account, name) values (current_account(), 'Venta cerrada'), (current_account(), 'Consulta')`);
  const personal: readonly (readonly [string, string])[] = [['per_number_1', '+51 987 654 321'], ['per_number_2', '+5112345678'], ['per_number_3', '+51 987 654 321'], ['per_digit', '1']];
  for (const [ref, value] of personal) await database.floor.query('insert into journal_personal (account, ref, value, seq) values ($1, $2, $3, 1)', [account, ref, value]);

  script = new TurnScript(account).opening().signIn('usr_carla').signIn('usr_ximena');
  script.enters(1).offered(1, 'usr_carla').answers(1, 'usr_carla').talksAndLeaves(1, 'usr_carla');
  script.enters(2).leavesUnanswered(2, 30, 'abandoned');
  script.enters(3, 'que_soporte').offered(3, 'usr_ximena', 'que_soporte').answers(3, 'usr_ximena', 'que_soporte').talksAndLeaves(3, 'usr_ximena', 'que_soporte');
  script.after(
    60,
    { type: 'conversation-started', conversationId: 'cnv_4', callId: 'cal_4', direction: 'internal', customer: { number: null, name: null }, numberId: null, dialled: null, owner: { kind: 'agent', agentId: 'usr_carla' }, colleagueId: 'usr_ximena' },
  );
  const journal = new PostgresJournal(database.floor);
  const epoch = await journal.takeLease(account, 'test');
  let appended = 0;
  append = async () => {
    const turns = script.turns.slice(appended);
    appended = script.turns.length;
    await journal.appendTurns(turns.map((turn) => ({ ...turn, epoch, deciderVersion: 1, input: null, seed: `seed-${turn.seq}`, effects: [], timers: [], closedEffects: [], personal: {} })));
  };
  await append();
  projector = createProjector({ store: projectionsIn(database.floor), readTurns: (of, after) => journal.readTurns(of, after) });
  await projector.start(account);
  deps = { history: historyIn(database.app), annotations: annotationsIn(database.app) };
});
afterAll(async () => {
  await projector.close();
  await database.drop();
});

const as = (userId: string, scope: Scope): Viewer => ({ account, userId, scope });
const elena = () => as('usr_elena', 'account');

async function idsFor(viewer: Viewer, filter: Partial<HistoryFilter> = {}): Promise<string[]> {
  const page = await listConversations(deps, viewer, { limit: 50, ...filter });
  return page.ok ? page.value.items.map((row) => row.conversationId) : [];
}

describe('history', () => {
  test('[S0.23] each scope sees its own: all, those of the supervisor’s groups, one’s own', async () => {
    expect(await idsFor(elena())).toEqual(['cnv_4', 'cnv_3', 'cnv_2', 'cnv_1']);
    expect(await idsFor(as('usr_diego', 'group'))).toEqual(['cnv_4', 'cnv_1']);
    expect(await idsFor(as('usr_carla', 'own'))).toEqual(['cnv_4', 'cnv_1']);
    expect(await idsFor(as('usr_ximena', 'own'))).toEqual(['cnv_3']);
    // Diego leads no group of Ximena's: scope `own` gives him nothing either.
    expect(await idsFor(as('usr_diego', 'own'))).toEqual([]);
  });

  test('[S0.1] the scope holds for one conversation too: out of reach is as if it were not there', async () => {
    const scopes = { writeNotes: 'group', playRecordings: 'group', downloadTraces: undefined } as const;
    expect(await showConversation(deps, as('usr_diego', 'group'), scopes, 'cnv_3')).toEqual({ ok: false, refusal: { code: 'not-found' } });
    expect((await showConversation(deps, as('usr_diego', 'group'), scopes, 'cnv_1')).ok).toBe(true);
  });

  test('another account sees nothing', async () => {
    const other = await givenAccount(database);
    expect(await deps.history.list({ account: other, userId: 'usr_elena', scope: 'account' }, { limit: 50 }, undefined)).toEqual([]);
  });

  test('[S1.20, S2.16] a call that rang for an agent is theirs too: missed, whoever took it later', async () => {
    expect(await idsFor(as('usr_ximena', 'own'))).toEqual(['cnv_3']);
    await database.owner.query(
      `insert into offers (offer_id, account, conversation_id, segment_id, queue_id, agent_id, offered_at, waited_ms, selection, skill_level, idle_ms, queue_priority, passed_over, runners_up, ending, first_seq)
       values ('off_rung', $1, 'cnv_1', 'seg_1', 'que_ventas', 'usr_ximena', now(), 0, 'longest-idle', 0, 0, 1, '{}', '[]', 'expired', 1)`,
      [account],
    );
    expect(await idsFor(as('usr_ximena', 'own'))).toEqual(['cnv_3', 'cnv_1']);
    expect(await idsFor(as('usr_ximena', 'own'), { mine: true })).toEqual(['cnv_3', 'cnv_1']);
    expect(await idsFor(as('usr_ximena', 'own'), { agentId: 'usr_ximena' })).toEqual(['cnv_3']);
    await database.owner.query(`delete from offers where offer_id = 'off_rung'`);
  });

  test('[S4.6] filters by time, queue, agent, ending, direction and own', async () => {
    expect(await idsFor(elena(), { queueId: 'que_soporte' })).toEqual(['cnv_3']);
    expect(await idsFor(elena(), { agentId: 'usr_carla' })).toEqual(['cnv_4', 'cnv_1']);
    expect(await idsFor(elena(), { ending: 'abandoned' })).toEqual(['cnv_2']);
    expect(await idsFor(elena(), { direction: 'internal' })).toEqual(['cnv_4']);
    expect(await idsFor(elena(), { from: TEN, to: TEN + 60_000 })).toEqual(['cnv_1']);
    expect(await idsFor(as('usr_diego', 'group'), { mine: true })).toEqual([]);
  });

  test('a number is found by any of its digits, however it was written', async () => {
    expect(await idsFor(elena(), { number: '987-654' })).toEqual(['cnv_3', 'cnv_1']);
    expect(await idsFor(elena(), { number: '12345678' })).toEqual(['cnv_2']);
    expect(await idsFor(elena(), { number: '555' })).toEqual([]);
    expect(await idsFor(elena(), { number: '%' })).toEqual([]);
    expect(await deps.history.countOf(account, '51987654321')).toBe(2);
  });

  test('pages follow each other by cursor, and a made-up cursor is refused', async () => {
    const first = await listConversations(deps, elena(), { limit: 3 });
    expect(first.ok && first.value.items).toHaveLength(3);
    const cursor = first.ok ? first.value.nextCursor! : '';
    expect(await listConversations(deps, elena(), { limit: 3, cursor })).toMatchObject({ ok: true, value: { items: [{ conversationId: 'cnv_1' }], nextCursor: null } });
    expect(await listConversations(deps, elena(), { limit: 3, cursor: 'bm9uc2Vuc2U' })).toMatchObject({ ok: false, refusal: { code: 'invalid-input' } });
  });

  test('[S2.46] a row has the names of people and queue, times without the hold, and what it came to', async () => {
    const page = await listConversations(deps, elena(), { limit: 50 });
    const rows = page.ok ? page.value.items : [];
    expect(rows[3]).toMatchObject({
      direction: 'inbound',
      customer: { number: '+51 987 654 321', name: 'Ana Quispe', contactId: 'con_ana' },
      queueName: 'Ventas',
      agentName: 'Carla',
      waitMs: 7_000,
      talkMs: 50_000,
      ending: 'answered',
      hasRecording: true,
    });
    expect(rows[2]).toMatchObject({ customer: { kind: 'phone', number: '+5112345678', name: null, contactId: null }, agentName: null, waitMs: 30_000, talkMs: null, ending: 'abandoned' });
    expect(rows[0]).toMatchObject({ direction: 'internal', customer: { number: '102', name: 'Ximena' }, agentName: 'Carla', endedAt: null });
  });

  test('[S0.8] the page of a conversation tells who, what happened, why this agent, and what may be done', async () => {
    const shown = await showConversation(deps, elena(), { writeNotes: 'account', playRecordings: 'account', downloadTraces: undefined }, 'cnv_1');
    if (!shown.ok) throw new Error('cnv_1 is there');
    expect(shown.value).toMatchObject({ endedBy: 'customer', menuPath: ['Ventas'], holdMs: 10_000, afterServiceMs: 15_000 });
    expect(shown.value.participants).toMatchObject([{ role: 'customer', name: 'Ana Quispe' }, { role: 'agent', name: 'Carla', number: '101', mos: 4.26 }]);
    expect(shown.value.timeline.map(({ kind }) => kind)).toContain('offered');
    expect(shown.value.timeline[1]).toMatchObject({ kind: 'menu-digit', facts: { digit: '1', label: 'Ventas' } });
    expect(shown.value.timeline[2]!.facts).toMatchObject({ queueId: 'que_ventas', queueName: 'Ventas' });
    expect(shown.value.offers).toMatchObject([{ agentName: 'Carla', rank: { skillLevel: 3, idleMs: 60_000, queuePriority: 1 }, passedOver: { 'not-free': 2 }, runnersUp: [{ agentName: 'usr_beto' }] }]);
    // Its file is not claimed yet, so it cannot be played.
    expect(shown.value.recordings).toMatchObject([{ recordingId: 'rec_1', state: 'running', durationMs: 60_000 }]);
    expect(shown.value.allowedActions).toEqual(['write-note', 'set-tags', 'set-outcome']);
    await database.owner.query(`insert into recording_files (recording_id, account, conversation_id, state, started_at, duration_ms) values ('rec_1', $1, 'cnv_1', 'ready', now(), 59990)`, [account]);
    const later = await showConversation(deps, as('usr_carla', 'own'), { writeNotes: 'own', playRecordings: undefined, downloadTraces: undefined }, 'cnv_1');
    expect(later).toMatchObject({ ok: true, value: { recordings: [{ state: 'ready', durationMs: 59_990 }], allowedActions: ['write-note', 'set-tags', 'set-outcome'] } });
  });

  test('erasing a number takes it out of history without touching the history', async () => {
    await database.floor.query(`update journal_personal set value = '' where account = $1 and ref = 'per_number_2'`, [account]);
    const shown = await showConversation(deps, elena(), { writeNotes: undefined, playRecordings: undefined, downloadTraces: undefined }, 'cnv_2');
    expect(shown).toMatchObject({ ok: true, value: { customer: { number: '', name: null }, allowedActions: [] } });
    expect(await idsFor(elena(), { number: '12345678' })).toEqual([]);
  });
});

describe('what people write', () => {
  const form = (more: object = {}) => ({ note: '', tags: [], outcome: null, ...more });

  test('[S2.27] the after-service form is saved as it is typed: one note per person, the tags and the outcome as they stand', async () => {
    const carla = as('usr_carla', 'own');
    expect(await saveAfterServiceForm(deps, carla, 'cnv_1', form({ note: 'Pidió', tags: ['pintura', 'urgente'] }))).toEqual({ ok: true, value: undefined });
    expect(await saveAfterServiceForm(deps, carla, 'cnv_1', form({ note: 'Pidió dos galones', tags: ['pintura'], outcome: 'Venta cerrada' }))).toMatchObject({ ok: true });
    const [row] = await deps.history.list(carla, { limit: 1, direction: 'inbound' }, undefined);
    expect(row).toMatchObject({ tags: ['pintura'], outcome: 'Venta cerrada' });
    expect((await deps.history.find(carla, 'cnv_1'))!.notes).toMatchObject([{ authorName: 'Carla', text: 'Pidió dos galones', editedAt: null }]);
    await saveAfterServiceForm(deps, carla, 'cnv_1', form());
    expect(await deps.history.find(carla, 'cnv_1')).toMatchObject({ notes: [], tags: [], outcome: null });
  });

  test('[S0.1] out of scope, or with an outcome nobody defined, nothing is written', async () => {
    expect(await saveAfterServiceForm(deps, as('usr_ximena', 'own'), 'cnv_1', form({ note: 'x' }))).toEqual({ ok: false, refusal: { code: 'not-found' } });
    expect(await saveAfterServiceForm(deps, as('usr_carla', 'own'), 'cnv_1', form({ note: 'x', outcome: 'Inventado' }))).toMatchObject({ ok: false, refusal: { code: 'invalid-input' } });
    expect((await deps.history.find(elena(), 'cnv_1'))!.notes).toEqual([]);
  });

  test('[S2.27] tags and outcome are set and taken back one by one, by whoever reaches the conversation', async () => {
    const diego = as('usr_diego', 'group');
    expect(await setTags(deps, diego, 'cnv_1', ['urgente', 'garantía'])).toMatchObject({ ok: true });
    expect(await setOutcome(deps, diego, 'cnv_1', 'Consulta')).toMatchObject({ ok: true });
    expect(await deps.history.find(diego, 'cnv_1')).toMatchObject({ tags: ['garantía', 'urgente'], outcome: 'Consulta' });
    expect(await setTags(deps, diego, 'cnv_3', ['urgente'])).toEqual({ ok: false, refusal: { code: 'not-found' } });
    expect(await setOutcome(deps, diego, 'cnv_1', 'Inventado')).toMatchObject({ ok: false, refusal: { code: 'invalid-input' } });
    await setOutcome(deps, diego, 'cnv_1', null);
    expect(await deps.history.find(diego, 'cnv_1')).toMatchObject({ outcome: null });
  });

  test('[S0.8] a note is edited by its author alone, and says so', async () => {
    const written = await writeNote(deps, as('usr_carla', 'own'), 'cnv_1', 'Llamar el lunes');
    const noteId = written.ok ? written.value.noteId : '';
    expect(await editNote(deps, as('usr_diego', 'group'), noteId, 'otra cosa')).toEqual({ ok: false, refusal: { code: 'not-yours' } });
    expect(await editNote(deps, as('usr_ximena', 'own'), noteId, 'otra cosa')).toEqual({ ok: false, refusal: { code: 'not-found' } });
    expect(await editNote(deps, as('usr_carla', 'own'), noteId, 'Llamar el martes')).toMatchObject({ ok: true, value: { text: 'Llamar el martes', editedAt: expect.any(Number) } });
  });

  test('[design 3] a rebuild of the history leaves them alone', async () => {
    await saveAfterServiceForm(deps, as('usr_carla', 'own'), 'cnv_1', form({ tags: ['garantía'], outcome: 'Consulta' }));
    const before = await deps.history.find(elena(), 'cnv_1');
    await projector.rebuild(account);
    expect(await deps.history.find(elena(), 'cnv_1')).toEqual(before);
    expect(before).toMatchObject({ tags: ['garantía'], outcome: 'Consulta' });
  });
});

describe('a conversation whose next turns are written while it is read', () => {
  /** The application's pool, with something that happens before each statement. */
  function poolWith(happens: () => Promise<void>): Pool {
    const connect = async () => {
      const client = await database.app.connect();
      const query = async (...statement: Parameters<typeof client.query>) => {
        await happens();
        return client.query(...statement);
      };
      return Object.create(client, { query: { value: query } }) as typeof client;
    };
    return Object.create(database.app, { connect: { value: connect } }) as Pool;
  }

  test('[S2.27] is shown as of one moment: as many offers as its timeline tells', async () => {
    script.enters(6).offered(6, 'usr_carla');
    await append();
    await projector.start(account);
    let written = 0;
    const history = historyIn(
      poolWith(async () => {
        if (++written > 12) return;
        script.offered(6, 'usr_ximena', 'que_ventas', `off_6_${written}`);
        await append();
        await projector.start(account);
      }),
    );
    const shown = await history.find(elena(), 'cnv_6');
    const told = shown!.timeline.filter(({ kind }) => kind === 'offered').length;
    expect(told).toBeGreaterThan(0);
    expect(shown!.offers.length).toBe(told);
    expect((await deps.history.find(elena(), 'cnv_6'))!.offers.length).toBeGreaterThan(told);
  });
});

describe('a visitor of the call page', () => {
  test('[S0.5] is one in the list and on the conversation’s page, also after a rebuild', async () => {
    script.after(
      60,
      { type: 'conversation-started', conversationId: 'cnv_web', callId: 'cal_web', direction: 'inbound', customer: { number: null, name: null, kind: 'web' }, numberId: null, dialled: null, owner: { kind: 'flow', flowRunId: 'frn_web' }, colleagueId: null },
    );
    await append();
    await projector.rebuild(account);
    const visitor = { kind: 'web', number: '', name: null, contactId: null };
    expect((await deps.history.list(elena(), { limit: 1 }, undefined))[0]).toMatchObject({ conversationId: 'cnv_web', customer: visitor });
    expect(await deps.history.find(elena(), 'cnv_web')).toMatchObject({ customer: visitor });
    expect(await deps.history.find(elena(), 'cnv_1')).toMatchObject({ customer: { kind: 'phone', name: 'Ana Quispe' } });
  });
});

test('earlier calls of a number are those that are over: the one that rings is none of them', async () => {
  await database.floor.query(`insert into journal_personal (account, ref, value, seq) values ($1, 'per_number_8', '+51 987 654 321', 1)`, [account]);
  script.enters(8);
  await append();
  await projector.start(account);
  expect(await deps.history.countOf(account, '51987654321')).toBe(2);
  script.leavesUnanswered(8, 30, 'abandoned');
  await append();
  await projector.start(account);
  expect(await deps.history.countOf(account, '51987654321')).toBe(3);
});
