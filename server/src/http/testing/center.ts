import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AccountId, Result } from '@centralita/kernel';
import type { FastifyInstance } from 'fastify';
import { accountKeysIn } from '../../capabilities/accounts/storage/account-keys.postgres.ts';
import { changeConfigurationIn } from '../../capabilities/accounts/storage/configuration.postgres.ts';
import type { ConfigurationChange } from '../../capabilities/accounts/index.ts';
import { argonPasswords } from '../../capabilities/people/application/passwords.ts';
import { createDemoAccount, type MadeAccount } from '../../capabilities/people/index.ts';
import { accountWriter } from '../../capabilities/people/storage/account-writer.postgres.ts';
import { recordingFolderAt } from '../../capabilities/recordings/storage/recording-folder.ts';
import type { FloorEventSeen } from '../../feed/topic.ts';
import { readOutbox } from '../../storage/outbox.postgres.ts';
import { freshDatabase, type TestDatabase } from '../../storage/testing/database.ts';
import type { DeviceCredential } from '../../telephony/port/index.ts';
import { TestFloor } from '../../wiring/account-program/testing/test-floor.ts';
import { createHttp, type HttpDeps, type HttpSide } from '../../wiring/create-http.ts';
import { receiverOver } from '../../wiring/webhook-receiver.ts';
import type { FloorPort, PersonCommand } from '../floor-port.ts';
import { defaultHttpSettings, type HttpSettings } from '../settings.ts';

export const ORIGIN = 'http://localhost:8080';

/** The real machines of one account behind the port that HTTP sees, fed from the real outbox. */
export class FloorInTest implements FloorPort {
  readonly floor = new TestFloor();
  readonly account: AccountId;
  readonly #database: TestDatabase;
  readonly #listeners = new Set<(account: AccountId, events?: readonly FloorEventSeen[]) => void>();
  #told = 0;
  #position = 0;

  constructor(account: AccountId, database: TestDatabase) {
    this.account = account;
    this.#database = database;
  }

  async submit(account: AccountId, command: PersonCommand, personal: Readonly<Record<string, string>> = {}): Promise<Result<unknown, { code: string }>> {
    if (account !== this.account) return { ok: false, refusal: { code: 'not-found' } };
    for (const [ref, value] of Object.entries(personal)) this.floor.world.personal.put(ref, value);
    const refusal = this.floor.submit(command);
    this.tell();
    return refusal === undefined ? { ok: true, value: undefined } : { ok: false, refusal: { code: refusal } };
  }

  world(account: AccountId) {
    return account === this.account ? this.floor.world : undefined;
  }

  async takeConfiguration(): Promise<void> {
    const { rows } = await readOutbox(this.#database.floor, this.account, this.#position);
    for (const row of rows) {
      this.#position = row.position;
      // Rows are written from typed values by one helper.
      this.floor.configure({ entity: row.entity, id: row.entityId, value: row.value } as Omit<ConfigurationChange, 'position'>);
    }
    this.tell();
  }

  onCommitted(listener: (account: AccountId, events?: readonly FloorEventSeen[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What happened at the switch is committed: whoever listens hears of it. */
  tell(): void {
    const events = this.floor.events.slice(this.#told);
    this.#told = this.floor.events.length;
    if (events.length > 0) for (const listener of this.#listeners) listener(this.account, events);
  }
}

export interface TestCenter {
  readonly database: TestDatabase;
  readonly http: HttpSide;
  readonly app: FastifyInstance;
  readonly made: MadeAccount;
  readonly floor: FloorInTest;
  readonly folder: string;
  readonly passwords: ReadonlyMap<string, string>;
  /** What the switch was told, newest last. */
  readonly provisioned: DeviceCredential[];
  readonly removedDevices: string[];
  readonly clock: { now(): number; at: number };
  as(name: 'Carla' | 'Diego' | 'Elena' | 'Fabián' | 'Olga'): Promise<Browser>;
  stranger(): Browser;
  /** The HTTP side ends in good order and begins anew on the same database; browsers keep their cookies. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Ferretería Central behind the real HTTP server: PostgreSQL and machines are real, the switch notes what it is told. */
export async function openCenter(settings: Partial<HttpSettings> = {}, changes: Partial<HttpDeps> = {}): Promise<TestCenter> {
  const database = await freshDatabase();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'http-'));
  const clock = { at: Date.now(), now: () => clock.at };
  const accountKeys = accountKeysIn(database.app, path.join(folder, 'secrets'));
  const passwords = new Map<string, string>();
  const made = await createDemoAccount({ change: changeConfigurationIn(database.app), writer: accountWriter, passwords: argonPasswords, accountKeys }, (people) => {
    for (const { name, password } of people) passwords.set(name, password);
  });
  if (!made.ok) throw new Error('the demo account was there already');
  const floor = new FloorInTest(made.value.account, database);
  await floor.takeConfiguration();
  const provisioned: DeviceCredential[] = [];
  const removedDevices: string[] = [];
  const start = () => createHttp({
    pool: database.app,
    floorPool: database.floor,
    clock,
    settings: { ...defaultHttpSettings, feedTickMs: 5, ...settings },
    floor,
    accountKeys,
    recordingFolder: recordingFolderAt(path.join(folder, 'recordings')),
    provisioning: {
      device: async (_account, device) => {
        provisioned.push(device);
        return { accepted: true };
      },
      removeDevice: async (_account, deviceId) => {
        removedDevices.push(deviceId);
      },
      lines: async () => undefined,
    },
    softphoneReach: ({ host }) => ({ webSocketPath: '/sip', sipDomain: host.split(':')[0]!, iceServers: [] }),
    traceOf: async () => null,
    legsOf: () => [],
    webhooks: { receiver: receiverOver({ allowed: [] }), changed: () => undefined },
    demo: { liveDemo: () => ({ available: false, running: false }), switchDemo: async () => undefined },
    health: () => ({ takesCalls: true, storageAway: false }),
    today: () => undefined,
    liveDemoAccount: () => undefined,
    logger: undefined,
    certificate: undefined,
    ...changes,
  });
  let http = await start();
  await http.openAccount(made.value.account);
  const center: TestCenter = {
    database,
    get http() {
      return http;
    },
    get app() {
      return http.app;
    },
    made: made.value,
    floor,
    folder,
    passwords,
    provisioned,
    removedDevices,
    clock,
    as: async (name) => {
      const browser = new Browser(() => http.app);
      const email = made.value.people.find((person) => person.name === name)!.email;
      const signedIn = await browser.post('/api/session', { email, password: passwords.get(name) });
      if (signedIn.status !== 201) throw new Error(`${name} could not sign in: ${JSON.stringify(signedIn.body)}`);
      return browser;
    },
    stranger: () => new Browser(() => http.app),
    restart: async () => {
      await http.close();
      http = await start();
      await http.openAccount(made.value.account);
    },
    close: async () => {
      await http.close();
      await database.drop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
  return center;
}

export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly raw: Buffer;
  text(key: string): string;
  list(key: string): readonly Readonly<Record<string, unknown>>[];
}

/** Keeps cookies and sends the page's Origin, as a browser does. */
export class Browser {
  readonly #app: () => FastifyInstance;
  cookie = '';

  constructor(app: () => FastifyInstance) {
    this.#app = app;
  }

  get = (url: string, headers: Record<string, string> = {}): Promise<Answered> => this.request('GET', url, undefined, headers);
  post = (url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> => this.request('POST', url, body, headers);
  put = (url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> => this.request('PUT', url, body, headers);
  delete = (url: string, headers: Record<string, string> = {}): Promise<Answered> => this.request('DELETE', url, undefined, headers);

  async request(method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH', url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    const response = await this.#app().inject({
      method,
      url,
      headers: { host: 'localhost:8080', ...(method !== 'GET' && { origin: ORIGIN }), ...(this.cookie && { cookie: this.cookie }), ...headers },
      ...(body !== undefined && { payload: body as object }),
    });
    const set = response.headers['set-cookie'];
    if (set) this.cookie = String(set).split(';')[0]!;
    const json = /json/.test(String(response.headers['content-type'] ?? ''));
    const answer: Readonly<Record<string, unknown>> = json ? response.json() : {};
    return {
      status: response.statusCode,
      body: answer,
      headers: response.headers,
      raw: response.rawPayload,
      text: (key) => String(answer[key]),
      list: (key) => answer[key] as readonly Readonly<Record<string, unknown>>[],
    };
  }
}
