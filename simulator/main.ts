/**
 * A contact center's days in a minute: `npm run simulate -- --agents 200 --days 5 --seed 42 [--scenario FILE] [--account NAME]
 * [--faults]`. Ends with 1 when a rule did not hold, and says how to see it again; with 2 when the scenario cannot be read.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { EVERYTHING } from './faults/presets.ts';
import { tableOf } from './report/table.ts';
import { simulate } from './run.ts';
import { readScenario } from './scenario/read-scenario.ts';
import { BrokenRule } from './world/center.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function options() {
  const { values } = parseArgs({
    options: { agents: { type: 'string' }, days: { type: 'string' }, seed: { type: 'string' }, account: { type: 'string' }, scenario: { type: 'string' }, faults: { type: 'boolean' } },
  });
  const content: unknown = values.scenario === undefined ? {} : JSON.parse(readFileSync(values.scenario, 'utf8'));
  const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));
  const seed = number(values.seed) ?? ((content as { seed?: number } | null)?.seed === undefined ? 1 + Math.floor(Math.random() * 1_000_000) : undefined);
  const whole = values.faults && typeof content === 'object' ? { ...content, faults: EVERYTHING } : content;
  return { values, read: readScenario(whole, { account: values.account, agents: number(values.agents), days: number(values.days), seed }) };
}

function fail(lines: readonly string[]): never {
  for (const line of lines) say(line);
  process.exit(2);
}

function readOptions() {
  try {
    const { values, read } = options();
    return 'problems' in read ? fail(read.problems) : { values, scenario: read.scenario };
  } catch (error) {
    return fail([error instanceof Error ? error.message : String(error)]);
  }
}

const { values, scenario } = readOptions();
const { account, agents, days, seed } = scenario;
const again = ['npm run simulate --', `--account ${account} --agents ${agents} --days ${days} --seed ${seed}`, ...(values.scenario ? [`--scenario ${values.scenario}`] : []), ...(values.faults ? ['--faults'] : [])].join(' ');
const startedAt = performance.now();
try {
  const { center, faults } = await simulate(scenario);
  const seconds = (performance.now() - startedAt) / 1_000;
  say(`${account}: ${agents} agents, ${days} ${days === 1 ? 'day' : 'days'} from ${scenario.start} (${scenario.timeZone}), seed ${seed}\n`);
  say(tableOf(center));
  say(`\n${center.customers.calls} calls, ${center.customers.redials} of them again after giving up; ${center.journal.lastSeq} turns, every rule held after each of ${center.steps} steps`);
  if (faults.counts.size > 0) say(`faults: ${[...faults.counts].map(([what, times]) => `${what} ${times}`).join(', ')}`);
  say(`${seconds.toFixed(1)} s: ${Math.round((60 * center.customers.calls) / seconds)} calls a minute. Again: ${again}`);
} catch (error) {
  if (!(error instanceof BrokenRule)) throw error;
  say(`A rule did not hold: ${error.message}\nSeed ${seed}. See it again: ${again}`);
  process.exitCode = 1;
}
