import { afterAll, beforeAll, describe } from 'vitest';
import { bridgeContract } from './contract/bridges.ts';
import { callContract } from './contract/calls.ts';
import { Cast } from './contract/cast.ts';
import { commandContract } from './contract/commands.ts';
import { linkContract } from './contract/link.ts';
import { monitorContract } from './contract/monitoring.ts';
import { replacementContract } from './contract/replacing.ts';
import { routeContract } from './contract/routes.ts';
import { soundContract } from './contract/sound.ts';
import type { PortHarness, PortMaker } from './port-harness.ts';

type Subject = (cast: () => Cast) => void;

/** What holds for every port, whatever is behind it. */
export const LEGS_AND_BRIDGES: readonly Subject[] = [callContract, bridgeContract, replacementContract];

/** What holds for a port with telephones and a wire behind it. The last one replaces the control process. */
const EVERYTHING: readonly Subject[] = [...LEGS_AND_BRIDGES, routeContract, commandContract, soundContract, monitorContract, linkContract];

/**
 * What every telephony port must do, whatever is behind it: the switch, the simulated world, later Asterisk. Each test waits for
 * events and, where there is sound, listens to tones.
 * @param subjects fewer for a port that leaves the rest out by intent
 */
export function describePort(name: string, make: PortMaker, subjects: readonly Subject[] = EVERYTHING): void {
  describe(`telephony port: ${name}`, () => {
    let harness: PortHarness | undefined;
    let cast: Cast | undefined;
    const theCast = (): Cast => {
      if (cast === undefined) throw new Error('the harness did not start');
      return cast;
    };
    beforeAll(async () => {
      harness = await make();
      cast = await Cast.assemble(harness);
    });
    afterAll(() => harness?.close());

    for (const subject of subjects) subject(theCast);
  });
}
