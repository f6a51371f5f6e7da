import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@centralita/kernel';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Command, SwitchSnapshot, TelephonyEvent } from '../../port/index.ts';
import { silentLogger } from '../logger.ts';
import { connectToSwitch, type SwitchClient, type SwitchClientSettings } from '../switch-client.ts';
import { ControlLink } from './control-link.ts';
import { EventLog } from './event-log.ts';

const clock = systemClock();
const FIRST_SEQ = 1_000;
let folder: string;
let socketPath: string;
let log: EventLog;
let link: ControlLink;
let taken: { id: string; command: Command }[];
/** Whether the switch was told that control can follow new calls, each time. */
let follows: boolean[];
const clients: SwitchClient[] = [];

const endLeg: Command = { type: 'end-leg', legId: 'leg_1', cause: 'hung-up' };
const snapshotNow = (): SwitchSnapshot => ({ seq: log.seq, at: clock.now(), legs: [], endedLegs: [], recordings: [], devices: [], trunks: [] });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'link-'));
  socketPath = join(folder, 'private', 'switch.sock');
  log = new EventLog(clock, FIRST_SEQ, 100);
  taken = [];
  follows = [];
  link = makeLink();
  await link.listen(socketPath);
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await link.close();
  rmSync(folder, { recursive: true });
});

function makeLink(): ControlLink {
  return new ControlLink({
    log,
    clock,
    logger: silentLogger,
    switchId: 'sw_1',
    handlers: {
      take: (id, command) => {
        taken.push({ id, command });
        return { accepted: true };
      },
      snapshot: snapshotNow,
      trace: (legId) => Promise.resolve(legId === 'leg_1' ? 'a trace' : null),
      takeCalls: (taking) => follows.push(taking),
      drain: () => {},
      load: () => ({ legs: 7, linesInUse: 3, tickLateP99Ms: 1, admitting: true, workers: [] }),
      acknowledged: () => {},
    },
  });
}

interface Watched {
  readonly client: SwitchClient;
  readonly events: TelephonyEvent[];
  readonly snapshots: SwitchSnapshot[];
  until(condition: () => boolean): Promise<void>;
}

function connect(settings: Partial<SwitchClientSettings> = {}): Watched {
  const client = connectToSwitch({ socketPath, epoch: 1, committedSeq: FIRST_SEQ, retryMinMs: 5, ...settings });
  clients.push(client);
  const events: TelephonyEvent[] = [];
  const snapshots: SwitchSnapshot[] = [];
  const checks = new Set<() => void>();
  const check = () => checks.forEach((run) => run());
  client.onEvent((event) => {
    events.push(event);
    check();
  });
  client.onSnapshot((snapshot) => {
    snapshots.push(snapshot);
    check();
  });
  client.onConnection(check);
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve) => {
      const run = () => {
        if (!condition()) return;
        checks.delete(run);
        resolve();
      };
      checks.add(run);
      run();
    });
  return { client, events, snapshots, until };
}

const happen = (count: number) => {
  for (let i = 0; i < count; i++) log.append('acc_1', { type: 'leg-answered', legId: `leg_${log.seq}` });
};

describe('control link', () => {
  test('the socket and its folder are private', () => {
    expect(statSync(join(folder, 'private')).mode & 0o777).toBe(0o700);
    expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  });

  test('commands are answered in order; events come numbered and without gaps', async () => {
    const { client, events, until } = connect();
    await until(() => client.connected);
    expect(await Promise.all([client.send('a', endLeg, 1), client.send('b', endLeg, 1)])).toEqual([{ accepted: true }, { accepted: true }]);
    expect(taken.map(({ id }) => id)).toEqual(['a', 'b']);
    happen(3);
    await until(() => events.length === 3);
    expect(events.map((event) => event.seq)).toEqual([1001, 1002, 1003]);
    expect(await client.trace('leg_1')).toBe('a trace');
    expect(await client.trace('leg_2')).toBeNull();
    expect((await client.snapshot()).seq).toBe(1003);
  });

  test('a new control process gets what was not committed again', async () => {
    happen(5);
    const first = connect();
    await first.until(() => first.events.length === 5);
    first.client.acknowledge(1002);
    await first.client.snapshot(); // answered after the acknowledgement was read
    expect(log.size).toBe(3);
    await first.client.close();
    const second = connect({ epoch: 2, committedSeq: 1003 });
    await second.until(() => second.events.length === 2);
    expect(second.events.map((event) => event.seq)).toEqual([1004, 1005]);
    expect(second.snapshots).toEqual([]);
    expect(log.size).toBe(2);
  });

  test.each([
    ['the buffer no longer reaches back', 1_010],
    ['the position is of a switch before this one', 3],
    ['the position is from the future', 9_999_999],
  ])('a snapshot with its number comes first where %s', async (_why, committedSeq) => {
    happen(150);
    const { events, snapshots, until } = connect({ committedSeq });
    await until(() => snapshots.length === 1);
    expect(snapshots[0]!.seq).toBe(1150);
    happen(1);
    await until(() => events.length === 1);
    expect(events[0]!.seq).toBe(1151);
  });

  test('a lower epoch is fenced: the old process hears it on its open connection and on a new one', async () => {
    const old = connect({ epoch: 4 });
    await old.until(() => old.client.connected);
    const next = connect({ epoch: 5 });
    await next.until(() => next.client.connected);
    expect(await old.client.send('a', endLeg, 4)).toEqual({ accepted: false, reason: 'fenced' });
    expect(await next.client.send('b', endLeg, 4)).toEqual({ accepted: false, reason: 'fenced' });
    expect(await next.client.send('c', endLeg, 5)).toEqual({ accepted: true });
    happen(1);
    await next.until(() => next.events.length === 1);
    expect(old.events).toEqual([]);
    expect(taken.map(({ id }) => id)).toEqual(['c']);
  });

  test('[design 2] a control that took no calls says nothing about the next one: not when it is gone, and not when it is replaced', async () => {
    const first = connect();
    await first.until(() => first.client.connected);
    first.client.takeCalls(false);
    await first.client.snapshot();
    expect(follows.at(-1)).toBe(false);
    const next = connect({ epoch: 2 });
    await next.until(() => next.client.connected);
    expect(follows.at(-1), 'replaced').toBe(true);
    next.client.takeCalls(false);
    await next.client.snapshot();
    const before = follows.length;
    await next.client.close();
    await vi.waitFor(() => expect(link.connected).toBe(false));
    expect(follows.slice(before), 'gone').toEqual([true]);
  });

  test('a malformed command is refused and changes nothing', async () => {
    const { client, until } = connect();
    await until(() => client.connected);
    const broken = { type: 'send-digits', legId: 'leg_1', digits: 'hello\r\n' } as Command;
    expect(await client.send('a', broken, 1)).toEqual({ accepted: false, reason: 'malformed' });
    expect(await client.send('b', { type: 'nothing-known' } as unknown as Command, 1)).toEqual({ accepted: false, reason: 'malformed' });
    expect(taken).toEqual([]);
  });

  test('commands while disconnected are answered so; the connection is made again and events go on', async () => {
    const { client, events, until } = connect();
    await until(() => client.connected);
    await link.close();
    await until(() => !client.connected);
    expect(await client.send('a', endLeg, 1)).toEqual({ accepted: false, reason: 'disconnected' });
    await expect(client.snapshot()).rejects.toThrow();
    happen(2);
    link = makeLink();
    await link.listen(socketPath);
    await until(() => events.length === 2);
    expect(events.map((event) => event.seq)).toEqual([1001, 1002]);
  });

  test.each([['no JSON', 'hello\n'], ['an unknown line', '{"type":"sing"}\n'], ['a line without end', 'x'.repeat(1_100_000)]])(
    'a connection that sends %s is cut, others go on',
    async (_what, bytes) => {
      const { client, until } = connect();
      await until(() => client.connected);
      const socket = createConnection(socketPath);
      socket.on('error', () => {}); // a reset is the expected end of this connection
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.write(bytes);
      await closed;
      expect(await client.send('a', endLeg, 1)).toEqual({ accepted: true });
    },
  );
});
