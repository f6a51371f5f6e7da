/**
 * The process that simulates for a person who asks "what if": one order comes by IPC, one answer goes back, and it ends. Control
 * spawns it with a limit of memory and time, and kills it when nobody waits for the answer any more.
 */
import { type SimulationOrder, simulationOrder } from '@centralita/contract';
import { simulateDays } from './simulate-days.ts';

// Whoever asked is gone: nothing is left to do.
process.once('disconnect', () => process.exit());
process.once('message', (message) => {
  void answer(simulationOrder.parse(message));
});

async function answer(order: SimulationOrder): Promise<void> {
  const found = await simulateDays(order);
  process.send?.(found, undefined, undefined, () => process.disconnect());
}
