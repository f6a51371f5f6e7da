import { addTally, emptyTally } from '@centralita/server/capabilities/reports/index.ts';
import type { Center } from '../world/center.ts';

/**
 * What holds whatever the day was like, at its end: nobody is lost between the doors, and the reports' figures are those of a
 * plain count. Empty when all is well.
 */
export function conservation(center: Center): string[] {
  return [...everybodyCameToAnEnd(center), ...figuresAgree(center), ...littlesLaw(center), ...timesAddUp(center)];
}

function everybodyCameToAnEnd({ ledger, world, customers, engine, time }: Center): string[] {
  const broken: string[] = [];
  if (world === undefined) return ['conservation: nothing decides any more'];
  if (customers.present > 0) broken.push(`conservation: ${customers.present} callers are still on the line`);
  if (engine.load().legs > 0) broken.push(`conservation: ${engine.load().legs} connections are left at the switch that nobody knows of`);
  for (const table of ['conversations', 'calls', 'waiting', 'offers', 'flowRuns', 'legs'] as const) {
    const rows = world[table];
    if (rows.size > 0) broken.push(`conservation: ${rows.size} ${table} are left at ${new Date(time.now()).toISOString()}, the first: ${JSON.stringify(rows.values().next().value)}`);
  }
  const { offered, answered, abandoned, overflowed, failed } = ledger.counted;
  const ended = answered + abandoned + overflowed + failed + ledger.waiting;
  if (offered !== ended) broken.push(`conservation: ${offered} were offered, ${ended} were answered, abandoned, overflowed, failed or still wait`);
  if (ledger.open > 0) broken.push(`conservation: ${ledger.open} conversations have no outcome`);
  return broken;
}

/** The same day by the reports' functions and by the plain count. Customers of the finishing hours belong to the count alone. */
function figuresAgree({ figures, account, ledger, time, until }: Center): string[] {
  const sum = emptyTally();
  for (const { queueId } of account.queues) addTally(sum, figures.queue(queueId).tally);
  const { counted } = ledger;
  const broken: string[] = [];
  const { offered, answered, abandoned, shortAbandons, overflowed, failed } = sum;
  if (offered !== answered + abandoned + shortAbandons + overflowed + failed) broken.push(`conservation: the reports offer ${offered} and end ${answered + abandoned + shortAbandons + overflowed + failed}`);
  const late = counted.offered - offered;
  if (late < 0 || (late > 0 && time.now() <= until)) broken.push(`conservation: the reports offer ${offered}, the events ${counted.offered}`);
  if (answered > counted.answered || answered < counted.answered - late) broken.push(`conservation: the reports answer ${answered}, the events ${counted.answered}`);
  return broken;
}

/**
 * L = lambda W over the whole run: the time-average of those who wait, seen from outside, against the waits that were booked.
 * Exact while control sees every fact in its instant; with a slow link, or while it is away, waits are dated by the switch.
 */
function littlesLaw({ waitingArea, ledger, scenario: { faults }, time }: Center): string[] {
  const exact = faults.linkDelayMs + faults.controlKilled + faults.controlFrozen + faults.linkCut + faults.databaseAway + faults.commitUnknown === 0;
  if (!exact) return [];
  const booked = ledger.counted.waitMs + ledger.waitingMs(time.now());
  return booked === waitingArea ? [] : [`Little's law: ${waitingArea} customer-milliseconds of waiting were seen, ${booked} are booked`];
}

/** The sum of activity times, as reports count them, is the time signed in. */
function timesAddUp({ figures, account, ledger, time, until, scenario: { faults } }: Center): string[] {
  if (time.now() > until || faults.clockJumps > 0) return timesWithinDays();
  const activities = account.agents.reduce((sum, { agentId }) => sum + figures.agent(agentId, time.now()).signedInMs, 0);
  const signedIn = ledger.signedInMsUntil(time.now());
  return activities === signedIn ? [] : [`conservation: activities last ${activities} ms, agents are signed in for ${signedIn} ms`];
}

/** Beyond the days' end reports clip: nothing to compare there. */
const timesWithinDays = (): string[] => [];
