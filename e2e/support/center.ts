import type { FlowDefinition, QueueRequest, QueueView } from '@centralita/contract';
import type { Api } from './api.ts';

/** An administrator's changes, made as a settings screen would make them. */
export async function changeQueue(admin: Api, name: string, change: Partial<QueueRequest>): Promise<QueueView> {
  const { items } = await admin.get<{ items: QueueView[] }>('/api/queues');
  const found = items.find((one) => one.name === name)!;
  const { queueId, version: _version, ...queue } = found;
  await admin.put(`/api/queues/${queueId}`, { ...queue, ...change });
  return found;
}

export async function changeFlow(admin: Api, change: (flow: FlowDefinition) => Partial<FlowDefinition>): Promise<void> {
  const { items } = await admin.get<{ items: (FlowDefinition & { flowId: string; version: number })[] }>('/api/flows');
  const { flowId, version: _version, ...flow } = items[0]!;
  await admin.put(`/api/flows/${flowId}`, { ...flow, ...change(flow) });
}

/** Callers are answered and wait in Ventas at once, without greeting or menu; its agents are free at once after a call. */
export async function leadStraightToVentas(admin: Api): Promise<void> {
  const { queueId } = await changeQueue(admin, 'Ventas', { afterServiceLimitMs: 0 });
  await changeFlow(admin, () => ({ start: 'answer', steps: { answer: { kind: 'answer', next: 'queue' }, queue: { kind: 'queue', queueId } } }));
}
