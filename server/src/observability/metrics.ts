import { ignoredFailures } from '@centralita/kernel';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What the process looks like at this moment; read when somebody asks, so that nothing is counted for nobody. */
export interface MetricSources {
  readonly switch: () => { readonly connected: boolean; readonly legs: number; readonly linesInUse: number; readonly tickLateP99Ms: number; readonly admitting: boolean; readonly signalling: { readonly dialogs: number; readonly transactions: number; readonly connections: number; readonly timers: number } };
  readonly journal: () => { readonly storageAway: boolean; readonly uncommittedTurns: number; readonly lagMs: number; readonly spooledTurns: number };
  /** What is let go while memory is short: 1 or 0 by name. */
  readonly letGo: () => Readonly<Record<string, number>>;
  readonly accounts: () => Iterable<AccountState>;
}
/** Counts of one account. Ids only: no names, and nothing about one person. */
export interface AccountState {
  readonly account: string;
  readonly calls: number;
  readonly waiting: number;
  readonly offers: number;
  readonly agents: Readonly<Record<string, number>>;
  readonly projectionLagTurns: number;
}

export interface Answered {
  readonly method: string;
  /** The pattern, never the address asked for; undefined when none fits. */
  readonly route: string | undefined;
  readonly status: number;
  readonly tookMs: number;
}

export interface Metrics {
  turn(account: string): void;
  alarm(name: string): void;
  answered(answered: Answered): void;
  /** Prometheus' text format. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  const registers = [registry];
  // Memory, processor time and delay of the event loop, under the names every dashboard of a Node process knows.
  collectDefaultMetrics({ register: registry });
  const turns = new Counter({ name: 'centralita_turns_total', help: 'Turns committed', labelNames: ['account'], registers });
  const alarms = new Counter({ name: 'centralita_alarms_total', help: 'Alarms, by name; the log has the detail', labelNames: ['alarm'], registers });
  const answers = new Histogram({
    name: 'centralita_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2],
    registers,
  });
  gaugesOf(sources, registers);
  return {
    turn: (account) => turns.inc({ account }),
    alarm: (name) => alarms.inc({ alarm: name }),
    answered: ({ method, route, status, tookMs }) => answers.observe({ method, route: route ?? 'none', status: `${Math.floor(status / 100)}xx` }, tookMs / 1_000),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

type Values = Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;

function gaugesOf(sources: MetricSources, registers: Registry[]): void {
  const gauge = (name: string, help: string, labelNames: readonly string[], values: () => Values): void => {
    new Gauge({
      name: `centralita_${name}`,
      help,
      labelNames: [...labelNames],
      registers,
      collect() {
        this.reset();
        for (const [labels, value] of values()) this.set(labels, value);
      },
    });
  };
  const one = (name: string, help: string, value: () => number): void => gauge(name, help, [], () => [[{}, value()]]);
  const perAccount = (name: string, help: string, value: (state: AccountState) => number): void =>
    gauge(name, help, ['account'], () => Array.from(sources.accounts(), (state) => [{ account: state.account }, value(state)] as const));

  one('switch_connected', '1: control and the switch talk', () => Number(sources.switch().connected));
  one('switch_admitting', '1: the switch takes new calls', () => Number(sources.switch().admitting));
  one('switch_legs', 'Telephone connections in the switch', () => sources.switch().legs);
  one('switch_lines_in_use', 'Of these, lines to the outside', () => sources.switch().linesInUse);
  one('switch_dialogs', 'SIP dialogs, early and confirmed', () => sources.switch().signalling.dialogs);
  one('switch_transactions', 'SIP transactions', () => sources.switch().signalling.transactions);
  one('switch_connections', 'SIP over TCP, TLS and WebSocket', () => sources.switch().signalling.connections);
  one('switch_timers', 'Wake-ups that the signalling waits for', () => sources.switch().signalling.timers);
  one('switch_tick_late_seconds', 'How late audio runs, 99th percentile', () => sources.switch().tickLateP99Ms / 1_000);
  one('storage_away', '1: PostgreSQL does not answer and turns go to the spool', () => Number(sources.journal().storageAway));
  one('turns_uncommitted', 'Turns on their way to the journal', () => sources.journal().uncommittedTurns);
  one('journal_lag_seconds', 'How long the oldest of them has waited', () => sources.journal().lagMs / 1_000);
  one('turns_spooled', 'Turns in the spool', () => sources.journal().spooledTurns);
  gauge('let_go', '1: let go, since memory is short', ['what'], () => Object.entries(sources.letGo()).map(([what, value]) => [{ what }, value] as const));
  perAccount('calls', 'Calls under way', (state) => state.calls);
  perAccount('waiting', 'Customers who wait in queues', (state) => state.waiting);
  perAccount('offers', 'Agents being rung', (state) => state.offers);
  perAccount('projection_lag_turns', 'Turns that history does not show yet', (state) => state.projectionLagTurns);
  gauge('agents', 'Agents by activity', ['account', 'activity'], () =>
    Array.from(sources.accounts()).flatMap(({ account, agents }) => Object.entries(agents).map(([activity, count]) => [{ account, activity }, count] as const)),
  );
  gauge('failures_let_pass', 'Failures that were let pass since the start, by reason', ['reason'], () => Array.from(ignoredFailures(), ([reason, count]) => [{ reason }, count] as const));
}
