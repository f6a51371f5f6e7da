/**
 * The process that simulates for a person who asks "what if": one order comes by IPC, each day that is
 * done is told, one answer goes back, and it ends. Control spawns it with a limit of memory and time, and kills it when nobody waits for
 * the answer any more.
 */
import { type SimulationOrder, simulationOrder, type SimulationReport } from '@centralita/contract';
import { simulateDays } from './simulate-days.ts';

// Whoever asked is gone: nothing is left to do.
process.once('disconnect', () => process.exit());
process.once('message', (message) => {
  void answer(simulationOrder.parse(message));
});

async function answer(order: SimulationOrder): Promise<void> {
  const found = await simulateDays(order, { onDay: (done, of) => tell({ type: 'progress', done, of }) });
  tell({ type: 'answer', answer: found }, () => process.disconnect());
}

function tell(report: SimulationReport, told?: () => void): void {
  process.send?.(report, undefined, undefined, told);
}
