import { ignoredFailures } from '@centralita/kernel';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The process's figures in Prometheus' text, with Node's own (event-loop delay, memory, handles). */
export function createMetrics(role: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'centralita_ignored_failures',
    help: 'Failures that were let pass by name since the process started',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      for (const [reason, count] of ignoredFailures()) this.set({ reason }, count);
    },
  });
  return registry;
}
