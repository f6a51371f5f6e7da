import { afterAll, beforeAll, describe } from 'vitest';
import { callContract } from './contract/calls.ts';
import { Cast } from './contract/cast.ts';
import { commandContract } from './contract/commands.ts';
import { linkContract } from './contract/link.ts';
import { monitorContract } from './contract/monitoring.ts';
import { soundContract } from './contract/sound.ts';
import type { PortHarness, PortMaker } from './port-harness.ts';

/**
 * What every telephony port must do, whatever is behind it: the switch, the simulated world, later Asterisk. Each test waits for
 * events and, where there is sound, listens to tones.
 */
export function describePort(name: string, make: PortMaker): void {
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

    callContract(theCast);
    commandContract(theCast);
    soundContract(theCast);
    monitorContract(theCast);
    // Last: it replaces the control process.
    linkContract(theCast);
  });
}
