import type { FlowDefinition } from '@centralita/contract';
import type { Api } from './api.ts';

/** About as large as a request may be: a quarter of a megabyte of control's memory each, for as long as they are there. */
export class LargeFlows {
  readonly #admin: Api;
  readonly #made: string[] = [];

  constructor(admin: Api) {
    this.#admin = admin;
  }

  async add(): Promise<void> {
    const items = Array.from({ length: 6_500 }, (_, one) => ({ kind: 'silence' as const, durationMs: one }));
    const flow: FlowDefinition = { name: `Largo ${this.#made.length}`, language: 'es', start: 'play', steps: { play: { kind: 'play', items, next: 'end' }, end: { kind: 'hang-up' } } };
    const { flowId } = await this.#admin.post<{ flowId: string }>('/api/flows', flow);
    this.#made.push(flowId);
  }

  async removeAll(): Promise<void> {
    for (const flowId of this.#made.splice(0)) await this.#admin.remove(`/api/flows/${flowId}`);
  }
}
