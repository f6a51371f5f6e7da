/**
 * The matcher against the plain scan, 100 to 50,000 agents and as many waiting customers. `node bench/routing/main.ts`
 * (about a minute). `--quick` stops at 10,000. Ends with 1 when the two ever decide differently.
 */
import { cpus, loadavg } from 'node:os';
import { createMatcher } from '@centralita/server/capabilities/routing/domain/matcher/index.ts';
import { createNaiveMatcher } from '@centralita/server/capabilities/routing/domain/matcher/naive.ts';
import { runDay } from './day.ts';

const SIZES = [100, 500, 1_000, 5_000, 10_000, 50_000];
const sizes = process.argv.includes('--quick') ? SIZES.filter((size) => size <= 10_000) : SIZES;
const WARM_UP = 20_000;
/** The matcher's days take a second, so other work on the machine shows in one of them: the middle one of three is reported. */
const DAYS = 3;

const rows = sizes.map((size) => {
  const naive = runDay(createNaiveMatcher, size, { pairs: 20_000, seconds: 4, warmUp: 20 });
  const days = Array.from({ length: DAYS }, () => runDay(createMatcher, size, { pairs: 100_000, seconds: 4, warmUp: WARM_UP }));
  const indexed = days.sort((a, b) => a.p99 - b.p99)[DAYS >> 1]!;
  const common = Math.min(naive.decided, indexed.decided);
  const same = days.every((day) => day.decisionsAfter(common) === naive.decisionsAfter(common));
  const perSecond = { naive: naive.pairs / naive.seconds, indexed: indexed.pairs / indexed.seconds };
  return { size, naive, indexed, perSecond, ratio: perSecond.indexed / perSecond.naive, common, same };
});

/** The exponent b of cost = a · size^b, by least squares on logarithms. */
function growth(cost: (row: (typeof rows)[number]) => number): number {
  const points = rows.map((row) => ({ x: Math.log(row.size), y: Math.log(cost(row)) }));
  const mean = (of: (point: { x: number; y: number }) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  return points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
const time = (us: number): string => (us < 100 ? us.toFixed(1) : whole(us));
console.log('| agents / waiting | naive pairs/s | naive p99 µs | matcher pairs/s | p50 µs | p99 µs | longest µs | ratio | same decisions |');
console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |');
for (const { size, naive, indexed, perSecond, ratio, common, same } of rows) {
  console.log(
    `| ${whole(size)} | ${whole(perSecond.naive)} | ${time(naive.p99)} | ${whole(perSecond.indexed)} | ${time(indexed.p50)} | ${time(indexed.p99)} | ${time(indexed.longest)} | ${whole(ratio)} | ${same ? 'yes' : 'NO'}, ${whole(common)} pairs |`,
  );
}
const perPair = growth(({ perSecond }) => 1 / perSecond.indexed);
const naivePerPair = growth(({ perSecond }) => 1 / perSecond.naive);
console.log(`\nGrowth of the cost of a pair: agents^${perPair.toFixed(2)} (naive: agents^${naivePerPair.toFixed(2)}); of p99: agents^${growth(({ indexed }) => indexed.p99).toFixed(2)}.`);
console.log(`Machine: ${cpus().length} × ${cpus()[0]!.model.trim()}, Node ${process.version}, load ${loadavg()[0]!.toFixed(2)} at the end; one thread.`);
if (rows.some(({ same }) => !same)) process.exitCode = 1;
