import type { WhatIfAnswer, WhatIfQuestion } from '@centralita/contract';
import { refuse, type Result, SECOND_MS } from '@centralita/kernel';
import type { Reader, SimulationRefusal, StaffingDeps } from './ports.ts';

/** Nothing real changes: the queue's rules are read, and days are simulated beside the program. */
export async function askWhatIf({ queueOf, simulations }: StaffingDeps, reader: Reader, question: WhatIfQuestion, left: AbortSignal): Promise<Result<WhatIfAnswer, { readonly code: 'not-found' } | SimulationRefusal>> {
  const queue = await queueOf(reader, question.queueId);
  if (!queue) return refuse({ code: 'not-found' });
  const { selection, ageingPerMinute, ringTimeoutMs, maximumWaitMs, maximumSize, afterServiceLimitMs } = queue.settings;
  const seconds = (ms: number | null): number | null => (ms === null ? null : ms / SECOND_MS);
  const rules = { selection, ageingPerMinute, ringSeconds: ringTimeoutMs / SECOND_MS, maximumWaitSeconds: seconds(maximumWaitMs), maximumSize, afterServiceLimitSeconds: seconds(afterServiceLimitMs) };
  return simulations.simulate(reader, { question, rules }, left);
}
