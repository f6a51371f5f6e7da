import type { z } from 'zod';
import { accountScenario } from './accounts.ts';
import { ACCOUNTS, type Scenario, scenarioFileSchema, scenarioSchema, type Span } from './scenario.ts';

export interface Overrides {
  readonly account?: string;
  readonly agents?: number;
  readonly days?: number;
  readonly seed?: number;
}

export type ReadScenario = { readonly scenario: Scenario } | { readonly problems: readonly string[] };

/**
 * A scenario from a file's content and the options beside it, which win. What neither says is the account's own.
 * @returns one line for each thing that is wrong: where, and what is allowed
 */
export function readScenario(content: unknown, overrides: Overrides = {}): ReadScenario {
  const given = { ...(isRecord(content) ? content : {}), ...Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined)) };
  if (content !== undefined && !isRecord(content)) return { problems: ['scenario: expected an object with any of: ' + Object.keys(scenarioSchema.shape).join(', ')] };
  const file = scenarioFileSchema.safeParse(given);
  if (!file.success) return { problems: problemsOf(file.error, given) };
  const base = accountScenario(file.data.account ?? ACCOUNTS[0], file.data.agents ?? 20);
  // What the file leaves out has its default already: only what it names replaces the account's own.
  const whole = scenarioSchema.safeParse({ ...base, ...given, arrivals: { ...base.arrivals, ...file.data.arrivals }, agentHabits: { ...base.agentHabits, ...(isRecord(given['agentHabits']) ? given['agentHabits'] : {}) } });
  if (!whole.success) return { problems: problemsOf(whole.error, given) };
  const problems = contradictions(whole.data);
  return problems.length > 0 ? { problems } : { scenario: whole.data };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function problemsOf(error: z.ZodError, given: unknown): string[] {
  return error.issues.map((issue) => {
    const where = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('').replace(/^\./, '');
    const at = (key: string): string => (where === '' ? key : `${where}.${key}`);
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${at(key)}: unknown word; allowed here: ${allowedAt(issue.path).join(', ')}`).join('\n');
    if (issue.code === 'invalid_value') return `${where}: ${JSON.stringify(valueAt(given, issue.path))} is unknown; allowed: ${issue.values.map(String).join(', ')}`;
    return `${where === '' ? 'scenario' : where}: ${JSON.stringify(valueAt(given, issue.path)) ?? 'missing'}: ${sayLimit(issue)}`;
  });
}

function sayLimit(issue: z.core.$ZodIssue): string {
  if (issue.code === 'too_small' && issue.origin === 'array') return issue.message.startsWith('at least') ? issue.message : `at least ${issue.minimum} entries`;
  if (issue.code === 'too_small') return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`;
  if (issue.code === 'too_big' && issue.origin === 'array') return `at most ${issue.maximum} entries`;
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}`;
  if (issue.code === 'custom' || issue.code === 'invalid_format') return `must be ${issue.message}`;
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined), value);
}

/** The words of the object schema at this place. */
function allowedAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = scenarioSchema;
  for (const key of path) {
    const inside = unwrapped(schema);
    schema = 'shape' in inside && inside.shape ? inside.shape[String(key)] : 'element' in inside ? inside.element : undefined;
  }
  const { shape } = unwrapped(schema);
  return shape ? Object.keys(shape) : ['(nothing more)'];
}

interface Inside {
  readonly shape?: Record<string, unknown>;
  readonly element?: unknown;
  unwrap?(): unknown;
}

function unwrapped(schema: unknown): Inside {
  let inside = (schema ?? {}) as Inside & { readonly def?: { readonly innerType?: unknown } };
  while (inside.def?.innerType !== undefined) inside = inside.def.innerType as typeof inside;
  return inside;
}

/** What each part allows, and all of them together do not. */
function contradictions(scenario: Scenario): string[] {
  const problems: string[] = [];
  const names = scenario.queues.map(({ name }) => name);
  scenario.queues.forEach(({ name, overflowTo }, at) => {
    if (names.indexOf(name) !== at) problems.push(`queues[${at}].name: "${name}" is there twice`);
    if (overflowTo !== null && !names.includes(overflowTo)) problems.push(`queues[${at}].overflowTo: "${overflowTo}" does not exist; allowed: ${names.join(', ')}`);
  });
  if (scenario.queues.length > 9) problems.push(`queues: ${scenario.queues.length} are given; a menu has keys for 9`);
  if (scenario.arrivals.halfHours.every((weight) => weight === 0)) problems.push('arrivals.halfHours: every half hour has weight 0; at least one must be more');
  if (scenario.arrivals.weekdays.every((weight) => weight === 0)) problems.push('arrivals.weekdays: every day has weight 0; at least one must be more');
  if (scenario.agentHabits.weekdays.every((works) => !works)) problems.push('agentHabits.weekdays: nobody works on any day; at least one must be true');
  scenario.agentHabits.shifts.forEach(({ from, to }, at) => {
    if (from === to) problems.push(`agentHabits.shifts[${at}]: from ${from} to ${to} is no time at all`);
  });
  for (const [name, span] of spansOf(scenario)) if (span.kind === 'uniform' && span.from > span.to) problems.push(`${name}: from ${span.from} is after to ${span.to}`);
  return problems;
}

function spansOf({ customers, agentHabits, faults }: Scenario): [string, Span][] {
  return Object.entries({ customers, agentHabits, faults }).flatMap(([part, values]) =>
    Object.entries(values).flatMap(([key, value]): [string, Span][] => (isRecord(value) && 'kind' in value ? [[`${part}.${key}`, value as unknown as Span]] : [])),
  );
}
