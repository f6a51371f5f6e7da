/** Every row of the textbook on the real router: `node simulator/theory/main.ts`. Ends with 1 when one is off by more than three standard errors. */
import { runModel } from './model.ts';
import { ROWS } from './rows.ts';

for (const row of ROWS) {
  const { offered, measured } = await runModel(row);
  const { agents, load, handlingSeconds, patienceSeconds } = row;
  process.stdout.write(`${patienceSeconds === undefined ? 'Erlang C' : 'Erlang A'}: ${agents} agents, ${load} erlangs of ${handlingSeconds} s${patienceSeconds === undefined ? '' : `, patience ${patienceSeconds} s`}; ${offered} calls\n`);
  for (const { what, theory, mean, error } of measured) {
    const off = (mean - theory) / error;
    process.stdout.write(`  ${what.padEnd(12)} theory ${theory.toFixed(4).padStart(9)}  router ${mean.toFixed(4).padStart(9)}  off by ${off.toFixed(1)} standard errors\n`);
    if (Math.abs(off) > 3) process.exitCode = 1;
  }
}
