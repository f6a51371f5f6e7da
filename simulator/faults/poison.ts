import type { AccountProgram } from '@centralita/server/floor/program.ts';
import { createAccountProgram, type FloorEvent, type Input, type World } from '@centralita/server/wiring/account-program/index.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { POISON } from '../world/center.ts';

type Program = AccountProgram<World, Input, FloorEvent>;

/**
 * The program, and a share of callers at whose entry it throws, whenever they are met: a record that no version of the
 * deciders can take. Which ones follows from the leg's id alone, so that a second try throws again.
 */
export function poisonable({ faults: { poison } }: Scenario, program: Program = createAccountProgram()): Program {
  if (poison === 0) return program;
  return {
    ...program,
    decide(world, input, facts) {
      const outcome = program.decide(world, input, facts);
      // Thrown when everything is written, so that all of it has to be taken back.
      if (input.type === 'telephony' && input.fact.type === 'leg-offered' && isPoisoned(input.fact.legId, poison)) throw new Error(POISON);
      return outcome;
    },
  };
}

export function isPoisoned(legId: string, share: number): boolean {
  let hash = 0;
  for (let i = 0; i < legId.length; i++) hash = (Math.imul(hash, 31) + legId.charCodeAt(i)) | 0;
  return (hash >>> 0) % 100_000 < share * 100_000;
}
