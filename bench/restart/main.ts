/**
 * Control killed with calls under way: how soon it routes again, whether a call drops, whether anybody loses their place.
 * `node bench/restart/main.ts [--talking 100] [--waiting 50]`. Ends with 1 when something was lost.
 */
import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { foldersOf } from '@centralita/server/config/folders.ts';
import { ownerUrlOfRunning } from '@centralita/server/storage/databases.ts';
import { openConnection } from '@centralita/server/storage/pool.ts';
import { join } from 'node:path';
import type { Desk } from '../support/center.ts';
import { load, machine, ms, percentile } from '../support/figures.ts';
import { freePorts } from '../support/ports.ts';
import { ProductCenter } from '../support/product.ts';
import { type Logged, Sipp } from '../support/sipp.ts';

const { values } = parseArgs({ options: { talking: { type: 'string', default: '100' }, waiting: { type: 'string', default: '50' } } });
const talking = Number(values.talking);
const waiting = Number(values.waiting);
/** Nobody may hang up before all have come and control is dead; the first do while it is. */
const TALK_MS = { from: 11_000, to: 25_000 };
const CALLS_PER_SECOND = 20;
const KILL_AFTER_MS = (1_000 * (talking + waiting)) / CALLS_PER_SECOND + 2_500;
const PROBES = 40;
const PROBE_EVERY_MS = 100;

const phones = { busy: await freePorts(), spare: await freePorts() };
const busy: Desk = { agents: talking, number: '2001', phonesPort: phones.busy };
/** Idle agents of another account: the first of them to ring after the kill says that control routes again. */
const spare: Desk = { agents: PROBES, number: '2002', phonesPort: phones.spare };

const product = await ProductCenter.start([busy, spare]);
const opened: Sipp[] = [];
try {
  await run();
} finally {
  for (const sipp of opened) {
    await sipp.stop();
    sipp.forget();
  }
  await product.stop();
}

async function run(): Promise<void> {
  const customers = async (desk: Desk, calls: number, perSecond: number): Promise<Sipp> =>
    open(new Sipp('customer', { target: { port: product.sipPort, number: desk.number }, port: await freePorts(), mediaPort: await freePorts(), arguments: ['-m', String(calls), '-r', String(perSecond), '-l', String(calls)] }));
  const agents = async (desk: Desk, talkFromMs: number, talkToMs: number): Promise<Sipp> =>
    open(new Sipp('agent', { port: desk.phonesPort, mediaPort: await freePorts(), arguments: [] }, { talkFromMs, talkToMs }));
  const busyPhones = await agents(busy, TALK_MS.from, TALK_MS.to);
  const sparePhones = await agents(spare, 500, 1_000);
  await delay(300);
  const callers = await customers(busy, talking + waiting, CALLS_PER_SECOND);
  await delay(KILL_AFTER_MS);
  const rungBefore = busyPhones.log();
  process.kill(product.pidOf('control'), 'SIGKILL');
  const killedAt = Date.now();
  const probes = await customers(spare, PROBES, 1_000 / PROBE_EVERY_MS);
  const loadThen = load();
  await callers.ended(90_000);
  await probes.ended(20_000);
  await delay(2_000);
  await busyPhones.stop();
  await sparePhones.stop();
  await report({ heard: callers.log(), rung: busyPhones.log(), probed: probes.log(), probeRung: sparePhones.log(), rungBefore, killedAt, loadThen });
}

function open(sipp: Sipp): Sipp {
  opened.push(sipp);
  return sipp;
}

interface Seen {
  readonly heard: readonly Logged[];
  readonly rung: readonly Logged[];
  readonly probed: readonly Logged[];
  readonly probeRung: readonly Logged[];
  readonly rungBefore: readonly Logged[];
  readonly killedAt: number;
  readonly loadThen: string;
}

async function report({ heard, rung, probed, probeRung, rungBefore, killedAt, loadThen }: Seen): Promise<void> {
  const ended = (lines: readonly Logged[]): number => lines.filter(({ what }) => what === 'ended').length;
  const before = { talking: talkingIn(rungBefore), rung: rungBefore.filter(({ what }) => what === 'ring').length };
  const again = Math.min(...probeRung.filter(({ what }) => what === 'ring').map(({ at }) => at)) - killedAt;
  const waited = rung.filter(({ what, at }) => what === 'ring' && at > killedAt).map(({ caller }) => Number(caller));
  const overtaken = waited.filter((caller, index) => waited.slice(index + 1).some((later) => later < caller)).length;
  const probeRing = probed.flatMap(({ what, caller, at }) => (what === 'invite' ? (probeRung.find((ring) => ring.what === 'ring' && ring.caller === caller)?.at ?? Number.NaN) - at : []));
  const kept = await keptConversations();
  const calls = heard.filter(({ what }) => what === 'invite').length;
  const inWait = calls - before.rung;
  const dropped = calls - ended(heard) + (PROBES - ended(probed));
  console.log('| talking / waiting when killed | routing again s | calls that arrived meanwhile: longest wait ms | dropped | overtaken in line | conversations kept | load |');
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  console.log(`| ${before.talking} / ${inWait} | ${(again / 1_000).toFixed(2)} | ${ms(percentile(probeRing, 1))} | ${dropped} of ${calls + PROBES} | ${overtaken} of ${waited.length} | ${kept} of ${calls + PROBES} | ${loadThen} |`);
  console.log(`\n\`node bench/restart/main.ts ${process.argv.slice(2).join(' ')}\``);
  console.log(`Machine: ${machine()}; load over one minute at the kill. Routing again: from the kill to the first agent's INVITE for a caller who came after it.`);
  for (const sipp of opened) if (sipp.errors() !== '') console.error(sipp.errors());
  if (dropped > 0 || overtaken > 0 || kept < calls + PROBES) process.exitCode = 1;
}

function talkingIn(rung: readonly Logged[]): number {
  return rung.filter(({ what }) => what === 'ring').length - rung.filter(({ what }) => what === 'freed').length;
}

/** What the history has of this run, once the projections have caught up. */
async function keptConversations(): Promise<number> {
  const connection = openConnection(ownerUrlOfRunning(foldersOf(join(product.folder, 'data')).postgresRun));
  await connection.connect();
  const { rows } = await connection.query<{ count: number }>(`select count(*) as count from conversations where ended_at is not null`);
  await connection.end();
  return rows[0]!.count;
}
