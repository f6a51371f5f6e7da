import type { AccountId } from '@centralita/kernel';
import type { DirectoryNumber, Trunk as SwitchTrunk } from '../../../telephony/port/index.ts';
import { derivedKey, type NumberDeps, open } from './ports.ts';

/** What the switch is told of an account at start and after a change: trunks with their passwords, which no journal ever sees, and the directory. */
export async function listForSwitch(deps: NumberDeps, account: AccountId): Promise<{ readonly trunks: readonly SwitchTrunk[]; readonly numbers: readonly DirectoryNumber[] }> {
  const key = derivedKey(await deps.accountKeys.keyOf(account), 'secrets');
  const { trunks, numbers } = await deps.read(account, async (sql) => ({ trunks: await deps.trunks.list(sql), numbers: await deps.numbers.list(sql) }));
  return {
    trunks: trunks.map(({ trunkId, settings: { name, registration, ...profile }, secret }) => ({
      trunkId,
      name,
      profile: { ...profile, ...(registration && { registration: { ...registration, password: secret ? open(key, secret, trunkId).toString() : '' } }) },
    })),
    numbers: numbers.map((number) => ({ number: number.number, ...(number.trunkId && { trunkId: number.trunkId }), ...(number.public && { openToLoopback: true }) })),
  };
}
