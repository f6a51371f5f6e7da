import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type AccountId, ignoreFailure, systemClock, type TrunkId } from '@centralita/kernel';
import type { Logger } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { accountKeysIn } from '../capabilities/accounts/storage/account-keys.postgres.ts';
import { changeConfigurationIn } from '../capabilities/accounts/storage/configuration.postgres.ts';
import { argonPasswords } from '../capabilities/people/application/passwords.ts';
import { createDemoAccount } from '../capabilities/people/index.ts';
import { accountWriter } from '../capabilities/people/storage/account-writer.postgres.ts';
import { recordingFolderAt } from '../capabilities/recordings/storage/recording-folder.ts';
import { createProjector, projectionsIn } from '../capabilities/reports/index.ts';
import { defaultHttpSettings } from '../http/settings.ts';
import { Browser } from '../http/testing/center.ts';
import { createLogger } from '../observability/logger.ts';
import { freshDatabase, type TestDatabase } from '../storage/testing/database.ts';
import { SimulatedEngine, type World as SimulatedWorld } from '../telephony/simulated/engine.ts';
import { createHttp, type HttpSide } from './create-http.ts';
import { FloorProcess } from './floor-process.ts';
import type { FloorTurn } from './floors.ts';

/** What must never be in a log, each chosen to be found nowhere else. */
const SECRETS = {
  number: '51987650001',
  name: 'Leocadia',
  dialled: '5116660002',
  digits: '73918462',
  outside: '51987650003',
  note: 'prefiere las tardes',
  email: 'nadie.conocido@correo.example',
  people: /Carla|Diego|Elena|Fabi\\?.?[^ ]*n@|Olga/,
} as const;

const lines: string[] = [];
let database: TestDatabase;
let logger: Logger;
let floorProcess: FloorProcess;
let http: HttpSide;
let account: AccountId;
let engine: SimulatedEngine;
let carla: Browser;
let carlaId: string;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'logs-'));
const heard: ((turn: FloorTurn) => void)[] = [];
const password = new Map<string, string>();

/** Simulated time is short: whatever is planned comes in a moment, in its order. */
const soon = { now: () => Date.now(), after: (delayMs: number, run: () => void) => {
  const timer = setTimeout(run, Math.min(delayMs / 100, 50));
  return () => clearTimeout(timer);
} };

beforeAll(async () => {
  database = await freshDatabase();
  logger = createLogger('control', 'trace', { write: (line: string) => void lines.push(line) });
  const accountKeys = accountKeysIn(database.app, path.join(folder, 'secrets'));
  const made = await createDemoAccount({ change: changeConfigurationIn(database.app), writer: accountWriter, passwords: argonPasswords, accountKeys }, (people) => {
    for (const one of people) password.set(one.name, one.password);
  });
  if (!made.ok) throw new Error('the account was there');
  account = made.value.account;
  const person = made.value.people.find(({ name }) => name === 'Carla')!;
  carlaId = person.userId;
  const clock = systemClock();
  floorProcess = new FloorProcess({
    floorPool: database.floor,
    spoolDir: folder,
    clock,
    logger,
    owner: 'test',
    onTurn: (turn) => {
      projector.take([turn]);
      for (const listener of [...heard]) listener(turn);
    },
    onStorageAway: (active) => logger.warn({ active }, 'the database is away'),
    onSwitchAway: () => {},
    onAlarm: (name, detail, of) => logger.error({ alarm: name, account: of, detail }, 'alarm'),
    onFenced: () => {},
  });
  await floorProcess.recover();
  const projector = createProjector({ store: projectionsIn(database.floor), readTurns: (of, after) => floorProcess.readTurns(of, after), lingerMs: 0 });
  engine = new SimulatedEngine(soon);
  engine.onEvent((event) => ignoreFailure('an event of the test', floorProcess.floors.takeEvent(account, event, 0)));
  const floor = await floorProcess.floors.open(account, engine);
  floor.setConnected(true);
  floor.start();
  http = await createHttp({
    pool: database.app,
    floorPool: database.floor,
    clock,
    settings: { ...defaultHttpSettings, feedTickMs: 5 },
    floor: floorProcess.floors,
    accountKeys,
    recordingFolder: recordingFolderAt(path.join(folder, 'recordings')),
    provisioning: { device: async () => ({ accepted: true }), removeDevice: async () => undefined, lines: async () => undefined },
    softphoneReach: () => ({ webSocketPath: '/sip', sipDomain: 'localhost', iceServers: [] }),
    traceOf: async () => database.owner.query(`insert into users (user_id, account, name, email, role, password_hash) values ('usr_x', $1, '${SECRETS.name}', '${person.email}', 'agent', '')`, [account]).then(() => null),
    legsOf: () => [],
    webhooks: { receiver: { refuses: () => undefined }, changed: () => undefined },
    demo: { liveDemo: () => ({ available: false, running: false }), switchDemo: async () => undefined },
    health: () => ({ takesCalls: true, storageAway: false }),
    today: () => undefined,
    liveDemoAccount: () => undefined,
    logger,
    certificate: undefined,
  });
  await http.openAccount(account);
  carla = await signedIn('Carla', person.email);
});
afterAll(async () => {
  await http.close();
  await engine.close();
  await floorProcess.floors.close();
  await database.drop();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function signedIn(name: string, email: string): Promise<Browser> {
  const browser = new Browser(() => http.app);
  expect((await browser.post('/api/session', { email, password: password.get(name) })).status).toBe(201);
  return browser;
}

/** The next event of a kind, from when this is called. */
function next(type: string): Promise<Record<string, unknown>> {
  return new Promise((resolve) => {
    const listener = (turn: FloorTurn): void => {
      const event = turn.events.find((one) => one.type === type);
      if (!event) return;
      heard.splice(heard.indexOf(listener), 1);
      resolve(event as unknown as Record<string, unknown>);
    };
    heard.push(listener);
  });
}

/** A customer who chooses 1 at the menu, and an agent who answers. */
function inhabit(customer: { legId?: string }): void {
  let pressed = false;
  const world: SimulatedWorld = {
    ringing: (legId) => soon.after(100, () => engine.pickUp(legId)),
    dialled: () => undefined,
    hears: (legId, play) => {
      if (legId !== customer.legId || !play.stopOnDigit || pressed) return;
      pressed = true;
      soon.after(100, () => engine.press(legId, '1'));
    },
    answered: () => undefined,
    joined: () => undefined,
    replaced: () => undefined,
    ended: () => undefined,
  };
  engine.inhabit(world);
}

async function wholeCall(): Promise<string> {
  const customer: { legId?: string } = {};
  inhabit(customer);
  const registered = await carla.post('/api/softphone/registration');
  engine.deviceOnline(account, registered.text('deviceId'));
  const statuses = [...floorProcess.floors.world(account)!.statuses.entries()];
  await floorProcess.floors.submit(account, { type: 'choose-status', agentId: carlaId, statusId: statuses.find(([, status]) => status.takesQueueWork)![0] });
  const answered = next('conversation-answered');
  customer.legId = engine.callIn({ account, trunkId: 'trk_elsewhere' as TrunkId, caller: { number: `+${SECRETS.number}`, name: SECRETS.name }, dialled: '100' });
  const { conversationId, callId } = (await answered) as { conversationId: string; callId: string };
  for (const digit of SECRETS.digits) engine.press(customer.legId, digit);
  expect((await carla.post(`/api/calls/${callId}/digits`, { digits: SECRETS.digits })).status).toBeLessThan(300);
  const ended = next('conversation-ended');
  engine.hangUp(customer.legId);
  await ended;
  return conversationId;
}

const saying = (message: string) => lines.filter((line) => (JSON.parse(line) as { msg: string }).msg === message);

it('[design 11] no line of the log holds a number, a digit or a name, whatever was done and whatever failed', async () => {
  const conversationId = await wholeCall();

  // What people outside and inside do with numbers in it, allowed or not.
  const refused = next('call-refused');
  engine.callIn({ account, trunkId: 'trk_elsewhere' as TrunkId, caller: { number: SECRETS.number, name: SECRETS.name }, dialled: SECRETS.dialled });
  await refused;
  await carla.put(`/api/conversations/${conversationId}/after-service`, { note: SECRETS.note, tags: [], outcome: null });
  await carla.get(`/api/conversations?number=${SECRETS.number}`);
  await carla.get(`/api/conversations/${SECRETS.number}`);
  await carla.get(`/nowhere/${SECRETS.number}?name=${SECRETS.name}`);
  await carla.post('/api/session', { email: SECRETS.email, password: SECRETS.digits });
  await carla.post('/api/session', `{"email": "${SECRETS.email}`, { 'content-type': 'application/json' });
  await carla.post(`/api/public/demo/guest-calls`, { number: SECRETS.number });
  expect(saying('request answered').length).toBeGreaterThan(8);

  // What fails: a request, a turn, a query that nobody waits for, the database's own words about a value.
  const olga = await signedIn('Olga', 'olga@demo.centralita.invalid');
  const failed = await olga.get('/api/traces/leg_00000000000000000000000000');
  expect(failed.status).toBe(500);
  expect(saying('request failed')).toHaveLength(1);
  // An entity of a later version, read by this one.
  const later = { position: 1, entity: 'script', id: 'scr_x', value: { number: SECRETS.number, name: SECRETS.name } };
  expect(await floorProcess.floors.get(account)!.submit({ type: 'configuration', change: later } as never)).toMatchObject({ ok: false, refusal: { code: 'internal' } });
  expect(saying('alarm')).toHaveLength(1);
  expect(saying('alarm')[0]).toContain('scr_x');
  const values = [account, SECRETS.name, 'olga@demo.centralita.invalid'];
  const duplicate = database.owner.query(`insert into users (user_id, account, name, email, role, password_hash) values ('usr_y', $1, $2, $3, 'agent', '')`, values);
  ignoreFailure('a test', duplicate);
  await expect(duplicate).rejects.toThrow('users_email');
  const unreadable = database.owner.query('select $1::integer', [`+${SECRETS.number}`]);
  ignoreFailure('another test', new Promise((_, reject) => unreadable.catch((error: Error) => reject(new AggregateError([error], 'two things', { cause: error })))));
  await expect(unreadable).rejects.toThrow(SECRETS.number);
  await expect.poll(() => saying('a failure was let pass').length).toBe(2);

  for (const [what, secret] of Object.entries(SECRETS)) {
    const found = lines.filter((line) => (typeof secret === 'string' ? line.includes(secret) : secret.test(line)));
    expect(found, what).toEqual([]);
  }
});
