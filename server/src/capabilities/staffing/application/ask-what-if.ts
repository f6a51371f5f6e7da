import type { WhatIfAnswer, WhatIfQuestion } from '@centralita/contract';
import { refuse, type Result, SECOND_MS } from '@centralita/kernel';
import type { Reader, SimulateBeside, StaffingDeps } from './ports.ts';

type Refused = { readonly code: 'not-found' } | Extract<Awaited<ReturnType<SimulateBeside>>, { readonly ok: false }>['refusal'];

/** Nothing real changes: the queue's rules are read, and days are simulated beside the program. */
export async function askWhatIf({ queueOf, simulate }: StaffingDeps, reader: Reader, question: WhatIfQuestion, left: AbortSignal): Promise<Result<WhatIfAnswer, Refused>> {
  const queue = await queueOf(reader, question.queueId);
  if (!queue) return refuse({ code: 'not-found' });
  const { selection, ageingPerMinute, ringTimeoutMs, maximumWaitMs, maximumSize, afterServiceLimitMs } = queue.settings;
  const seconds = (ms: number | null): number | null => (ms === null ? null : ms / SECOND_MS);
  const rules = { selection, ageingPerMinute, ringSeconds: ringTimeoutMs / SECOND_MS, maximumWaitSeconds: seconds(maximumWaitMs), maximumSize, afterServiceLimitSeconds: seconds(afterServiceLimitMs) };
  return simulate(reader.account, { question, rules }, left);
}
