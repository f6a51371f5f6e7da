import type { ChangeConfiguration } from '../capabilities/accounts/index.ts';
import type { FloorPort } from '../http/floor-port.ts';

/**
 * A change is stored first, and answered when the account's floor has taken it: a call that comes in the same instant already
 * follows it. What the floor is not told of is answered at once.
 */
export function takenByFloor(change: ChangeConfiguration, floor: Pick<FloorPort, 'takeConfiguration'>): ChangeConfiguration {
  return async (editor, work) => {
    let told = false;
    const changed = await change(editor, async (sql) => {
      const outcome = await work(sql);
      told = outcome.ok && outcome.value.floor.length > 0;
      return outcome;
    });
    if (changed.ok && told) await floor.takeConfiguration(editor.account);
    return changed;
  };
}
