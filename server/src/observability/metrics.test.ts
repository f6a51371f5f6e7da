import { ignoreFailure } from '@centralita/kernel';
import { describe, expect, it } from 'vitest';
import { type AccountState, createMetrics, type MetricSources } from './metrics.ts';
import { serveMetrics } from './metrics-server.ts';

const quiet: AccountState = { account: 'acc_a', calls: 0, waiting: 0, offers: 0, agents: {}, projectionLagTurns: 0 };
function withSources(accounts: AccountState[], more: Partial<MetricSources> = {}) {
  return createMetrics({
    switch: () => ({ connected: true, legs: 4, linesInUse: 2, tickLateP99Ms: 3, admitting: true, signalling: { dialogs: 5, transactions: 6, connections: 7, timers: 8 } }),
    journal: () => ({ storageAway: false, uncommittedTurns: 1, lagMs: 250, spooledTurns: 0 }),
    letGo: () => ({ dashboards: 1, reports: 0 }),
    accounts: () => accounts,
    ...more,
  });
}
const linesOf = async (metrics: { text(): Promise<string> }) => (await metrics.text()).split('\n');

describe('metrics', () => {
  it('say what is so when they are asked, in seconds and by ids', async () => {
    const accounts = [{ ...quiet, calls: 3, waiting: 2, offers: 1, agents: { idle: 5, talking: 3 }, projectionLagTurns: 7 }];
    const metrics = withSources(accounts);
    metrics.turn('acc_a');
    metrics.turn('acc_a');
    metrics.alarm('turn-threw');
    const lines = await linesOf(metrics);
    for (const line of [
      'centralita_turns_total{account="acc_a"} 2',
      'centralita_alarms_total{alarm="turn-threw"} 1',
      'centralita_calls{account="acc_a"} 3',
      'centralita_waiting{account="acc_a"} 2',
      'centralita_offers{account="acc_a"} 1',
      'centralita_agents{account="acc_a",activity="talking"} 3',
      'centralita_projection_lag_turns{account="acc_a"} 7',
      'centralita_switch_connected 1',
      'centralita_switch_legs 4',
      'centralita_switch_dialogs 5',
      'centralita_switch_transactions 6',
      'centralita_switch_connections 7',
      'centralita_switch_timers 8',
      'centralita_switch_tick_late_seconds 0.003',
      'centralita_let_go{what="dashboards"} 1',
      'centralita_let_go{what="reports"} 0',
      'centralita_journal_lag_seconds 0.25',
      'centralita_turns_uncommitted 1',
      'centralita_storage_away 0',
    ]) expect(lines).toContain(line);
    expect(lines.some((line) => line.startsWith('nodejs_eventloop_lag_p99_seconds '))).toBe(true);
  });

  it('forget what is no longer so', async () => {
    const accounts: AccountState[] = [{ ...quiet, agents: { talking: 1 } }];
    const metrics = withSources(accounts);
    expect(await linesOf(metrics)).toContain('centralita_agents{account="acc_a",activity="talking"} 1');
    accounts[0] = { ...quiet, agents: { idle: 1 } };
    const later = await linesOf(metrics);
    expect(later).toContain('centralita_agents{account="acc_a",activity="idle"} 1');
    expect(later.some((line) => line.includes('activity="talking"'))).toBe(false);
  });

  it('count failures that were let pass', async () => {
    const metrics = withSources([]);
    ignoreFailure('a test of the metrics', () => {
      throw new Error('no');
    });
    expect(await linesOf(metrics)).toContain('centralita_failures_let_pass{reason="a test of the metrics"} 1');
  });

  it('name requests by their pattern, and whatever fits none by one word', async () => {
    const metrics = withSources([]);
    metrics.answered({ method: 'GET', route: '/api/conversations/:conversationId', status: 404, tookMs: 12 });
    metrics.answered({ method: 'GET', route: undefined, status: 404, tookMs: 1 });
    const lines = await linesOf(metrics);
    expect(lines).toContain('centralita_http_request_seconds_count{method="GET",route="/api/conversations/:conversationId",status="4xx"} 1');
    expect(lines).toContain('centralita_http_request_seconds_bucket{le="0.005",method="GET",route="/api/conversations/:conversationId",status="4xx"} 0');
    expect(lines).toContain('centralita_http_request_seconds_bucket{le="0.02",method="GET",route="/api/conversations/:conversationId",status="4xx"} 1');
    expect(lines).toContain('centralita_http_request_seconds_count{method="GET",route="none",status="4xx"} 1');
  });
});

describe('where they are told', () => {
  it('is one address on loopback', async () => {
    const server = await serveMetrics(withSources([quiet]), 0, () => undefined);
    try {
      const at = `http://127.0.0.1:${server.port}`;
      const answer = await fetch(`${at}/metrics`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toContain('text/plain');
      expect(await answer.text()).toContain('centralita_calls{account="acc_a"} 0');
      expect((await fetch(`${at}/`)).status).toBe(404);
      expect((await fetch(`${at}/metrics`, { method: 'POST' })).status).toBe(404);
    } finally {
      await server.close();
    }
  });

  it('answers 500 when a source throws, and goes on', async () => {
    let broken = true;
    const failures: unknown[] = [];
    const metrics = withSources([], { journal: () => {
      if (broken) throw new Error('not built yet');
      return { storageAway: true, uncommittedTurns: 0, lagMs: 0, spooledTurns: 9 };
    } });
    const server = await serveMetrics(metrics, 0, (error) => failures.push(error));
    try {
      expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(500);
      expect(failures).toHaveLength(1);
      broken = false;
      expect(await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()).toContain('centralita_turns_spooled 9');
    } finally {
      await server.close();
    }
  });
});
