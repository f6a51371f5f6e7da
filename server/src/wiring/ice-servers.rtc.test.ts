import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MediaBench } from '../telephony/embedded/media/testing/media-bench.ts';
import { iceServersFor } from './ice-servers.ts';

const SECRET = 'what-only-we-and-the-turn-server-know';
const TURN_PORT = 28_478;

let bench: MediaBench;
let turn: ChildProcess;
let folder: string;
let turnLog = '';

beforeAll(async () => {
  bench = await MediaBench.start(28_500);
  folder = mkdtempSync(join(tmpdir(), 'centralita-turn-'));
  turn = spawn(
    'turnserver',
    ['-n', '--log-file', 'stdout', '--verbose', '--use-auth-secret', `--static-auth-secret=${SECRET}`, '--realm=centralita.example', '--listening-ip=127.0.0.1', `--listening-port=${TURN_PORT}`, '--relay-ip=127.0.0.1',
      '--min-port=28900', '--max-port=28949', '--allow-loopback-peers', '--cli-password=unused', '--no-tls', '--no-dtls', '--no-cli', `--pidfile=${join(folder, 'pid')}`, `--userdb=${join(folder, 'db')}`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise<void>((ready, failed) => {
    turn.stdout!.on('data', (bytes: Buffer) => {
      turnLog += bytes.toString();
      if (/UDP listener opened|Total auth threads|listener opened on/i.test(turnLog)) ready();
    });
    turn.once('error', failed);
    turn.once('exit', () => failed(new Error(turnLog)));
  });
});
afterAll(async () => {
  turn.kill();
  await bench.close();
  rmSync(folder, { recursive: true, force: true });
});

test('[design 4] names who relays and when that ends, and gives STUN no password', () => {
  const [stun, relay] = iceServersFor(['stun:stun.example.org', 'turn:turn.example.org?transport=udp'], SECRET, 'dev_1', 1_000_000_000_000);
  expect(stun).toEqual({ urls: ['stun:stun.example.org'] });
  // printf 1000043200:dev_1 | openssl dgst -sha1 -hmac SECRET -binary | base64
  expect(relay).toEqual({ urls: ['turn:turn.example.org?transport=udp'], username: '1000043200:dev_1', credential: 'ihbcOqzh8tORDi59LhO1qZL2dKE=' });
});

describe('a browser asks coturn for a relay', () => {
  /** Rings with those credentials. @returns what coturn logged until a line of it matched */
  async function ring(legId: string, now: number, secret: string, line: RegExp): Promise<string> {
    const from = turnLog.length;
    const logged = new Promise<void>((seen) => turn.stdout!.on('data', () => line.test(turnLog.slice(from)) && seen()));
    const { username, credential } = iceServersFor([`turn:127.0.0.1:${TURN_PORT}`], secret, 'dev_carla', now)[0]!;
    const relay = { hostname: '127.0.0.1', port: TURN_PORT, username: username!, password: credential!, relayType: 'TurnUdp' as const };
    await bench.browserCaller(legId, undefined, { iceServers: [relay], iceTransportPolicy: 'relay' });
    await logged;
    return turnLog.slice(from);
  }
  const GIVEN = /ALLOCATE processed, success/;

  test('[design 4] and is given one, with what its registration told it', async () => {
    const log = await ring('leg_relayed', Date.now(), SECRET, GIVEN);
    expect(log).toMatch(/<\d+:dev_carla>/);
  });

  test.each([
    ['whose time is over', Date.now() - 13 * 3_600_000, SECRET],
    ['made with another secret', Date.now(), 'guessed'],
  ])('[design 4] and is refused with credentials %s', async (what, now, secret) => {
    const log = await ring(`leg_${what}`, now, secret, /error 401: Unauthorized[^]*error 401: Unauthorized|Cannot (find|complete) credentials|check_stun_auth/i);
    expect(log).not.toMatch(GIVEN);
  });
});
