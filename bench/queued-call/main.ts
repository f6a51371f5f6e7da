/**
 * Queued calls through the product and through Asterisk's Queue(), with the same customers and agents (SIPp), alternating.
 * `node bench/queued-call/main.ts --asterisk DIR [--agents 10,100] [--rates 10,50,100] [--seconds 20] [--rounds 2]`.
 * Without `--asterisk` the product alone is measured.
 */
import { parseArgs } from 'node:util';
import { AsteriskCenter } from '../support/asterisk.ts';
import type { Center, Desk } from '../support/center.ts';
import { load, machine, mean, ms, percentile } from '../support/figures.ts';
import { freePorts } from '../support/ports.ts';
import { ProductCenter } from '../support/product.ts';
import { type Load, playRound, type Round } from '../support/rounds.ts';

const { values } = parseArgs({
  options: {
    asterisk: { type: 'string' },
    agents: { type: 'string', default: '10,100' },
    rates: { type: 'string', default: '10,50,100' },
    seconds: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '2' },
    waiting: { type: 'string', default: '100' },
  },
});
const numbers = (text: string): number[] => text.split(',').map(Number);
const seconds = Number(values.seconds);
/** Longer talk would fill ten agents at 20 calls/s. `Queue()` polls once a second, so talk times have to differ. */
const TALK_MS = { from: 200, to: 400 };
const WAITING_TALK_MS = { from: 1_200, to: 2_800 };
const WARM_CALLS = 2_000;
const WARM_RATE = 50;
/** With more agents busy on average somebody may have to wait, which is another question. */
const BUSY_AT_MOST = 0.6;
/** Between the answer and the freed agent: ringing, answering, hanging up. */
const AROUND_TALK_MS = 100;

interface Case {
  readonly title: string;
  readonly load: Load;
  readonly waiting: boolean;
}

const phonesPort = await freePorts();
const desks = numbers(values.agents).map((agents): Desk => ({ agents, number: String(1_000 + agents), phonesPort }));
const cases = desks.flatMap((desk) => [...calmCases(desk), ...waitingCases(desk)]);

function calmCases(desk: Desk): Case[] {
  const talk = (TALK_MS.from + TALK_MS.to) / 2 + AROUND_TALK_MS;
  return numbers(values.rates)
    .filter((rate) => (rate * talk) / 1_000 <= BUSY_AT_MOST * desk.agents)
    .map((rate) => ({
      title: `${desk.agents} agents, ${rate} calls/s`,
      load: { desk, calls: Math.max(50, rate * seconds), callsPerSecond: rate, talkFromMs: TALK_MS.from, talkToMs: TALK_MS.to },
      waiting: false,
    }));
}

/** All callers come within two or three seconds; each agent is free about once in two. */
function waitingCases(desk: Desk): Case[] {
  const waiting = Number(values.waiting);
  if (waiting === 0 || desk.agents > waiting) return [];
  const calls = desk.agents + waiting;
  return [{ title: `${desk.agents} agents, ${waiting} waiting`, load: { desk, calls, callsPerSecond: calls, talkFromMs: WAITING_TALK_MS.from, talkToMs: WAITING_TALK_MS.to }, waiting: true }];
}

interface Measured {
  readonly rounds: Round[];
  readonly loads: string[];
}

async function measure(centers: readonly Center[]): Promise<void> {
  // Both run long enough to open their files and compile what is hot: a center answers for months.
  for (const center of centers) await playRound(center, { desk: desks.at(-1)!, calls: WARM_CALLS, callsPerSecond: WARM_RATE, talkFromMs: 50, talkToMs: 100 });
  console.log('| case | center | ring p50 ms | p99 ms | freed to next ring p50 / p90 ms | failed | CPU ms/call | of it | media ms/call | load |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | ---: | --- |');
  for (const one of cases) {
    const measured = new Map(centers.map((center): [Center, Measured] => [center, { rounds: [], loads: [] }]));
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const center of round % 2 === 0 ? centers : centers.toReversed()) {
        const { rounds, loads } = measured.get(center)!;
        rounds.push(await playRound(center, one.load));
        loads.push(load());
      }
    }
    report(one, centers, measured);
  }
}

interface Figures {
  readonly p50: number;
  readonly p99: number;
  readonly freed50: number;
  readonly freed90: number;
  readonly cpu: number;
}

function figuresOf({ rounds }: Measured): Figures {
  const ring = rounds.flatMap(({ ringMs }) => ringMs);
  const freed = rounds.flatMap(({ freedToRingMs }) => freedToRingMs);
  const cpu = mean(rounds.map(({ cpuPerCall }) => Object.values(cpuPerCall).reduce((sum, part) => sum + part, 0)));
  return { p50: percentile(ring, 0.5), p99: percentile(ring, 0.99), freed50: percentile(freed, 0.5), freed90: percentile(freed, 0.9), cpu };
}

function report({ title, waiting }: Case, centers: readonly Center[], measured: ReadonlyMap<Center, Measured>): void {
  const figures = centers.map((center) => figuresOf(measured.get(center)!));
  for (const [index, center] of centers.entries()) {
    const { rounds, loads } = measured.get(center)!;
    const { p50, p99, freed50, freed90, cpu } = figures[index]!;
    const parts = Object.keys(rounds[0]!.cpuPerCall).map((part) => `${part} ${mean(rounds.map(({ cpuPerCall }) => cpuPerCall[part]!)).toFixed(1)}`);
    const media = rounds[0]!.mediaPerCall === undefined ? 'inside' : mean(rounds.map(({ mediaPerCall }) => mediaPerCall!)).toFixed(1);
    const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
    const calls = rounds.reduce((sum, round) => sum + round.calls, 0);
    const ring = waiting ? ['-', '-'] : [ms(p50), ms(p99)];
    const freed = waiting ? `${ms(freed50)} / ${ms(freed90)}` : '-';
    console.log(`| ${title} | ${center.name} | ${ring.join(' | ')} | ${freed} | ${failed} of ${calls} | ${cpu.toFixed(1)} | ${parts.join(', ')} | ${media} | ${loads.join(', ')} |`);
    for (const { errors } of rounds) if (errors !== '') console.error(errors);
  }
  if (figures.length < 2) return;
  const [ours, theirs] = figures as [Figures, Figures];
  const ratio = (of: (one: Figures) => number): string => (of(theirs) / of(ours)).toFixed(2);
  const times = waiting ? ['-', '-', `${ratio(({ freed50 }) => freed50)} / ${ratio(({ freed90 }) => freed90)}`] : [ratio(({ p50 }) => p50), ratio(({ p99 }) => p99), '-'];
  console.log(`| ${title} | *Asterisk ÷ Centralita* | ${times.join(' | ')} | | ${ratio(({ cpu }) => cpu)} | | | |`);
}

const opened: Center[] = [];
try {
  const product = await ProductCenter.start(desks);
  opened.push(product);
  if (values.asterisk !== undefined) opened.push(await AsteriskCenter.start(values.asterisk, desks));
  await measure(opened);
  console.log(`\n\`node bench/queued-call/main.ts ${process.argv.slice(2).map((word) => (word === values.asterisk ? 'DIR' : word)).join(' ')}\``);
  console.log(`Machine: ${machine()}; load over one minute beside each round. Memory at the end: ${Object.entries(product.memory()).map(([part, mb]) => `${part} ${mb.toFixed(0)} MB`).join(', ')}.`);
} finally {
  for (const center of opened) await center.stop();
}
