/**
 * How many simulated calls a minute, and how much memory: `node bench/simulate/main.ts [--agents 200] [--days 1] [--rounds 3]`.
 * With and without checkers, alternating; processor time beside wall time, since other work may share the machine.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { simulate } from '@centralita/simulator/run.ts';
import { readScenario } from '@centralita/simulator/scenario/read-scenario.ts';

const { values } = parseArgs({ options: { agents: { type: 'string', default: '200' }, days: { type: 'string', default: '1' }, rounds: { type: 'string', default: '3' } } });

for (let round = 0; round < Number(values.rounds); round++) {
  for (const checked of [true, false]) {
    const read = readScenario({}, { agents: Number(values.agents), days: Number(values.days), seed: 42 + round });
    if ('problems' in read) throw new Error(read.problems.join('\n'));
    const before = process.cpuUsage();
    const startedAt = performance.now();
    const { center } = await simulate(read.scenario, { checked });
    const seconds = (performance.now() - startedAt) / 1_000;
    const { user, system } = process.cpuUsage(before);
    const perMinute = (over: number): number => Math.round((60 * center.customers.calls) / over);
    console.log(
      `${checked ? 'checked  ' : 'unchecked'} ${center.customers.calls} calls, ${center.journal.lastSeq} turns: ${perMinute(seconds)} a minute (${perMinute((user + system) / 1e6)} by processor time), ` +
        `${(process.memoryUsage().rss / 1_048_576).toFixed(0)} MB, load ${loadavg()[0]!.toFixed(1)}`,
    );
  }
}
