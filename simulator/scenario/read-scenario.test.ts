import { expect, test } from 'vitest';
import { readScenario } from './read-scenario.ts';

const problems = (content: unknown, overrides = {}): readonly string[] => {
  const read = readScenario(content, { seed: 1, ...overrides });
  return 'problems' in read ? read.problems : [];
};

test('a scenario that says nothing is the account as it is', () => {
  const read = readScenario({}, { agents: 7, days: 2, seed: 5 });
  expect(read).toMatchObject({ scenario: { account: 'ferreteria-central', agents: 7, days: 2, seed: 5 } });
});

test.each<[string, unknown, RegExp]>([
  ['an unknown word', { agnets: 5 }, /^agnets: unknown word; allowed here: account, seed, agents/],
  ['an unknown word deep inside', { queues: [{ name: 'Ventas', share: 1, prioridad: 3 }] }, /^queues\[0\]\.prioridad: unknown word; allowed here: name, share/],
  ['a negative rate', { arrivals: { perHour: -3 } }, /^arrivals\.perHour: -3: must be at least 0$/],
  ['an empty schedule', { agentHabits: { shifts: [] } }, /^agentHabits\.shifts: \[\]: at least one shift$/],
  ['a shift of no length', { agentHabits: { shifts: [{ from: '09:00', to: '09:00', share: 1 }] } }, /^agentHabits\.shifts\[0\]: from 09:00 to 09:00 is no time at all$/],
  ['a time that no clock shows', { agentHabits: { shifts: [{ from: '25:00', to: '09:00', share: 1 }] } }, /^agentHabits\.shifts\[0\]\.from: "25:00": must be a time of day from 00:00 to 23:59$/],
  ['a seed of 0', { seed: 0 }, /^seed: 0: must be at least 1$/],
  ['an account that does not exist', { account: 'acme' }, /^account: "acme" is unknown; allowed: ferreteria-central, single-queue$/],
  ['a time zone that does not exist', { timeZone: 'Europe/Madird' }, /^timeZone: "Europe\/Madird": must be a time zone of the IANA list/],
  ['a date that no calendar has', { start: '2026-02-30' }, /^start: "2026-02-30": must be a date as 2026-03-29$/],
  ['half a day of half hours', { arrivals: { halfHours: [1, 2] } }, /^arrivals\.halfHours: \[1,2\]: .*48/],
  ['a kind of duration that there is not', { customers: { patience: { kind: 'gaussian', mean: 3 } } }, /^customers\.patience.*/],
  ['an overflow into nowhere', { queues: [{ name: 'Ventas', share: 1, overflowTo: 'Caja' }] }, /^queues\[0\]\.overflowTo: "Caja" does not exist; allowed: Ventas$/],
  ['a share above all', { customers: { redial: 1.5 } }, /^customers\.redial: 1\.5: must be at most 1$/],
  ['not a scenario at all', [1, 2], /^scenario: expected an object/],
])('%s: where it is, and what is allowed', (_what, content, line) => {
  const said = problems(content, { seed: (content as { seed?: number }).seed ?? 1 });
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(line);
  expect(said[0]).not.toContain('\n');
});
