import type { z } from 'zod';
import type { ACCOUNTS, scenarioSchema } from './scenario.ts';

/** An office's day: a morning peak, a dip at lunch, a smaller afternoon peak. */
const OFFICE_DAY = [
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 8, 12, 15, 16, 15, 14, 13, 11, 9, 8, 8, 9, 11, 12, 13, 13, 12, 10, 8, 6, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0,
];
/** 0.11 calls per agent and minute at the peak, with the talk and after-service below: some nine in ten agents busy then. */
const CALLS_PER_AGENT_AND_HOUR = 3.1;

type Base = Omit<z.input<typeof scenarioSchema>, 'account' | 'agents' | 'arrivals'>;

const FERRETERIA: Base = {
  seed: 1,
  start: '2026-03-02',
  days: 1,
  timeZone: 'America/Argentina/Buenos_Aires',
  queues: [
    { name: 'Ventas', share: 5, preferredSkills: { ventas: 3 }, selection: 'most-qualified', priority: 60, ageingPerMinute: 1, overflowTo: 'Administración', maximumWaitSeconds: 600, recorded: true, announceEverySeconds: 60 },
    { name: 'Soporte', share: 3, requiredSkills: { soporte: 2 }, relaxAfterSeconds: 120, maximumSize: 60, announceEverySeconds: 60 },
    { name: 'Administración', share: 2, maximumWaitSeconds: 900 },
  ],
  customers: {},
  agentHabits: {
    shifts: [
      { from: '08:00', to: '16:00', share: 5 },
      { from: '09:00', to: '18:00', share: 6 },
      { from: '11:30', to: '20:30', share: 3 },
    ],
    weekdays: [true, true, true, true, true, true, false],
  },
  carriers: {},
  faults: {},
};

const SINGLE_QUEUE: Base = {
  ...FERRETERIA,
  timeZone: 'UTC',
  queues: [{ name: 'Cola', share: 1, afterServiceLimitSeconds: null }],
};

const BASES: Readonly<Record<(typeof ACCOUNTS)[number], Base>> = { 'ferreteria-central': FERRETERIA, 'single-queue': SINGLE_QUEUE };

/** The account as it is, for so many agents: callers come in proportion. */
export function accountScenario(account: (typeof ACCOUNTS)[number], agents: number): z.input<typeof scenarioSchema> {
  const arrivals = { perHour: agents * CALLS_PER_AGENT_AND_HOUR, halfHours: OFFICE_DAY, weekdays: [1.15, 1.05, 1, 1, 1, 0.5, 0] };
  return { account, agents, arrivals, ...BASES[account] };
}
