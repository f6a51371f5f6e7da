import type { AccountProgram } from '@centralita/server/floor/program.ts';
import type { FloorEvent, Input, World } from '@centralita/server/wiring/account-program/index.ts';
import { conservation } from './checkers/conservation.ts';
import { Faults } from './faults/faults.ts';
import { poisonable } from './faults/poison.ts';
import type { Scenario } from './scenario/scenario.ts';
import { BrokenRule, Center } from './world/center.ts';

export interface RunOptions {
  readonly checked?: boolean;
  readonly program?: AccountProgram<World, Input, FloorEvent>;
  /** Ends faults and looks at it, now and then. */
  readonly afterStep?: (center: Center, faults: Faults) => void;
}

export interface Run {
  readonly center: Center;
  readonly faults: Faults;
}

/**
 * Lives through a scenario: its days, then until the last caller is gone. Everything that must hold is asked after every step,
 * and all of it again at the end.
 * @throws {BrokenRule} when something did not hold
 */
export async function simulate(scenario: Scenario, { checked = true, program, afterStep }: RunOptions = {}): Promise<Run> {
  const center = new Center({ scenario, checked, program: poisonable(scenario, program) });
  const faults = new Faults(center);
  try {
    await center.open();
    faults.plan();
    while (await center.step(center.until)) {
      await faults.betweenSteps();
      afterStep?.(center, faults);
    }
    faults.end();
    await center.finish();
    if (checked) {
      const broken = [...center.scan(), ...conservation(center)];
      if (broken.length > 0) throw new BrokenRule(`at the end:\n${broken.slice(0, 20).join('\n')}`);
    }
    center.figures.closeOpen();
  } finally {
    center.close();
  }
  return { center, faults };
}
